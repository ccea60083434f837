"""A model over drawings, and what it found on each."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import Dash, html

from sunspot_dash.web.components.messages import toasts
from sunspot_dash.web.ids import Inference
from sunspot_dash.web.pages.inference import gallery, results, run, viewer
from sunspot_dash.workspace import Workspace


def layout(model: str = "", drawing: str = "", spot: str = "", **_: str) -> html.Div:
    """The page; its address names a drawing, and perhaps a spot to mark."""
    tabs = dbc.Tabs(
        [
            dbc.Tab(viewer.card(), label="Viewer", tab_id=viewer.TAB),
            dbc.Tab(gallery.card(), label="Gallery", tab_id=gallery.TAB),
        ],
        id=Inference.TABS,
        active_tab=viewer.TAB,
    )
    return html.Div(
        [
            html.H1("Inference"),
            toasts(Inference.MESSAGE),
            viewer.store(drawing, spot),
            dbc.Row(
                [dbc.Col([run.card(model), results.card(model)], lg=4), dbc.Col(tabs, lg=8)],
                className="g-3",
            ),
        ]
    )


def register(app: Dash, workspace: Workspace) -> None:
    """Make the callbacks known."""
    run.register(app, workspace)
    for part in (results, viewer, gallery):
        part.register(app)
