"""The Inference page: run a model and review its detections."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, html

from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.ids import Inference
from sunspot_dash.web.pages.inference import gallery, orientation, results, run, viewer, viewer_card
from sunspot_dash.workspace import Workspace

TABS = {viewer.TAB: "Viewer", gallery.TAB: "Gallery"}
PANES = {tab: f"{Inference.TABS}-{tab}" for tab in TABS}


def layout(model: str = "", drawing: str = "", spot: str = "", **_: str) -> html.Div:
    """Return the page; the URL may name a model, a drawing and a spot to ring."""
    choose = dbc.RadioItems(
        id=Inference.TABS,
        options=[{"value": value, "label": label} for value, label in TABS.items()],
        value=viewer.TAB,
        className="panes d-flex mb-2",
        inputClassName="btn-check",
        labelClassName="btn btn-sm btn-outline-primary",
        labelCheckedClassName="active",
    )
    shown = [
        html.Div(viewer_card.card(), id=PANES[viewer.TAB]),
        html.Div(gallery.card(), id=PANES[gallery.TAB]),
    ]
    return html.Div(
        [
            html.H1("Inference"),
            toasts(Inference.MESSAGE, Inference.ORIENTATION_MESSAGE),
            viewer.store(drawing, spot),
            dbc.Row(
                [dbc.Col([run.card(model), results.card(model)], lg=4), dbc.Col([choose, *shown], lg=8)],
                className="g-3",
            ),
        ]
    )


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    run.register(app, workspace)
    for part in (results, orientation, viewer, gallery):
        part.register(app)
    app.clientside_callback(
        ClientsideFunction("figures", "pane"),
        *(Output(pane, "style") for pane in PANES.values()),
        Input(Inference.TABS, "value"),
    )
