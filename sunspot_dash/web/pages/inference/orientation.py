"""The orientation of the drawings of a model, and its check by the motion of the spots."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, html, no_update

from jobs import control
from sunspot_dash.domain.drawing.orientation import ABOUT_PRESETS
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.analysis.orientation import verdict
from sunspot_dash.services.dataset.orientation import orientation_of, set_orientation
from sunspot_dash.web.components.feedback import LIVE, note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Inference

AS_LAST = "last"  # a Select treats "" as no choice
PRESET_OPTIONS = [{"value": name, "label": f"{name}: {about}"} for name, about in ABOUT_PRESETS.items()]
RUN_OPTIONS = [{"value": AS_LAST, "label": "as in the last run (uset for the first run)"}, *PRESET_OPTIONS]


def panel(model: str | None) -> html.Div:
    """Return the orientation control of the results of a model."""
    now = orientation_of(current_context().workspace, model) if model else None
    return html.Div(
        [
            html.Label(
                "Drawing orientation", htmlFor=Inference.ORIENTATION, className="form-label small mb-0"
            ),
            dbc.Select(
                id=Inference.ORIENTATION, options=PRESET_OPTIONS, value=now, size="sm", disabled=model is None
            ),
            html.Div(id=Inference.ORIENTATION_CHECK, className="small mt-1 mb-2", **LIVE),
        ]
    )


def run_choice() -> list[Any]:
    """Return the orientation control of a run."""
    return [
        html.Label(
            "Drawing orientation", htmlFor=Inference.RUN_ORIENTATION, className="form-label small mb-0 mt-1"
        ),
        dbc.Select(id=Inference.RUN_ORIENTATION, options=RUN_OPTIONS, value=AS_LAST, size="sm"),
        html.Div("Applies to all results of this model, including existing ones.", className="help"),
    ]


def check(model: str | None, _: Any) -> tuple[Any, ...]:
    """Return the orientation of a model's results, and whether the motion of the spots agrees."""
    if not model:
        return "", no_update, True
    context = current_context()
    try:
        found = verdict(context.catalogue, model)
        now = orientation_of(context.workspace, model)
    except SunspotError as error:
        return str(error), no_update, False
    if found.level == "warning":
        return dbc.Alert(found.text, color="warning", className="py-2 px-3 mb-0"), now, False
    return html.Span(found.text, className="text-secondary"), now, False


def change(preset: str | None, model: str | None) -> Any:
    """Set the orientation; the index follows by itself, the tables through a job."""
    context = current_context()
    if not preset or not model:
        return no_update
    try:
        if not set_orientation(context.workspace, model, preset):
            return no_update
        job = control.submit(context.ledger, "tables", {"model": model})
    except SunspotError as error:
        return problem(str(error))
    return note(f"{model}: drawing orientation set to {preset}. Job {job.number} rebuilds the tables.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Inference.ORIENTATION_CHECK, "children"),
        Output(Inference.ORIENTATION, "value"),
        Output(Inference.ORIENTATION, "disabled"),
        Input(Inference.RESULT_MODEL, "value"),
        Input(Inference.REVISION, "data"),
    )(check)
    app.callback(
        Output(Inference.ORIENTATION_MESSAGE, "children"),
        Input(Inference.ORIENTATION, "value"),
        State(Inference.RESULT_MODEL, "value"),
        prevent_initial_call=True,
    )(change)
