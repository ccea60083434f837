"""Renaming moves everything that carries the name, and is completed if it was interrupted; deleting can be undone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs.control import submit, without_jobs_of
from jobs.recovery import open_ledger
from sunspot_dash.errors import ParameterError
from sunspot_dash.file_names import FEATURES_SUFFIX
from sunspot_dash.ml.config import read_card
from sunspot_dash.services.models import rename
from sunspot_dash.services.models.default import default_model, make_default
from sunspot_dash.services.models.registry import registered, registered_model, set_notes
from sunspot_dash.services.models.removal import delete_model, deleted_models, restore_model
from sunspot_dash.services.models.rename import rename_model
from sunspot_dash.workspace import Workspace
from tests.services.models.registered import add_model


@pytest.fixture
def space(tmp_path, quick_weights) -> Workspace:
    """A workspace with "mine", its child, "mine_2", and files that carry their names."""
    space = Workspace(tmp_path / "data").create()
    mine = add_model(space, quick_weights, "mine")
    add_model(space, quick_weights, "mine_2", parent="mine", parent_sha256=mine.weights_sha256)
    set_notes(space, "mine", "good")
    for name in ("mine", "mine_2"):
        files = space.model(name)
        results = space.inference_results / name
        written = (
            *(files.log, files.plot, files.history),
            *(results / "drawings" / "a.png.json", results / f"{name}{FEATURES_SUFFIX}"),
            space.segmented / name / "a_mask.png",
            *(space.evaluations / f"{name}_7.json", space.evaluations / f"{name}_x.json"),
            space.runs / f"train-{name}" / "training.json",
        )
        for path in written:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"model_name": name}))
    return space


def names(space: Workspace) -> set[str]:
    """The paths of the models' files and folders, relative to the workspace."""
    own = (space.queue, space.trash, space.models_file)
    found = (path for path in space.root.rglob("*") if path.is_file())
    return {
        str(path.relative_to(space.root))
        for path in found
        if path not in own and not any(folder in path.parents for folder in own)
    }


def renamed(paths: set[str]) -> set[str]:
    """The paths after "mine" has become "new"."""

    def one(path: str) -> str:
        parts = path.split("/")
        parts = ["new" if part == "mine" else part for part in parts]
        parts = [part.replace("train-mine", "train-new") if part == "train-mine" else part for part in parts]
        endings = (
            ".pth",
            ".json",
            "_training.log",
            "_learning_curve.png",
            "_history.json",
            FEATURES_SUFFIX,
            "_7.json",
        )
        last = parts[-1]
        parts[-1] = next((f"new{end}" for end in endings if last == f"mine{end}"), last)
        return "/".join(parts)

    return {one(path) for path in paths}


def test_everything_moves_and_the_children_and_the_default_follow(space):
    make_default(space, "mine")
    before = names(space)
    rename_model(space, "mine", "new")
    assert names(space) == renamed(before)
    assert read_card(space.model("new").weights).name == "new"
    assert read_card(space.model("mine_2").weights).parent == "new"
    assert default_model(space) == "new" and registered_model(space, "new").notes == "good"
    assert json.loads((space.runs / "train-new" / "training.json").read_text()) == {"model_name": "new"}


@pytest.mark.parametrize("step", range(14))
def test_an_interrupted_renaming_is_completed_when_models_are_listed(space, monkeypatch, step):
    make_default(space, "mine")
    before = names(space)
    left = [step]

    def dies(write):
        def counted(*arguments, **more):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return write(*arguments, **more)

        return counted

    with monkeypatch.context() as patched:
        for name in ("_move", "atomic_write_bytes", "atomic_write_text", "write_state"):
            patched.setattr(rename, name, dies(getattr(rename, name)))
        with pytest.raises(KeyboardInterrupt):
            rename_model(space, "mine", "new")
    found = [model.name for model in registered(space)]
    if step == 0:  # nothing was recorded yet
        assert "mine" in found and names(space) == before
        return
    assert "new" in found and "mine" not in found and names(space) == renamed(before)
    assert read_card(space.model("mine_2").weights).parent == "new" and default_model(space) == "new"


def test_a_damaged_card_does_not_stop_it(space):
    space.model("mine").card.write_text("{")
    rename_model(space, "mine", "new")
    assert space.model("new").card.read_text() == "{" and "mine" not in space.known_models()


@pytest.mark.parametrize("new", ["mine_2", "uset", "../x", "left", "con"])
def test_a_name_that_is_taken_or_not_valid_is_refused(space, new):
    (space.inference_results / "left").mkdir()
    before = names(space)
    with pytest.raises(ParameterError, match=r"another|cannot name"):
        rename_model(space, "mine", new)
    assert names(space) == before


def test_a_shipped_model_is_neither_renamed_nor_deleted(space):
    for change in (lambda: rename_model(space, "uset", "new"), lambda: delete_model(space, "uset")):
        with pytest.raises(ParameterError, match="shipped"):
            change()


def test_a_job_that_uses_the_model_is_in_the_way(space):
    ledger = open_ledger(space)
    (space.images / "a.png").write_bytes(b"x")
    job = submit(ledger, "infer", {"model": "mine", "images": "everything"})
    with (
        pytest.raises(ParameterError, match=rf"job {job.number} \(infer\) uses 'mine'"),
        without_jobs_of(ledger, "mine"),
    ):
        pass
    with without_jobs_of(ledger, "mine_2"):
        pass
    ledger.cancel(job.number)
    with without_jobs_of(ledger, "mine"):
        rename_model(space, "mine", "new")


@pytest.mark.parametrize("with_results", [False, True])
def test_a_deleted_model_is_restored_with_everything(space, with_results):
    before = names(space)
    deletion = delete_model(space, "mine", with_results)
    assert "mine" not in space.known_models() and not space.model("mine").notes.exists()
    assert (space.inference_results / "mine").exists() != with_results
    assert (space.evaluations / "mine_x.json").exists()
    assert [found.names for found in deleted_models(space)] == [["mine"]]
    assert restore_model(space, deletion.number) == deletion
    assert names(space) == before and not deleted_models(space)


def test_a_deletion_is_not_undone_beside_a_new_model_of_the_name(space, quick_weights):
    deletion = delete_model(space, "mine")
    Path(space.model("mine").weights).write_bytes(quick_weights.read_bytes())
    with pytest.raises(ParameterError, match="new model 'mine'"):
        restore_model(space, deletion.number)
    assert not space.model("mine").card.exists()
    rename_model(space, "mine", "other")
    restore_model(space, deletion.number)
    assert {"mine", "other"} <= set(space.known_models())


def test_the_default_model_is_not_deleted(space):
    make_default(space, "mine")
    with pytest.raises(ParameterError, match="default"):
        delete_model(space, "mine")
