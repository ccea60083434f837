"""The switch that runs the default model on new scans, and what it did last."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update

from jobs import control
from jobs.tasks.watch_status import status_lines
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.catalogue.drawings import not_run
from sunspot_dash.services.models.default import default_model
from sunspot_dash.services.watch.state import read_watch, switch
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import LIVE, note, problem, sentence
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Inference, Shell

SWITCHED_ON = "The default model will run on every new scan."
SWITCHED_OFF = "The default model no longer runs on new scans."


def part() -> html.Section:
    """Return the switch, its state in words, and the button for the drawings that were there before."""
    return html.Section(
        [
            html.H3("New scans"),
            dbc.Switch(
                id=Inference.WATCH, label="Run the default model on new scans", value=False, class_name="mb-0"
            ),
            html.Div(id=Inference.WATCH_STATE, className="help", **LIVE),
            html.Div(id=Inference.WATCH_REST_TEXT, className="help mt-2"),
            dbc.Button(
                "Run them", id=Inference.WATCH_REST, color="secondary", size="sm", style={"display": "none"}
            ),
            dcc.Store(id=Inference.WATCH_SHOWN, data=False),
        ],
        className="mt-4",
    )


def shown(_: str | None, before: bool) -> tuple[Any, Any, Any]:
    """Describe the watching; move the switch if it was switched elsewhere."""
    context = current_context()
    try:
        state = read_watch(context.workspace)
        lines = status_lines(context.ledger, state)
    except SunspotError as error:
        return sentence(error), no_update, no_update
    on = bool(state.since)
    moved = no_update if on == before else on
    return [html.Div(line) for line in lines], moved, moved


def switched(on: bool, before: bool) -> tuple[Any, Any, Any]:
    """Switch the watching on or off; if that fails, move the switch back."""
    if on == before:
        return no_update, no_update, no_update
    try:
        switch(current_context().workspace, on)
    except SunspotError as error:
        return problem(str(error)), no_update, before
    return note(SWITCHED_ON if on else SWITCHED_OFF), on, no_update


def rest(_: Any) -> tuple[str, dict[str, str]]:
    """Describe the drawings in the folder that have no result of the default model."""
    context = current_context()
    try:
        model = default_model(context.workspace)
    except SunspotError as error:
        return sentence(error), {"display": "none"}
    left = not_run(context.catalogue, model, context.workspace.images_to_run)
    text = f"{counted(left, 'drawing')} in images_to_run/ without a result of {model}." if left else ""
    return text, {} if left else {"display": "none"}


def run_rest(_: int) -> Any:
    """Submit a job for the drawings in the folder that have no result of the default model."""
    context = current_context()
    try:
        job = control.submit(context.ledger, "infer", {})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} was accepted; drawings that have results are skipped.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Inference.WATCH_STATE, "children"),
        Output(Inference.WATCH, "value"),
        Output(Inference.WATCH_SHOWN, "data"),
        Input(Shell.PULSE, "data"),
        State(Inference.WATCH_SHOWN, "data"),
    )(shown)
    app.callback(
        Output(Inference.WATCH_MESSAGE, "children"),
        Output(Inference.WATCH_SHOWN, "data", allow_duplicate=True),
        Output(Inference.WATCH, "value", allow_duplicate=True),
        Input(Inference.WATCH, "value"),
        State(Inference.WATCH_SHOWN, "data"),
        prevent_initial_call=True,
    )(switched)
    app.callback(
        Output(Inference.WATCH_REST_TEXT, "children"),
        Output(Inference.WATCH_REST, "style"),
        Input(Inference.REVISION, "data"),
    )(rest)
    app.callback(
        Output(Inference.WATCH_MESSAGE, "children", allow_duplicate=True),
        Input(Inference.WATCH_REST, "n_clicks"),
        prevent_initial_call=True,
    )(run_rest)
