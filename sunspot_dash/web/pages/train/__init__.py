"""The Train page: set up and start a training run, follow it, and compare it with earlier runs."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import Dash, html

from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import toasts
from sunspot_dash.web.ids import Train
from sunspot_dash.web.pages.train import comparison, curves, form, run_detail, run_table
from sunspot_dash.workspace import Workspace


def layout(**_: str) -> html.Div:
    live = [run_table.card(), comparison.card(), curves.card(), run_detail.card()]
    return page(
        "Train",
        toasts(Train.MESSAGE, Train.RUN_MESSAGE),
        dbc.Row(
            [
                dbc.Col(form.card(), lg=4, xl=3),
                dbc.Col(live, lg=8, xl=9, className="d-flex flex-column gap-3"),
            ],
            className="g-3",
        ),
    )


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    form.register(app, workspace)
    for part in (run_table, curves, comparison, run_detail):
        part.register(app)
