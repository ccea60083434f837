"""What pages tell in words, without a browser."""

from __future__ import annotations

import shutil

import pytest

from sunspot_dash.services.catalogue import Catalogue
from sunspot_dash.services.indexing import index_workspace
from sunspot_dash.web.app import create_app
from sunspot_dash.web.components.choice import Choice
from sunspot_dash.web.pages.explore.counts import counts


@pytest.fixture
def app(filled):
    return create_app(filled, refresh=False)


def test_a_drawing_that_two_models_ran_on_counts_once(app, filled):
    both = Choice.read({"model": ["uset", "uset"]})
    assert both.models == ("uset",)
    with app.server.app_context():
        one = counts(both, "light")[1]
        again = counts(Choice(**{**vars(both), "models": ("uset", "uset")}), "light")[1]
    assert one == again and one.startswith("5 dated drawings")
