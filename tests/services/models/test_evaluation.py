"""A model evaluated against labels: texts of the table and the report."""

from __future__ import annotations

import json

import pytest

from sunspot_dash.errors import ParameterError, Stopped
from sunspot_dash.services.models import evaluation
from sunspot_dash.services.models.detector import analyse
from sunspot_dash.services.models.evaluation import evaluate_model, table
from sunspot_dash.workspace import Workspace


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
    return evaluate_model(weights, space.images, space.annotations_file)


def test_drawings_that_trained_the_model_are_named(space, scored):
    card = json.loads(space.model("tiny").card.read_text())
    assert 0 < len(scored.trained_on) < len(scored.drawings) == 5
    assert scored.trained_on == sorted(card["split"]["training"])
    assert f"the model was trained on {len(scored.trained_on)} of these 5 drawings" in table(scored)
    assert scored.as_dict()["trained_on"] == scored.trained_on


def test_an_absent_drawing_is_named_and_the_rest_are_scored(space, weights, tmp_path):
    absent, kept = sorted(space.images.iterdir())[:2]
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    scored = evaluate_model(weights, tmp_path, space.annotations_file)
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
            space.images,
            space.annotations_file,
            report=done.append,
            should_stop=lambda: len(done) == stop_after,
            kept=tmp_path / "kept",
        )

    with pytest.raises(Stopped, match="stopped after 2 of 5"):
        score(stop_after=2)
    analysed.clear()
    assert score().as_dict() == scored.as_dict()
    assert len(analysed) == 3, "a drawing was analysed again"


def test_no_drawing_to_score_is_an_error(space, weights, tmp_path):
    with pytest.raises(ParameterError, match="none of the 5 labelled drawings could be scored: it is not in"):
        evaluate_model(weights, tmp_path, space.annotations_file)
