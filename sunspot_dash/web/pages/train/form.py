"""The parameters of a new training, and what it would do with them."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate
from pydantic import ValidationError

from jobs import tasks
from jobs.tasks.parameters import Train as Parameters
from sunspot_dash.errors import SunspotError
from sunspot_dash.ml.config import faults
from sunspot_dash.services.models.preview import preview_training
from sunspot_dash.web.components.feedback import LIVE, empty
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Train
from sunspot_dash.web.pages.train.fields import LABELS, field
from sunspot_dash.web.pages.train.preview import plan_view
from sunspot_dash.web.pages.train.runs import KIND
from sunspot_dash.workspace import Workspace

MAIN = ("model_name", "epochs", "batch_size", "learning_rate", "tile_size", "penalty_weight")
ADVANCED = (
    "encoder", "encoder_weights", "radius", "seed", "validation_share", "patience", "device", "overwrite",
)  # fmt: skip
UNNAMED = "unnamed"  # a plan needs no name, a configuration does


def card() -> dbc.Card:
    """Fields, plan and button."""
    more = dbc.AccordionItem([field(Train.FIELD, Train.FAULT, name) for name in ADVANCED], title="Advanced")
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("New training"),
                *(field(Train.FIELD, Train.FAULT, name) for name in MAIN),
                dbc.Accordion(more, start_collapsed=True, className="mb-3"),
                html.H2("What it will do"),
                # Room for the usual plan, so that the button does not move under the pointer.
                html.Div(id=Train.PLAN, className="small mb-3", style={"minHeight": "12rem"}, **LIVE),
                dbc.Button("Start training", id=Train.START, color="primary", disabled=True),
                dcc.Store(id=Train.NONCE),
                dcc.Store(id=Train.PLANNED),
            ]
        )
    )


def parameters(values: list[Any], names: list[dict[str, str]]) -> dict[str, Any]:
    """Those of a training, from the fields.

    For a number out of its range a browser gives nothing, which must not become the default unnoticed.
    """
    given = {name["name"]: "" if value is None else value for name, value in zip(names, values, strict=True)}
    return {name: value for name, value in given.items() if value != "" or name != "model_name"}


def wrong_with(given: dict[str, Any]) -> dict[str, str]:
    """What is wrong with each parameter, as sentences with the names that the page has."""
    try:
        Parameters(**given)
    except ValidationError as error:
        return {name: f"{LABELS[name]} {fault}." for name, fault in faults(error, Parameters).items()}
    return {}


def plan(values: list[Any], _: Any, names: list[dict[str, str]], told: str | None) -> tuple[Any, ...]:
    """What a training with the fields' values would do, what is wrong with them, and how all that reads.

    If it reads the same, nothing is sent.
    """
    given = parameters(values, names)
    wrong = wrong_with(given)
    parts, ready = _plan(given, wrong, current_context().workspace)
    reads = repr((parts, wrong, ready))
    if reads == told:
        raise PreventUpdate
    # A name that is still to be written is no mistake yet.
    marked = {name: text for name, text in wrong.items() if name in given}
    beside = [marked.get(name["name"], "") for name in names]
    return parts, ["is-invalid" if text else "" for text in beside], beside, not ready, reads


def _plan(given: dict[str, Any], wrong: dict[str, str], workspace: Workspace) -> tuple[Any, bool]:
    """A plan and why it would be refused, or why there is none; and whether it may start."""
    before = [text for name, text in wrong.items() if name != "model_name"]
    if before:
        return dbc.Alert([html.Div(text) for text in before], color="danger", className="mb-0 p-2"), False
    try:
        config = Parameters(**(given | ({"model_name": UNNAMED} if wrong else {})))
        parts = plan_view(preview_training(workspace, config), config)
    except SunspotError as error:
        return empty("Nothing to learn from yet", str(error), "Go to Dataset", "/dataset"), False
    reason = wrong.get("model_name", "")
    try:
        if not reason:
            tasks.check(KIND, given, workspace)
    except SunspotError as error:
        reason = f"{error}."
    if reason:
        parts.append(html.P([html.B("Before it can start: "), reason], className="mt-2 mb-0"))
    return parts, not reason


def register(app: Dash, workspace: Workspace) -> None:
    """Make the callbacks known."""
    values, names = (({"type": Train.FIELD, "name": ALL}, part) for part in ("value", "id"))
    app.callback(
        Output(Train.PLAN, "children"),
        Output({"type": Train.FIELD, "name": ALL}, "class_name"),
        Output({"type": Train.FAULT, "name": ALL}, "children"),
        Output(Train.START, "disabled"),
        Output(Train.PLANNED, "data"),
        Input(*values),
        Input(Train.TABLE, "rowData"),
        State(*names),
        State(Train.PLANNED, "data"),
    )(plan)
    ids = (Train.START, Train.NONCE, Train.MESSAGE, Train.CANCEL)
    register_submission(app, workspace.root, KIND, ids, [State(*values), State(*names)], parameters)
