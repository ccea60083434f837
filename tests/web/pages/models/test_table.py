"""The selection of the table of models."""

from __future__ import annotations

from dash import no_update

from sunspot_dash.web.app import create_app
from sunspot_dash.web.pages.models.table import rows
from sunspot_dash.workspace import Workspace
from tests.services.models.registered import add_model


def test_an_action_is_followed_though_its_answer_was_dropped_and_only_once(tmp_path, quick_weights):
    space = Workspace(tmp_path / "data").create()
    for name in ("mine", "copy"):
        add_model(space, quick_weights, name)
    imported, mine = {"select": "copy", "nonce": "1"}, [{"name": "mine"}]
    with create_app(space, refresh=False).server.app_context():
        for _ in range(2):  # the clock ticks before the first answer has arrived
            assert rows(1, imported, None, mine, {"select": "mine"})[1:] == (
                {"ids": ["copy"]},
                {"rowId": "copy"},
                imported,
            )
        assert rows(2, imported, None, mine, imported)[1:] == (no_update,) * 3, "selected by hand since"
