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
from sunspot_dash.ml.config import explain
from sunspot_dash.services.plan import plan as make_plan
from sunspot_dash.web.components.messages import LIVE, empty
from sunspot_dash.web.components.parameters import field
from sunspot_dash.web.components.plan import plan_view
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.components.trainings import KIND
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Train
from sunspot_dash.workspace import Workspace

MAIN = ("model_name", "epochs", "batch_size", "learning_rate", "tile_size", "penalty_weight")
ADVANCED = (
    "encoder", "encoder_weights", "radius", "seed", "validation_share", "patience", "device", "overwrite",
)  # fmt: skip
UNNAMED = "unnamed"  # a plan needs no name, a configuration does


def card() -> dbc.Card:
    """Fields, plan and button."""
    more = dbc.AccordionItem([field(Train.FIELD, name) for name in ADVANCED], title="Advanced")
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("New training"),
                *(field(Train.FIELD, name) for name in MAIN),
                dbc.Accordion(more, start_collapsed=True, className="mb-3"),
                html.H2("What it will do"),
                # Room for the usual plan, so that the button does not move under the pointer.
                html.Div(id=Train.PLAN, className="small mb-3", style={"minHeight": "12rem"}, **LIVE),
                dbc.Button("Start training", id=Train.START, color="primary"),
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


def plan(values: list[Any], _: Any, names: list[dict[str, str]], told: str | None) -> tuple[Any, str]:
    """What a training with the fields' values would do, and how it reads; if that is the same, nothing is sent."""
    parts = _plan(parameters(values, names), here().workspace)
    if repr(parts) == told:
        raise PreventUpdate
    return parts, repr(parts)


def _plan(given: dict[str, Any], workspace: Workspace) -> Any:
    """A plan and why it would be refused, or why there is none."""
    try:
        config = Parameters(**{"model_name": UNNAMED, **given})
        parts = plan_view(make_plan(workspace, config), config)
    except ValidationError as error:
        return dbc.Alert(explain(error, Parameters), color="danger", className="mb-0 p-2")
    except SunspotError as error:
        return empty("Nothing to learn from yet", str(error), "Go to Dataset", "/dataset")
    try:
        tasks.check(KIND, given, workspace)
    except SunspotError as error:
        parts.append(html.P([html.B("Before it can start: "), f"{error}."], className="mt-2 mb-0"))
    return parts


def register(app: Dash, workspace: Workspace) -> None:
    """Make the callbacks known."""
    values, names = (({"type": Train.FIELD, "name": ALL}, part) for part in ("value", "id"))
    app.callback(
        Output(Train.PLAN, "children"),
        Output(Train.PLANNED, "data"),
        Input(*values),
        Input(Train.TABLE, "rowData"),
        State(*names),
        State(Train.PLANNED, "data"),
    )(plan)
    ids = (Train.START, Train.NONCE, Train.MESSAGE, Train.CANCEL)
    register_submission(app, workspace.root, KIND, ids, [State(*values), State(*names)], parameters)
