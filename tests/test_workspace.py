"""The workspace: its folders, its format, and atomic writes."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sunspot_dash import workspace as workspace_module
from sunspot_dash.errors import ModelError, ParameterError, WorkspaceError
from sunspot_dash.file_names import check_model_name
from sunspot_dash.files import atomic_write, atomic_write_bytes, atomic_write_text, file_sha256, leads_outside
from sunspot_dash.workspace import Workspace, pretrained_dir
from tests.disks import small_disk


def content(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_new_workspace_has_every_folder(tmp_path):
    space = Workspace(tmp_path / "data").create()
    assert content(space.root) == {
        "workspace.json",
        "dataset",
        "dataset/images",
        "dataset/annotations",
        "dataset/masks",
        "images_to_run",
        "queue/dataset.lock",
        "output",
        "output/trained_models",
        "output/logs",
        "output/training_plots",
        "output/inference_results",
        "output/evaluations",
        "output/comparisons",
        "output/runs",
        "queue",
        "references",
        "segmented_dataset",
    }
    assert json.loads(space.format_file.read_text()) == {"format": 1}
    assert space.annotations_file == space.root / "dataset" / "annotations" / "instances_default.json"


def test_creating_it_again_changes_nothing(tmp_path):
    space = Workspace(tmp_path).create()
    before = (space.format_file.stat().st_ino, space.format_file.stat().st_mtime_ns)
    (space.images / "a.jpg").write_text("kept")
    assert space.create() is space
    assert (space.format_file.stat().st_ino, space.format_file.stat().st_mtime_ns) == before
    assert (space.images / "a.jpg").read_text() == "kept"


def test_a_folder_that_is_not_yet_a_workspace_is_accepted(tmp_path):
    Workspace(tmp_path).check()
    Workspace(tmp_path / "none").check()
    assert not content(tmp_path)


@pytest.mark.parametrize("mark", ["", "{", "[1]", "{}", "3", '"x"', "[" * 100_000, "\xff"])
def test_a_damaged_workspace_file_is_reported(tmp_path, mark):
    (tmp_path / "workspace.json").write_text(mark, "latin-1")
    with pytest.raises(WorkspaceError, match="is damaged: restore it"):
        Workspace(tmp_path).create()
    assert content(tmp_path) == {"workspace.json"}


def test_another_format_is_rejected_before_anything_is_created(tmp_path):
    (tmp_path / "workspace.json").write_text('{"format": 2}')
    with pytest.raises(WorkspaceError, match="has format 2, not 1"):
        Workspace(tmp_path).create()
    assert content(tmp_path) == {"workspace.json"}


def test_a_folder_that_cannot_be_created_is_reported(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="Not a directory"):
        Workspace(tmp_path / "file").create()
    (tmp_path / "dataset").touch()
    with pytest.raises(WorkspaceError, match="cannot be created"):
        Workspace(tmp_path).create()


@pytest.mark.parametrize("name", ["dataset", "dataset/images", "output/runs", "segmented_dataset"])
def test_a_folder_that_is_a_link_out_of_the_workspace_is_rejected(tmp_path, name):
    outside, root = tmp_path / "outside", tmp_path / "data"
    outside.mkdir()
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(outside)
    with pytest.raises(WorkspaceError, match="is a link out of the workspace"):
        Workspace(root).create()
    assert not content(outside)


def test_labels_that_are_a_link_out_of_the_workspace_are_rejected(tmp_path):
    space = Workspace(tmp_path / "data").create()
    (tmp_path / "labels.json").write_text("{}")
    space.annotations_file.symlink_to(tmp_path / "labels.json")
    with pytest.raises(WorkspaceError, match=r"instances_default\.json is a link out of the workspace"):
        space.check()


def test_a_workspace_may_be_a_link_and_have_links_within(tmp_path):
    (tmp_path / "real" / "elsewhere").mkdir(parents=True)
    (tmp_path / "data").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "images_to_run").symlink_to("elsewhere")
    Workspace(tmp_path / "data").create()


def test_links_out_of_their_folder(tmp_path):
    (tmp_path / "a").touch()
    (tmp_path / "folder").mkdir()
    for name, target in (("in", "inner"), ("out", "../a"), ("broken", "../none"), ("loop", "loop")):
        (tmp_path / "folder" / name).symlink_to(target)
    (tmp_path / "folder" / "inner").touch()
    found = {name: leads_outside(tmp_path / "folder" / name) for name in ("inner", "in", "out", "broken")}
    assert found == {"inner": False, "in": False, "out": True, "broken": True}


@pytest.mark.parametrize("name", ["uset", "R1024_v2.1-b", "7", "x" * 64])
def test_good_model_names(name):
    assert check_model_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "/x", ".hidden", "-x", "a b", "a\0", "a\n", "ü", "x" * 65, "x."]
    + ["con", "NUL", "com1.old", "labelled"],
)
def test_bad_model_names_are_rejected(name):
    with pytest.raises(ParameterError, match="cannot name a model: use 1 to 64"):
        check_model_name(name)
    with pytest.raises(ParameterError):
        Workspace().model(name)


def test_the_files_of_a_model(tmp_path):
    files = Workspace(tmp_path).model("m")
    assert {path.relative_to(tmp_path).as_posix() for path in vars(files).values()} == {
        "output/trained_models/m.pth",
        "output/trained_models/m.json",
        "output/model_notes/m.json",
        "output/logs/m_training.log",
        "output/training_plots/m_learning_curve.png",
        "output/training_plots/m_history.json",
    }


def test_a_model_is_found_in_the_workspace_then_among_the_shipped_then_by_its_path(tmp_path, monkeypatch):
    shipped = tmp_path / "pretrained"
    shipped.mkdir()
    monkeypatch.setattr(workspace_module, "pretrained_dir", lambda: shipped)
    space = Workspace(tmp_path / "data").create()
    (shipped / "uset.pth").touch()
    assert space.find_model("uset") == shipped / "uset.pth"
    (space.trained_models / "uset.pth").touch()
    assert space.find_model("uset") == space.trained_models / "uset.pth"
    (tmp_path / "other.pth").touch()
    assert space.find_model(str(tmp_path / "other.pth")) == tmp_path / "other.pth"
    for name in ("none", "../pretrained/uset", str(tmp_path / "none.pth"), ""):
        with pytest.raises(ModelError, match=f"there is no model '{name}': available models are uset"):
            space.find_model(name)


def test_a_model_whose_name_cannot_be_used_has_the_rule_for_names(tmp_path):
    space = Workspace(tmp_path / "data").create()
    (space.trained_models / "modèle.pth").touch()
    with pytest.raises(ModelError, match=r"'modèle\.pth' cannot be used under this name: rename it"):
        space.find_model("modèle")
    for name in ("x" * 300, "x" * 300 + ".pth", "a\0b"):
        with pytest.raises(ModelError, match="there is no model"):
            space.find_model(name)


def test_a_model_that_is_a_link_out_of_its_folder_is_not_found(tmp_path, monkeypatch):
    monkeypatch.setattr(workspace_module, "pretrained_dir", lambda: tmp_path)
    space = Workspace(tmp_path / "data").create()
    (tmp_path / "secret.bin").touch()
    (space.trained_models / "m.pth").symlink_to(tmp_path / "secret.bin")
    with pytest.raises(ModelError):
        space.find_model("m")


def test_the_shipped_models_are_in_the_repository():
    assert pretrained_dir() == Path(__file__).resolve().parents[1] / "data" / "pretrained"


def test_an_atomic_write_replaces_the_whole_file(tmp_path):
    path = tmp_path / "x.txt"
    atomic_write_text(path, "old and longer")
    atomic_write_text(path, "né")
    assert path.read_bytes() == "né".encode()
    atomic_write_bytes(path, b"")
    assert path.read_bytes() == b"" and content(tmp_path) == {"x.txt"}


def test_an_atomic_write_has_the_mode_of_any_new_file(tmp_path):
    plain, path = tmp_path / "plain", tmp_path / "x"
    before = os.umask(0o002)
    try:
        plain.touch()
        atomic_write_bytes(path, b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode) == 0o664


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_reported_and_the_old_file_kept(tmp_path, number):
    path = tmp_path / "x.txt"
    path.write_text("old")

    def write(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(number, os.strerror(number))

    with pytest.raises(WorkspaceError, match=r"the disk is full: x\.txt was not written"):
        atomic_write(path, write)
    assert path.read_text() == "old" and content(tmp_path) == {"x.txt"}


def test_a_full_device_is_reported(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(WorkspaceError, match="the disk is full"):
        atomic_write(path, lambda temporary: Path("/dev/full").write_text("x" * 100_000))
    assert path.read_text() == "old"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    yield from small_disk(tmp_path / "small", "64k")


def test_a_disk_that_fills_up_while_writing_keeps_the_old_file(small):
    path = small / "x.bin"
    atomic_write_bytes(path, b"old" * 5000)
    with pytest.raises(WorkspaceError, match=r"the disk is full: x\.bin was not written"):
        atomic_write_bytes(path, bytes(60_000))
    assert path.read_bytes() == b"old" * 5000 and content(small) == {"x.bin"}
    atomic_write_bytes(path, b"new" * 5000)
    assert path.read_bytes() == b"new" * 5000, "the incomplete file was removed"


def test_the_error_of_torch_for_a_full_disk_is_recognized(tmp_path):
    def write(temporary: Path) -> None:
        raise RuntimeError(
            "[enforce fail at inline_container.cc] . PytorchStreamWriter failed writing file data/7"
        )

    with pytest.raises(WorkspaceError, match="the disk is full"):
        atomic_write(tmp_path / "x.pth", write)
    assert not content(tmp_path)


@pytest.mark.parametrize("error", [RuntimeError("something else"), KeyboardInterrupt(), ValueError("x")])
def test_any_other_error_passes_and_leaves_nothing(tmp_path, error):
    def write(temporary: Path) -> None:
        temporary.write_text("half")
        raise error

    with pytest.raises(type(error)):
        atomic_write(tmp_path / "x", write)
    assert not content(tmp_path)


def test_a_folder_that_cannot_be_written_is_reported(tmp_path):
    with pytest.raises(WorkspaceError, match="cannot be written"):
        atomic_write_text(tmp_path / "none" / "x", "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WorkspaceError, match="cannot be written"):
        atomic_write_text(tmp_path / "folder", "")
    assert content(tmp_path) == {"folder"}


def test_a_link_is_replaced_not_followed(tmp_path):
    outside, link = tmp_path / "outside", tmp_path / "link"
    outside.write_text("kept")
    link.symlink_to(outside)
    atomic_write_text(link, "new")
    assert outside.read_text() == "kept" and not link.is_symlink() and link.read_text() == "new"


def test_the_hash_of_a_file(tmp_path):
    (tmp_path / "x").write_bytes(b"spots")
    assert file_sha256(tmp_path / "x") == hashlib.sha256(b"spots").hexdigest()


def test_a_folder_with_other_files_is_not_a_workspace(tmp_path):
    assert Workspace(tmp_path).existing().root == tmp_path  # an empty one may become one
    (tmp_path / "letters").mkdir()
    with pytest.raises(WorkspaceError, match="create an empty folder for a new one"):
        Workspace(tmp_path).existing()
    (tmp_path / "dataset" / "images").mkdir(parents=True)
    assert Workspace(tmp_path).existing()
