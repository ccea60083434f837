"""A model evaluated against labels: texts of the table and the report."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import ParameterError, Stopped, UndecidedError
from sunspot_dash.services.dataset.label_choice import LabelChoice
from sunspot_dash.services.models import evaluation
from sunspot_dash.services.models.detector import analyse
from sunspot_dash.services.models.evaluation import Truth, evaluate_model, table
from sunspot_dash.workspace import Workspace
from tests.coco import HEIGHT, WIDTH, content, encoded, label


@pytest.fixture(scope="module")
def space(trained_once) -> Workspace:
    """The shared workspace with a trained model, read-only."""
    return Workspace(trained_once)


@pytest.fixture(scope="module")
def weights(space):
    return space.model("tiny").weights


@pytest.fixture(scope="module")
def scored(space, weights):
    """One evaluation of all drawings."""
    return evaluate_model(weights, Truth(space.images, space.annotations_file))


def test_drawings_that_trained_the_model_are_named(space, scored):
    card = json.loads(space.model("tiny").card.read_text())
    assert 0 < len(scored.trained_on) < len(scored.drawings) == 5
    assert scored.trained_on == sorted(card["split"]["training"])
    assert f"the model was trained on {len(scored.trained_on)} of these 5 drawings" in table(scored)
    assert scored.as_dict()["trained_on"] == scored.trained_on


def test_an_absent_drawing_is_named_and_the_rest_are_scored(space, weights, tmp_path):
    absent, kept = sorted(space.images.iterdir())[:2]
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    scored = evaluate_model(weights, Truth(tmp_path, space.annotations_file))
    assert (absent.name, f"it is not in {tmp_path}") in scored.failed and len(scored.failed) == 4
    assert len(scored.drawings) == 1 and f"failed: {absent.name}: it is not in" in table(scored)


def test_an_interrupted_evaluation_resumes_with_the_same_figures(
    space, weights, scored, tmp_path, monkeypatch
):
    analysed = []
    monkeypatch.setattr(
        evaluation, "analyse", lambda model, name, *more: analysed.append(name) or analyse(model, name, *more)
    )

    def score(stop_after: int = 9):
        done = []
        return evaluate_model(
            weights,
            Truth(space.images, space.annotations_file),
            report=done.append,
            should_stop=lambda: len(done) == stop_after,
            kept=tmp_path / "kept",
        )

    with pytest.raises(Stopped, match="stopped after 2 of 5"):
        score(stop_after=2)
    analysed.clear()
    assert score().as_dict() == scored.as_dict()
    assert len(analysed) == 3, "a drawing was analysed again"


@pytest.fixture
def score(monkeypatch):
    """Evaluate labels of drawings of 30 x 20 px with a model that detects nothing."""
    card = SimpleNamespace(name="m", threshold=0.4, split={})
    loaded = SimpleNamespace(load=lambda weights, device: SimpleNamespace(card=card, sha256="h"))
    monkeypatch.setattr(evaluation, "LoadedModel", loaded)
    monkeypatch.setattr(evaluation, "content_hash", lambda path: "i")
    monkeypatch.setattr(evaluation, "read_rgb", lambda path: path)

    def blank(model, name, *_):
        return DrawingResult(name, WIDTH, HEIGHT, Disk(15, 10, 9, 0.9), (), "m", "h", "i", 0.4, 1.0)

    monkeypatch.setattr(evaluation, "analyse", blank)

    def run(folder, found, files, corrections=None, **choice):
        for name in files:
            (folder / "images" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "images" / name).touch()
        (folder / "labels.json").write_bytes(encoded(found))
        truth = Truth(folder / "images", folder / "labels.json", LabelChoice(**choice), corrections or {})
        return evaluate_model(folder / "m.pth", truth)

    return run


def truth(scored) -> dict[str, int]:
    return {score.name: score.spots.truth for score in scored.drawings}


def test_dates_and_limbs_set_by_hand_count(score, tmp_path, monkeypatch):
    used = {}
    blank = evaluation.analyse

    def noted(model, name, rgb, image_hash, threshold, correction):
        used[name] = correction
        return blank(model, name)

    monkeypatch.setattr(evaluation, "analyse", noted)
    correction = Correction(date="1947-04-01", disk=Disk(15, 10, 8, 1.0, by_hand=True))
    found = score(tmp_path, content({"a.png": 2, "b.png": 1}), ["a.png", "b.png"], {"a.png": correction})
    assert list(found.pooled.eras) == ["1941-48", "without a date"]
    assert used == {"a.png": correction, "b.png": NONE}


def test_only_labels_that_are_spots_are_truth(score, tmp_path):
    found = content({"a.png": 4}, ("umbra", "penumbra", "faculae"))
    found["annotations"] += [label(11, 1, 9, 2), label(12, 1, 9, 3)]
    scored = score(tmp_path, found, ["a.png"])
    assert truth(scored) == {"a.png": 4}
    assert "counted as spots: umbra (4 labels); left out: penumbra (1 label), faculae (1 label)" in table(
        scored
    )
    assert scored.as_dict()["labels"]["categories"] == {"umbra": 4}
    assert scored.as_dict()["labels"]["left_out_categories"] == {"penumbra": 1, "faculae": 1}
    assert truth(score(tmp_path, found, ["a.png"], category=("penumbra", "faculae"))) == {"a.png": 2}
    assert truth(score(tmp_path, found, ["a.png"], stored=("penumbra",))) == {"a.png": 1}


def test_labels_of_unknown_meaning_are_not_scored(score, tmp_path):
    found = content({"a.png": 4}, ("Fleck", "Hof"))
    with pytest.raises(UndecidedError, match=r"Fleck \(4 labels\), Hof \(0 labels\).*--category"):
        score(tmp_path, found, ["a.png"])
    assert truth(score(tmp_path, found, ["a.png"], category=("fleck",))) == {"a.png": 4}


def test_a_partly_labelled_drawing_is_not_truth_unless_asked_for(score, tmp_path):
    found = content({"a.png": 1, "b.png": 2})
    found["annotations"] += [label(number, 1, segmentation=[], bbox=[1, 1, 2, 2]) for number in (7, 8, 9)]
    scored = score(tmp_path, found, ["a.png", "b.png"])
    reason = "3 of its 4 labels cannot be used (annotations 7, 8, 9: each has only a box, no polygon)"
    assert truth(scored) == {"b.png": 2} and scored.failed == [("a.png", reason)]
    for words in (f"failed: a.png: {reason}", "left out: annotation 7 of a.png: it has only a box"):
        assert words in table(scored)
    assert scored.as_dict()["labels"]["partly_labelled"] == [{"name": "a.png", "reason": reason}]
    kept = score(tmp_path, found, ["a.png", "b.png"], keep_partly_labelled=True)
    assert truth(kept) == {"a.png": 1, "b.png": 2} and not kept.failed
    assert "partly labelled, but kept: a.png" in table(kept)
    with pytest.raises(ParameterError, match=r"3 of its 4 labels.*--keep-partly-labelled"):
        score(tmp_path / "one", {**found, "images": found["images"][:1]}, ["a.png"])


def test_repeated_ids_and_folders_lose_no_label(score, tmp_path):
    found = content({"Data/a.png": 2, "x/b.png": 1, "y/b.png": 3})
    for one, number in zip(found["annotations"], (1, 2, 1, 1, 2, 3), strict=True):
        one["id"] = number
    scored = score(tmp_path, found, ["Data/a.png", "x/b.png", "y/b.png"])
    assert truth(scored) == {"Data/a.png": 2, "x/b.png": 1, "y/b.png": 3} and not scored.failed
    flat = score(tmp_path / "flat", found, ["a.png", "b.png"])
    assert truth(flat) == {"a.png": 2}
    assert [name for name, _ in flat.failed] == ["x/b.png", "y/b.png"]


@pytest.mark.parametrize(
    ("name", "truth_", "failed"),
    [
        ("good", {"usd202409181115.png": 4}, 0),
        ("several_categories", {"usd202409181115.png": 4}, 0),
        ("repeated_ids", {"usd202409181115.png": 2, "usd202409191115.png": 3}, 0),
    ],
)
def test_the_example_files_have_the_right_truth(score, tmp_path, shared, name, truth_, failed):
    found = json.loads((shared.parent / "cases" / f"{name}.json").read_bytes())
    scored = score(tmp_path, found, truth_)
    assert truth(scored) == truth_ and len(scored.failed) == failed


def test_no_drawing_to_score_is_an_error(space, weights, tmp_path):
    with pytest.raises(ParameterError, match="no labelled drawing of 5 could be scored: it is not in"):
        evaluate_model(weights, Truth(tmp_path, space.annotations_file))
