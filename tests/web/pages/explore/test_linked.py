"""Figures are drawn once, and in advance."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from dash.exceptions import PreventUpdate
from flask import Flask

from sunspot_dash.web.context import NAME
from sunspot_dash.web.pages.explore.filters import FIELDS
from sunspot_dash.web.pages.explore.linked import register_drawn


class App:
    """A minimal app that keeps the registered callback."""

    def __init__(self) -> None:
        self.server = Flask("test")
        self.server.extensions[NAME] = SimpleNamespace(catalogue=SimpleNamespace(revision=lambda: "1"))

    def callback(self, **_):
        def keep(function):
            self.registered = function

        return keep

    def ask(self, **values):
        with self.server.app_context():
            return self.registered(dict.fromkeys(FIELDS) | {"model": ["uset"]} | values, "", "light")


@pytest.fixture
def drawn():
    """The choices drawn so far."""
    return []


@pytest.fixture
def app(drawn):
    app = App()

    def draw(choice, theme):
        drawn.append((choice.view, choice.period, threading.current_thread()))
        return f"{choice.view}, {theme}"

    register_drawn(app, "sun", [], draw, ahead=True)
    return app


def others() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread is not threading.main_thread()]


def test_a_view_is_drawn_in_advance_while_another_is_shown(app, drawn):
    before = others()
    with pytest.raises(PreventUpdate):
        app.ask(view="counts")
    assert app.ask(view="sun") == "sun, light"
    for thread in set(others()) - set(before):
        thread.join()
    assert [view for view, *_ in drawn] == ["sun"], "it was drawn twice"


def test_a_filtered_figure_is_drawn_when_it_is_opened(app, drawn):
    before = others()
    with pytest.raises(PreventUpdate):
        app.ask(view="counts", **{"from": "1950-01-01"})
    assert others() == before and not drawn
    app.ask(view="sun", **{"from": "1950-01-01"})
    assert drawn[0][1][0] == "1950-01-01" and drawn[0][2] is threading.current_thread()
