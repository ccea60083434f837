"""The loss curves of the selected training runs."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from jobs.job import Job
from sunspot_dash.figures.loss import loss_figure
from sunspot_dash.figures.theme import blank, graph_config
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.web.pages.train.runs import EPOCHS, chosen, label, nothing

LEGEND = "Solid line: training loss; dashed line: validation loss; star: best epoch, whose weights are kept."


def card() -> dbc.Card:
    """Return the card with the figure and the switch of its scale."""
    head = [
        html.H2("Loss", className="mb-0 me-auto"),
        dbc.Switch(id=Train.LOG_SCALE, label="Log scale", value=False, class_name="mb-0"),
    ]
    config: Any = graph_config()
    graph = dcc.Graph(id=Train.LOSS, figure=blank(), config=config, style={"height": "26rem"})
    parts = [
        html.Div(head, className="d-flex align-items-center"),
        graph,
        html.P(LEGEND, className="help mb-0"),
        dcc.Store(id=Train.DRAWN),
    ]
    return dbc.Card(dbc.CardBody(parts))


def losses(_: int | None, selected: Any, logarithmic: bool, theme: str, drawn: Any) -> tuple[Any, Any]:
    """Draw the losses of the selected runs; send nothing while they are unchanged."""
    ledger = current_context().ledger
    found = [(job, EPOCHS.of(ledger.folder(job.number))) for job in chosen(ledger, selected)]
    last = [[job.number, rows[-1]["epoch"], rows[-1]["time"]] for job, rows in found if rows]
    empty_text = _why_empty([job for job, _ in found]) if found else nothing(ledger)
    drawing = [last, empty_text, selected is None, logarithmic, theme]
    if drawing == drawn:
        raise PreventUpdate
    curves = {label(job): rows for job, rows in found if rows}
    return loss_figure(curves, logarithmic, theme, "" if selected is None else empty_text), drawing


def _why_empty(jobs: list[Job]) -> str:
    """Explain why none of the selected runs has a finished epoch."""
    if all(job.ended for job in jobs):
        return f"{' and '.join(sorted({job.state for job in jobs})).capitalize()} before the first epoch was finished"
    return "The first epoch is not finished yet"


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Train.LOSS, "figure"),
        Output(Train.DRAWN, "data"),
        Input(Shell.TICK, "n_intervals"),
        Input(Train.TABLE, "selectedRows"),
        Input(Train.LOG_SCALE, "value"),
        Input(Shell.THEME, "data"),
        State(Train.DRAWN, "data"),
    )(losses)
