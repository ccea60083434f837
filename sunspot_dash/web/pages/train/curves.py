"""The losses of the chosen trainings, epoch by epoch."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from jobs.job import Job
from sunspot_dash.figures.loss import loss_figure
from sunspot_dash.figures.theme import blank
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.web.pages.train.runs import EPOCHS, chosen, label, nothing

SIGNS = "Line: training loss; dashes: validation loss; star: best epoch, whose weights are kept."


def card() -> dbc.Card:
    """The figure and its scale."""
    head = [
        html.H2("Loss", className="mb-0 me-auto"),
        dbc.Switch(id=Train.LOG_SCALE, label="Log scale", value=False, class_name="mb-0"),
    ]
    graph = dcc.Graph(id=Train.LOSS, figure=blank(), config={"displaylogo": False}, style={"height": "26rem"})
    parts = [
        html.Div(head, className="d-flex align-items-center"),
        graph,
        html.P(SIGNS, className="help mb-0"),
        dcc.Store(id=Train.DRAWN),
    ]
    return dbc.Card(dbc.CardBody(parts))


def losses(_: int | None, selected: Any, logarithmic: bool, theme: str, drawn: Any) -> tuple[Any, Any]:
    """The chosen trainings' losses, and what tells whether they have changed; if not, nothing is sent."""
    ledger = current_context().ledger
    found = [(job, EPOCHS.of(ledger.folder(job.number))) for job in chosen(ledger, selected)]
    last = [[job.number, rows[-1]["epoch"], rows[-1]["time"]] for job, rows in found if rows]
    told = _why_none([job for job, _ in found]) if found else nothing(ledger)
    drawing = [last, told, selected is None, logarithmic, theme]
    if drawing == drawn:
        raise PreventUpdate
    curves = {label(job): rows for job, rows in found if rows}
    return loss_figure(curves, logarithmic, theme, "" if selected is None else told), drawing


def _why_none(jobs: list[Job]) -> str:
    """Why none of the chosen trainings has an epoch to show."""
    if all(job.ended for job in jobs):
        return f"{' and '.join(sorted({job.state for job in jobs})).capitalize()} before the first epoch was over"
    return "The first epoch is not over yet"


def register(app: Dash) -> None:
    """Make the callbacks known."""
    app.callback(
        Output(Train.LOSS, "figure"),
        Output(Train.DRAWN, "data"),
        Input(Shell.TICK, "n_intervals"),
        Input(Train.TABLE, "selectedRows"),
        Input(Train.LOG_SCALE, "value"),
        Input(Shell.THEME, "data"),
        State(Train.DRAWN, "data"),
    )(losses)
