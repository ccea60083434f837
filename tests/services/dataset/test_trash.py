"""A deletion can be undone, with everything that belongs to a drawing."""

from __future__ import annotations

import errno

import pytest

from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.services.dataset import trash
from sunspot_dash.services.dataset.trash import delete_drawings, deletions, restore
from sunspot_dash.workspace import Workspace


@pytest.fixture
def space(tmp_path) -> Workspace:
    space = Workspace(tmp_path / "data").create()
    for name in ("a.jpg", "b.jpg"):
        (space.images / name).write_text(name)
        for path in (
            space.inference_results / "m" / "drawings" / f"{name}.json",
            space.segmented / "m" / f"{name[0]}_mask.png",
            space.segmented / "m" / f"{name[0]}_overlay.png",
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
    return space


def files(space) -> set[str]:
    found = (path for path in space.root.rglob("*") if path.is_file())
    return {str(path.relative_to(space.root)) for path in found if space.trash not in path.parents}


def test_a_drawing_is_deleted_and_restored_with_its_results(space):
    before = files(space)
    deletion = delete_drawings(space, [space.images / "a.jpg"])
    assert not any("a.jpg" in path or "a_" in path for path in files(space))
    assert any("b_mask" in path for path in files(space))
    assert [found.names for found in deletions(space)] == [["a.jpg"]]
    assert restore(space, deletion.number) == (deletion, [])
    assert files(space) == before and not deletions(space)
    with pytest.raises(WorkspaceError, match="no longer in the trash"):
        restore(space, "../dataset")


def test_restoring_does_not_overwrite_new_files(space):
    deletion = delete_drawings(space, [space.images / "a.jpg"])
    (space.images / "a.jpg").write_text("new")
    assert restore(space, deletion.number)[1] == ["dataset/images/a.jpg"]
    assert (space.images / "a.jpg").read_text() == "new" and len(deletions(space)) == 1
    (space.images / "a.jpg").unlink()
    assert restore(space, deletion.number)[1] == []
    assert (space.images / "a.jpg").read_text() == "a.jpg" and not deletions(space)


def test_an_interrupted_deletion_is_restored_completely(space, monkeypatch):
    before, moves = files(space), []

    def move(source, target):
        if len(moves) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        moves.append(source)
        source.replace(target)

    monkeypatch.setattr(trash, "place_new", move)
    with pytest.raises(WorkspaceError, match="undo the deletion"):
        delete_drawings(space, [space.images / "a.jpg"])
    monkeypatch.undo()
    (deletion,) = deletions(space)
    assert restore(space, deletion.number)[1] == [] and files(space) == before


def test_an_imported_folder_is_never_changed(space, tmp_path):
    (tmp_path / "scan.jpg").write_text("theirs")
    with pytest.raises(ParameterError, match="never changed"):
        delete_drawings(space, [space.images / "a.jpg", tmp_path / "scan.jpg"])
    assert (space.images / "a.jpg").exists() and (tmp_path / "scan.jpg").exists() and not deletions(space)
