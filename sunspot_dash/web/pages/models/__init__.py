"""The Models page: the models of the workspace, with their cards, lineage and notes."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, html

from sunspot_dash.web.components.bar import bar
from sunspot_dash.web.components.drawer import drawer, register_drawer
from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.ids import Models
from sunspot_dash.web.pages.models import changes, details, imports, table

IMPORT = (Models.DRAWER, Models.OPEN_DRAWER, Models.CLOSE_DRAWER)
# Modules with `layout()` and `register(app)`, shown below the table and the details one after another.
SECTIONS: tuple[Any, ...] = ()


def layout(model: str = "", **_: str) -> html.Div:
    """Return the page; the URL may name a model."""
    opener = dbc.Button("Import a model", id=Models.OPEN_DRAWER, color="primary")
    sections = [section.layout() for section in SECTIONS]
    return html.Div(
        [
            bar("Models", actions=[opener]),
            toasts(Models.MESSAGE, side="toasts-left"),
            html.Div(
                [table.card(model), details.card(), *sections], className="page d-flex flex-column gap-3"
            ),
            changes.question(),
            drawer(IMPORT, "Import a model", imports.form()),
        ]
    )


def register(app: Dash) -> None:
    """Register the callbacks."""
    register_drawer(app, *IMPORT)
    for part in (table, details, changes, imports, *SECTIONS):
        part.register(app)
