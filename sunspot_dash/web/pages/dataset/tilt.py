"""The tilt measured from the tick marks of a drawing, offered for the correction form."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html

from sunspot_dash.errors import SunspotError
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.ids import Dataset
from sunspot_dash.web.pictures import measure_tilt

HIDDEN: dict[str, str] = {"display": "none"}


def panel() -> html.Div:
    small = {"size": "sm", "color": "secondary", "outline": True}
    return html.Div(
        [
            dbc.Button("Measure the tilt", id=Dataset.MEASURE, **small),
            html.Span(id=Dataset.MEASURED, className="small", **LIVE),
            dbc.Button("Use this tilt", id=Dataset.USE_TILT, style=HIDDEN, **small),
            dcc.Store(id=Dataset.MEASURED_TILT),
        ],
        className="d-flex gap-2 mt-2 flex-wrap align-items-center",
    )


def measured(_: int | None, key: str) -> tuple[str, float | None, dict[str, str]]:
    """Measure the tilt; clear the result when another drawing opens."""
    if ctx.triggered_id != Dataset.MEASURE or not key:
        return "", None, HIDDEN
    try:
        found = measure_tilt(key)
    except SunspotError as error:
        return str(error), None, HIDDEN
    return found.text, found.tilt_deg, HIDDEN if found.tilt_deg is None else {}


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Dataset.MEASURED, "children"),
        Output(Dataset.MEASURED_TILT, "data"),
        Output(Dataset.USE_TILT, "style"),
        Input(Dataset.MEASURE, "n_clicks"),
        Input(Dataset.KEY, "data"),
        prevent_initial_call=True,
    )(measured)
    app.callback(
        Output(Dataset.TILT, "value", allow_duplicate=True),
        Input(Dataset.USE_TILT, "n_clicks"),
        State(Dataset.MEASURED_TILT, "data"),
        prevent_initial_call=True,
    )(used)


def used(_: int, tilt_deg: float | None) -> Any:
    """Copy the measured tilt to the form."""
    return tilt_deg
