"""The Models page: the models of the workspace, with their cards, lineage and notes."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import Dash, html

from sunspot_dash.web.components.bar import bar
from sunspot_dash.web.components.drawer import drawer, register_drawer
from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.ids import Models
from sunspot_dash.web.pages.models import changes, compare, details, imports, table
from sunspot_dash.workspace import Workspace

IMPORT = (Models.DRAWER, Models.OPEN_DRAWER, Models.CLOSE_DRAWER)


def layout(model: str = "", **_: str) -> html.Div:
    """Return the page; the URL may name a model."""
    opener = dbc.Button("Import a model", id=Models.OPEN_DRAWER, color="primary")
    return html.Div(
        [
            bar("Models", actions=[opener]),
            toasts(Models.MESSAGE, side="toasts-left"),
            html.Div(
                [table.card(model), details.card(), compare.layout()],
                className="page d-flex flex-column gap-3",
            ),
            changes.question(),
            drawer(IMPORT, "Import a model", imports.form()),
        ]
    )


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    register_drawer(app, *IMPORT)
    for part in (table, details, changes, imports):
        part.register(app)
    compare.register(app, workspace)
