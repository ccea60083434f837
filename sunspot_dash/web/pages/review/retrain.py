"""The drawer that retrains the model with the corrections."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.models.retraining import retrain_config
from sunspot_dash.services.models.reviewed import reviews_state
from sunspot_dash.web.components.drawer import drawer, register_drawer
from sunspot_dash.web.components.feedback import (
    LIVE,
    asked_again,
    capital,
    sentence,
    still_reading,
)
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Review
from sunspot_dash.web.readers.answers import StillReading
from sunspot_dash.workspace import Workspace

KIND = "train"
DRAWER = (Review.RETRAIN, Review.OPEN_RETRAIN, Review.CLOSE_RETRAIN)
TITLE = "Retrain with these corrections"


def opener() -> dbc.Button:
    """Return the button of the bar."""
    return dbc.Button("Retrain", id=Review.OPEN_RETRAIN, title=TITLE, color="secondary", size="sm")


def panel() -> html.Div:
    """Return the drawer."""
    return drawer(
        DRAWER,
        TITLE,
        [
            html.P(
                "The new model starts from the corrected one. It learns from the reviewed drawings, and again from "
                "labelled ones, so that it does not forget them. A fifth of the reviewed drawings is kept apart: only "
                "these show whether it is better than its parent."
            ),
            html.Div(id=Review.RETRAIN_PREVIEW, className="mb-3", **LIVE),
            html.Label(
                "Name of the new model", htmlFor=Review.RETRAIN_NAME, className="form-label small mb-0"
            ),
            dbc.Input(id=Review.RETRAIN_NAME, type="text", maxLength=64, className="mb-3"),
            dbc.Button("Start training", id=Review.RETRAIN_START, color="primary", disabled=True),
            dcc.Store(id=Review.RETRAIN_NONCE),
            html.P(
                [
                    "Follow the training on ",
                    html.A("Train", href=url("/train")),
                    " or ",
                    html.A("Jobs", href=url("/jobs")),
                    ".",
                ],
                className="help mt-2",
            ),
        ],
    )


def preview(opened: int | None, model: str | None, _: Any) -> tuple[Any, Any, bool]:
    """Return what a retraining of the model would do, the name of the new model, and whether it cannot start."""
    if not opened:
        return no_update, no_update, True
    context = current_context()
    try:
        state = reviews_state(context.workspace)
        found = context.answers.get(retrain_config, context.workspace, model or "", state=state)
    except StillReading as reading:
        return still_reading(reading, Review.RETRAIN), no_update, True
    except SunspotError as error:
        return dbc.Alert(f"{sentence(error)}.", color="warning", className="mb-0 p-2"), no_update, True
    remarks = [html.P(f"{capital(line)}.", className="small mb-1") for line in found.warnings]
    return [html.P(html.B(f"{found.text}.")), *remarks], found.config.model_name, False


def parameters(workspace: Workspace, model: str, name: str | None) -> dict[str, Any]:
    """Return the parameters of the training job."""
    return retrain_config(workspace, model, (name or "").strip()).config.model_dump()


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    register_drawer(app, *DRAWER)
    app.callback(
        Output(Review.RETRAIN_PREVIEW, "children"),
        Output(Review.RETRAIN_NAME, "value"),
        Output(Review.RETRAIN_START, "disabled"),
        Input(Review.OPEN_RETRAIN, "n_clicks"),
        Input(Review.MODEL, "value"),
        asked_again(Review.RETRAIN),
        prevent_initial_call=True,
    )(preview)
    ids = (Review.RETRAIN_START, Review.RETRAIN_NONCE, Review.MESSAGE, "")
    states = [State(Review.MODEL, "value"), State(Review.RETRAIN_NAME, "value")]
    register_submission(app, workspace.root, KIND, ids, states, partial(parameters, workspace))
