"""Jobs that are rejected on submission, and the messages of errors."""

from __future__ import annotations

import errno
from types import SimpleNamespace

import pytest
import torch

from jobs import control, tasks
from jobs.recovery import open_ledger
from jobs.tasks.short import convert_job
from sunspot_dash.errors import ModelError, ParameterError, Stopped
from sunspot_dash.ml.config import TruthKind
from sunspot_dash.services.models.comparison import stored_comparison
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace
from tests.coco import content, encoded
from tests.compared import CHILD, PARENT, put_drawings, put_models


@pytest.fixture
def labelled(space) -> Workspace:
    space.annotations_file.write_text('{"images": [], "annotations": [], "categories": []}')
    return space


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        ("bake", {}, "unknown kind of job 'bake': use one of train, infer"),
        ("train", {}, "model_name is required"),
        ("train", {"model_name": "x", "epochs": "0"}, "epochs was '0'.*from 1 to 1000"),
        ("train", {"model_name": "x", "epochs": "many"}, "epochs was 'many'"),
        ("train", {"model_name": "x", "tile_size": "100"}, "use 96 or 112"),
        ("train", {"model_name": "x", "learning_rate": "nan"}, "learning_rate was 'nan'"),
        ("train", {"model_name": "../x"}, "cannot name a model"),
        ("train", {"model_name": "uset"}, "name of a shipped model"),
        ("train", {"model_name": "x", "colour": "red"}, "colour is not a parameter: Parameters: model_name"),
        ("train", {"model_name": "x", "device": "cuda:1"}, "the worker chooses"),
        ("train", {"model_name": "x", "encoder_weights": "nowhere.pth"}, "there is no file '.*nowhere.pth'"),
        ("infer", {"images": "nowhere"}, "there is no folder '.*nowhere' and no imported archive"),
        ("infer", {"threshold": "2"}, "threshold was '2'"),
        ("infer", {}, "images_to_run is empty"),
        ("infer", {"force": "maybe"}, "force was 'maybe': write true or false"),
        ("train", {"model_nam": "x", "model_name": "x"}, "did you mean model_name"),
        ("infer", {"orientation": "upside down"}, "unknown orientation"),
        ("evaluate", {"annotations_path": "nowhere.json"}, "there is no file '.*nowhere.json'"),
        ("compare", {"first": "uset"}, "second is required"),
        ("compare", {"first": "uset", "second": "uset", "truth": "all"}, "truth was 'all'"),
        (
            "compare",
            {"first": "uset", "second": "uset", "truth": "kept-apart"},
            "no reviewed drawing was kept apart",
        ),
        ("compare", {"first": "uset", "second": "../uset.pth"}, "cannot name a model"),
        ("import", {"images": "dataset", "name": "a/b"}, "cannot name an archive"),
        ("probe", {"lane": "fast"}, "lane was 'fast'"),
    ],
)
def test_a_job_that_cannot_work_is_rejected_and_leaves_nothing(labelled, kind, params, message):
    ledger = open_ledger(labelled, QueueSettings(queue=""))
    with pytest.raises(ParameterError, match=message):
        control.submit(ledger, kind, params)
    assert ledger.all() == [] and list(labelled.runs.iterdir()) == [] and ledger.last() == 0


def test_a_missing_model_is_rejected_and_the_existing_ones_are_listed(space):
    with pytest.raises(ModelError, match="available models are uset"):
        tasks.check("infer", {"model": "nope"}, space)


def test_a_training_needs_labels(space):
    with pytest.raises(ParameterError, match="no labels to train on"):
        tasks.check("train", {"model_name": "x"}, space)


def test_a_training_is_queued_with_its_categories(space):
    found = content({"a.png": 4}, ("umbra", "penumbra"))
    space.annotations_file.write_bytes(encoded(found))
    assert tasks.check("train", {"model_name": "x"}, space)[1]["category"] == ["umbra"]
    given = {"model_name": "x", "category": "Penumbra", "keep_partly_labelled": "true"}
    values = tasks.check("train", given, space)[1]
    assert (values["category"], values["keep_partly_labelled"]) == (["penumbra"], True)
    space.annotations_file.write_bytes(encoded(content({"a.png": 4}, ("Fleck", "Hof"))))
    with pytest.raises(ParameterError, match=r'Fleck \(4 labels\), Hof.*--param "category=Fleck"'):
        tasks.check("train", {"model_name": "x"}, space)


def test_a_second_training_with_the_same_name_is_rejected(labelled):
    ledger = open_ledger(labelled, QueueSettings(queue=""))
    control.submit(ledger, "train", {"model_name": "x"})
    with pytest.raises(ParameterError, match="job 1 already trains 'x'"):
        control.submit(ledger, "train", {"model_name": "x", "overwrite": "true"})
    ledger.cancel(1)
    assert control.submit(ledger, "train", {"model_name": "x"}).number == 2
    with pytest.raises(ParameterError, match="job 2 already trains 'x'"):
        control.retry(ledger, 1)
    ledger.cancel(2)
    assert control.retry(ledger, 1).state == "queued"


def test_parameters_are_complete_and_typed_and_paths_in_the_workspace_are_relative(labelled, tmp_path):
    lane, values = tasks.check("train", {"model_name": "x", "epochs": "3", "overwrite": "yes"}, labelled)
    assert lane == "training" and values["epochs"] == 3 and values["overwrite"] is True
    assert values["batch_size"] == 8
    (tmp_path / "elsewhere").mkdir()
    for folder in (labelled.images, tmp_path / "elsewhere"):
        (folder / "a.png").touch()
    _, values = tasks.check("infer", {"images": str(labelled.images)}, labelled)
    assert values["images"] == "dataset/images"
    _, values = tasks.check("infer", {"images": str(tmp_path / "elsewhere")}, labelled)
    assert values["images"] == str(tmp_path / "elsewhere")


def test_checked_parameters_pass_the_check_again(labelled):
    (labelled.images_to_run / "a.png").touch()
    for kind, params in (("train", {"model_name": "x"}), ("infer", {}), ("convert", {}), ("evaluate", {})):
        _, values = tasks.check(kind, params, labelled)
        assert tasks.check(kind, values, labelled)[1] == values


@pytest.mark.parametrize(
    ("error", "params", "message"),
    [
        (torch.cuda.OutOfMemoryError("CUDA out of memory. Tried"), {"batch_size": 8}, "try batch size 4"),
        (RuntimeError("CUDA error: out of memory"), {"batch_size": 1}, "try a smaller tile size"),
        (MemoryError(), {"model": "uset"}, "out of memory: try the device cpu"),
        (OSError(errno.ENOSPC, "No space left on device"), {}, "the disk is full: free some space"),
        (RuntimeError("[Errno 28] No space left on device"), {}, "the disk is full"),
        (
            PermissionError(errno.EACCES, "Permission denied", "/scans"),
            {},
            "/scans cannot be read or written",
        ),
        (KeyError("x"), {}, "unexpected KeyError: 'x'; see the job's log for details"),
    ],
)
def test_an_error_becomes_a_sentence_with_advice(error, params, message):
    assert message in tasks.sentence(error, params)


def test_a_job_that_makes_no_mask_fails_with_the_reason(space):
    space.annotations_file.write_bytes(encoded(content({"gone.png": 1})))
    parts = ("images_dir", "annotations_path", "masks_dir")
    paths = (space.images, space.annotations_file, space.masks)
    context = SimpleNamespace(
        workspace=space,
        params=dict(zip(parts, paths, strict=True)),
        report=lambda event: None,
        should_stop=lambda: False,
    )
    with pytest.raises(ParameterError, match=r"no mask could be made: gone\.png: it is not in"):
        convert_job(context)


def test_a_comparison_that_was_interrupted_is_stored_by_the_next_attempt(space, capsys):
    put_models(space)
    put_drawings(space)
    job = open_ledger(space, QueueSettings(queue=""))
    params = control.submit(job, "compare", {"first": PARENT, "second": CHILD}).params
    events, fences = [], []

    def attempt(stop_after: int):
        events.clear()
        context = SimpleNamespace(
            workspace=space,
            params=params,
            report=events.append,
            should_stop=lambda: bool(events) and events[-1]["done"] == stop_after,
            fence=lambda: fences.append(1),
        )
        return tasks.run("compare", context)

    with pytest.raises(Stopped, match="stopped after 3 of 6 drawings"):
        attempt(3)
    assert not fences and stored_comparison(space, PARENT, CHILD, TruthKind.LABELS) is None
    result = attempt(9)
    assert result["drawings"] == 6 and len(fences) == 1
    assert "child scores higher than parent: F1 0.909 instead of 0.750" in result["notes"][0]
    assert "drawings that differ most" in capsys.readouterr().out
    assert stored_comparison(space, PARENT, CHILD, TruthKind.LABELS).second.spots.tp == 20
