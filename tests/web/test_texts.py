"""Texts of pages, without a browser."""

from __future__ import annotations

import pytest

from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.web.app import create_app
from sunspot_dash.web.context import NAME
from sunspot_dash.web.pages.explore.counts import counts
from sunspot_dash.web.pages.explore.filters import Choice
from sunspot_dash.web.pages.train.form import preview, wrong_with


@pytest.fixture
def app(filled):
    made = create_app(filled, refresh=False)
    Indexer(made.server.extensions[NAME].catalogue).refresh()
    return made


def test_a_drawing_that_two_models_ran_on_counts_once(app, filled):
    both = Choice.read({"model": ["uset", "uset"]})
    assert both.models == ("uset",)
    with app.server.app_context():
        one = counts(both, "light")[1]
        again = counts(Choice(**{**vars(both), "models": ("uset", "uset")}), "light")[1]
    assert one == again and one.startswith("5 dated drawings")


def test_an_invalid_parameter_is_described_once_with_its_label_and_range(app, filled):
    given = {"model_name": "mine", "epochs": "", "tile_size": "", "learning_rate": 0}
    wrong = wrong_with(given, filled)
    assert wrong["epochs"].startswith("Epochs must be a whole number from 1 to 1000")
    assert "from 64 to 1024" in wrong["tile_size"] and "multiple of 16" in wrong["tile_size"]
    assert wrong["learning_rate"] == "Learning rate was 0: use a number above 0 to 0.1."
    assert wrong_with({"model_name": "mine"}, filled) == {}
    assert wrong_with({"model_name": "uset"}, filled)["model_name"].endswith("choose another name.")
    names = [{"name": "model_name"}, {"name": "epochs"}]
    with app.server.app_context():
        parts, marks, beside, unready, *_ = preview(["mine", None], None, None, names, None)
        assert "Epochs must" not in str(parts)
        assert marks == ["", "is-invalid"] and beside[1].startswith("Epochs must") and unready
        _, marks, _, unready, *_ = preview(["", 3], None, None, names, None)
        assert marks == ["", ""] and unready  # an empty name is not marked as an error
        assert preview(["mine", 3], None, None, names, None)[1:4] == (["", ""], ["", ""], False)
