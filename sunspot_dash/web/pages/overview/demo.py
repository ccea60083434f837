"""The note on the synthetic drawings of the demo, and the button that removes them."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html

from sunspot_dash.errors import SunspotError
from sunspot_dash.web.components.feedback import note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.demo import end_demo
from sunspot_dash.web.ids import Overview


def panel(text: str) -> html.Div:
    """Return the note, hidden if it is empty."""
    alert = dbc.Alert(
        [
            html.Span(text, id=Overview.DEMO_NOTE),
            dbc.Button("Remove the demo", id=Overview.REMOVE, size="sm", color="secondary", className="ms-2"),
            dcc.ConfirmDialog(
                id=Overview.CONFIRM,
                message="Remove the synthetic drawings, their labels and results, and the models trained on them? "
                "The jobs of the demo will be cancelled.",
            ),
        ],
        color="info",
    )
    return html.Div(alert, id=Overview.DEMO, hidden=not text)


def ask(_: int) -> bool:
    """Ask for confirmation before removing the demo."""
    return True


def remove(_: int) -> Any:
    """Remove the demo."""
    try:
        end_demo(current_context().ledger)
    except (OSError, SunspotError) as error:
        return problem(str(error))
    return note("The demo is removed. Upload your own drawings on the Dataset page.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Overview.CONFIRM, "displayed"), Input(Overview.REMOVE, "n_clicks"), prevent_initial_call=True
    )(ask)
    app.callback(
        Output(Overview.MESSAGE, "children"),
        Input(Overview.CONFIRM, "submit_n_clicks"),
        prevent_initial_call=True,
    )(remove)
