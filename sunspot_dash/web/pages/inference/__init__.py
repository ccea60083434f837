"""The Inference page: run a model and look at its detections."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, html

from sunspot_dash.web.components.bar import bar, segments
from sunspot_dash.web.components.drawer import drawer, register_drawer
from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.ids import Inference
from sunspot_dash.web.pages.inference import gallery, orientation, results, run, viewer, viewer_card, watch
from sunspot_dash.workspace import Workspace

TABS = {viewer.TAB: "Viewer", gallery.TAB: "Gallery"}
PANES = {tab: f"{Inference.TABS}-{tab}" for tab in TABS}
RUN = (Inference.DRAWER, Inference.OPEN_DRAWER, Inference.CLOSE_DRAWER)
MESSAGES = (Inference.MESSAGE, Inference.ORIENTATION_MESSAGE, Inference.WATCH_MESSAGE)
LIST = (Inference.SHEET, Inference.OPEN_SHEET, Inference.CLOSE_SHEET)


def layout(
    model: str = "",
    drawing: str = "",
    spot: str = "",
    at: str = "",
    labels: str = "",
    source: str = "",
    **_: str,
) -> html.Div:
    """Return the page; the URL may name a model, a drawing, a spot to ring or a place "x,y" (px) to zoom to, ask for a
    comparison with the labels, and open the form to run a model on the drawings of a source (`run.SOURCES`).
    """
    picked = results.picked_model(model)
    shown = html.Div(
        [
            html.Div(viewer_card.viewer(), id=PANES[viewer.TAB], className="viewer-pane"),
            html.Div(gallery.card(), id=PANES[gallery.TAB], className="viewer-pane gallery-pane"),
        ],
        className="viewer-left",
    )
    beside = html.Aside(
        [run.followed(), *viewer_card.numbers(bool(labels)), results.about(picked)], className="viewer-side"
    )
    return html.Div(
        [
            bar("Inference", *_choices(picked), actions=_actions()),
            toasts(*MESSAGES, side="toasts-left"),
            viewer.store(drawing, spot, at),
            html.Div([shown, beside], className="viewer-page"),
            drawer(RUN, "Run a model", [*run.form(model, source), watch.part()], closed=not source),
            drawer(LIST, "Drawings with results", results.listing()),
        ]
    )


def _choices(picked: str | None) -> list[Any]:
    tabs = segments(Inference.TABS, TABS, viewer.TAB)
    return [results.model_choice(picked), results.order_choice(), tabs]


def _actions() -> list[Any]:
    return [
        dbc.Button("List", id=Inference.OPEN_SHEET, color="secondary", title="Drawings with results"),
        dbc.Button("Run a model", id=Inference.OPEN_DRAWER, color="primary"),
    ]


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    run.register(app, workspace)
    for part in (results, orientation, viewer, gallery, watch):
        part.register(app)
    for ids in (RUN, LIST):
        register_drawer(app, *ids)
    app.clientside_callback(
        ClientsideFunction("figures", "pane"),
        *(Output(pane, "style") for pane in PANES.values()),
        Input(Inference.TABS, "value"),
    )
