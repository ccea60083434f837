"""A model against labels: what the table and the report say besides figures."""

from __future__ import annotations

import json

import pytest

from sunspot_dash.errors import ParameterError, Stopped
from sunspot_dash.services.models import evaluation
from sunspot_dash.services.models.detector import analyse
from sunspot_dash.services.models.evaluation import evaluate_model, table
from sunspot_dash.services.models.training import train_model


@pytest.fixture
def trained(workspace, config):
    return train_model(workspace, config.model_copy(update={"epochs": 1, "validation_share": 0.5}))


def test_drawings_that_trained_the_model_are_named(workspace, trained):
    card = json.loads(trained.card.read_text())
    scored = evaluate_model(trained.weights, workspace.images, workspace.annotations_file)
    assert 0 < len(scored.trained_on) < len(scored.drawings) == 4
    assert scored.trained_on == sorted(card["split"]["training"])
    assert f"the model was trained on {len(scored.trained_on)} of these 4 drawings" in table(scored)
    assert scored.as_dict()["trained_on"] == scored.trained_on


def test_an_absent_drawing_is_named_and_the_rest_are_scored(workspace, trained):
    absent = sorted(workspace.images.iterdir())[0]
    absent.unlink()
    scored = evaluate_model(trained.weights, workspace.images, workspace.annotations_file)
    assert scored.failed == [(absent.name, f"it is not in {workspace.images}")]
    assert len(scored.drawings) == 3 and f"failed: {absent.name}: it is not in" in table(scored)


def test_an_evaluation_that_was_interrupted_goes_on_to_the_very_same_figures(
    workspace, trained, tmp_path, monkeypatch
):
    analysed = []
    monkeypatch.setattr(
        evaluation, "analyse", lambda model, name, *more: analysed.append(name) or analyse(model, name, *more)
    )

    def score(stop_after: int = 9):
        done = []
        where = (trained.weights, workspace.images, workspace.annotations_file)
        return evaluate_model(
            *where, report=done.append, should_stop=lambda: len(done) == stop_after, kept=tmp_path / "kept"
        )

    whole = evaluate_model(trained.weights, workspace.images, workspace.annotations_file)
    with pytest.raises(Stopped, match="stopped after 2 of 4"):
        score(stop_after=2)
    analysed.clear()
    assert score().as_dict() == whole.as_dict()
    assert len(analysed) == 2, "a drawing was done again"


def test_none_that_can_be_scored_is_an_error(workspace, trained, tmp_path):
    with pytest.raises(ParameterError, match="none of the 4 labelled drawings could be scored: it is not in"):
        evaluate_model(trained.weights, tmp_path, workspace.annotations_file)
