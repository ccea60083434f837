"""No figure, on a page or in the report, offers to upload its data or links to the maker of plotly.js."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import dash
import plotly.graph_objects as go
import pytest
from dash import dcc

from sunspot_dash.figures.html_page import Page, Section, page_html
from sunspot_dash.figures.theme import graph_config
from sunspot_dash.web.app import create_app
from sunspot_dash.web.pages.dataset.limb import movable
from tests.web.dashboards import ROOT

NOTHING_SENT = {"displaylogo": False, "showSendToCloud": False, "plotlyServerURL": ""}


def graphs_in(component: Any) -> Iterator[dcc.Graph]:
    """Yield the figures below a component, whichever of its properties holds them."""
    if isinstance(component, dcc.Graph):
        yield component
    if isinstance(component, list | tuple):
        for part in component:
            yield from graphs_in(part)
    elif isinstance(component, dash.development.base_component.Component):
        for name in component._prop_names:
            yield from graphs_in(getattr(component, name, None))


def test_every_figure_of_every_page_has_the_options(filled):
    app = create_app(filled, refresh=False)
    pages = list(dash.page_registry.values())
    with app.server.app_context():
        found = {page["path"]: list(graphs_in(page["layout"]())) for page in pages}
    assert {path for path, graphs in found.items() if graphs} == {
        "/dataset",
        "/train",
        "/explore",
    }
    for graph in (graph for graphs in found.values() for graph in graphs):
        assert NOTHING_SENT.items() <= graph.config.items(), graph.id


@pytest.mark.parametrize("move", [True, False])
def test_the_only_callback_that_changes_the_options_keeps_them(filled, move):
    app = create_app(filled, refresh=False)
    with app.server.app_context():
        app._setup_server()
    outputs = [name for name in app.callback_map if ".config" in name]
    assert len(outputs) == 1 and "dataset-view.config" in outputs[0]
    assert NOTHING_SENT.items() <= movable(move)[0].items()


def test_no_figure_is_made_without_the_options():
    """Also those that a callback makes: every call of `Graph` and `to_html` passes `config`."""
    made, without = 0, []
    for path in sorted((ROOT / "sunspot_dash").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("Graph", "to_html"):
                made += 1
                given = next((one.value for one in node.keywords if one.arg == "config"), None)
                if given is None or isinstance(given, ast.Dict):
                    without.append(f"{path.name}:{node.lineno}")
    assert made >= 4 and not without


def test_the_report_has_the_options():
    figure = go.Figure(go.Scatter(x=[1], y=[1]))
    page = page_html(Page("title", "", [], [Section("one", figure=figure)]))
    options = page.split("Plotly.newPlot(")[-1]
    assert '"showSendToCloud": false' in options and '"displaylogo": false' in options
    assert "plotlyServerURL" not in options and graph_config()["plotlyServerURL"] == ""
