"""The Models page: the models of the workspace, with their cards, lineage and notes."""

from __future__ import annotations

from typing import Any

from dash import Dash, html

from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.ids import Models
from sunspot_dash.web.pages.models import compare
from sunspot_dash.workspace import Workspace

# Modules with `layout()` and `register(app, workspace)`, shown below the table one after another.
SECTIONS: tuple[Any, ...] = (compare,)


def layout(**_: str) -> html.Div:
    """Return the page."""
    return page(
        "Models",
        toasts(Models.MESSAGE),
        html.Div([section.layout() for section in SECTIONS], className="d-flex flex-column gap-3"),
    )


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    for section in SECTIONS:
        section.register(app, workspace)
