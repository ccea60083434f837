"""The curves of the selected training runs."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from jobs.job import Job
from sunspot_dash.figures.theme import blank, graph_config
from sunspot_dash.figures.training import Curves, training_figure
from sunspot_dash.web.components.figure_card import FigureIds, register_saving, save_buttons
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.web.pages.train.history import HISTORIES
from sunspot_dash.web.pages.train.runs import chosen, label, nothing

CURVES = FigureIds(Train.LOSS)
HEIGHT = "38rem"
LEGEND = (
    "Loss: thin line, single steps; solid with markers, mean of an epoch; dashed, validation. Scores of the spots on "
    "the validation drawings: F1 solid, precision dashed, recall dotted; star, the best epoch, whose weights are kept."
)
SMOOTHING = {"0": "Not smoothed", "0.6": "Smoothed lightly", "0.9": "Smoothed strongly"}


def card() -> dbc.Card:
    """Return the card with the figure, its smoothing and the switch of its scale."""
    smoothing = dbc.Select(
        id=Train.SMOOTHING,
        options=[{"value": value, "label": text} for value, text in SMOOTHING.items()],
        value="0.6",
        size="sm",
        class_name="w-auto",
    )
    head = [
        html.H2("Curves", className="mb-0 me-auto"),
        html.Label("Loss of the steps", htmlFor=Train.SMOOTHING, className="visually-hidden"),
        smoothing,
        dbc.Switch(id=Train.LOG_SCALE, label="Log scale", value=False, class_name="mb-0"),
        html.Div(save_buttons("Curves", CURVES), className="figure-head"),
    ]
    config: Any = graph_config()
    graph = dcc.Graph(id=Train.LOSS, figure=blank(), config=config, style={"height": HEIGHT})
    parts = [
        html.Div(head, className="d-flex align-items-center flex-wrap gap-3"),
        html.Div(graph, style={"minHeight": HEIGHT}),  # also while the script that draws is loading
        html.P(LEGEND, className="help mb-0"),
        dcc.Store(id=Train.DRAWN),
    ]
    return dbc.Card(dbc.CardBody(parts))


def curves(
    _: str | None, selected: Any, logarithmic: bool, smoothing: str, theme: str, drawn: Any
) -> tuple[Any, Any]:
    """Draw the curves of the selected runs; send nothing while they are unchanged."""
    ledger = current_context().ledger
    found = [(job, HISTORIES.of(ledger.folder(job.number))) for job in chosen(ledger, selected)]
    empty_text = _why_empty([job for job, _ in found]) if found else nothing(ledger)
    drawing = [
        [[job.number, history.read] for job, history in found],
        empty_text,
        selected is None,
        logarithmic,
        smoothing,
        theme,
    ]
    if drawing == drawn:
        raise PreventUpdate
    runs = {
        label(job): Curves(history.epochs, history.steps)
        for job, history in found
        if history.epochs or history.steps
    }
    empty_text = "" if selected is None else empty_text
    weight = float(smoothing) if smoothing in SMOOTHING else 0.0
    return training_figure(runs, theme, logarithmic, weight, empty_text), drawing


def _why_empty(jobs: list[Job]) -> str:
    """Explain why none of the selected runs has a finished step."""
    if all(job.ended for job in jobs):
        return f"{' and '.join(sorted({job.state for job in jobs})).capitalize()} before the first step was finished"
    return "The first step is not finished yet"


def register(app: Dash) -> None:
    """Register the callbacks."""
    register_saving(app, CURVES)
    app.callback(
        Output(Train.LOSS, "figure"),
        Output(Train.DRAWN, "data"),
        Input(Shell.PULSE, "data"),
        Input(Train.TABLE, "selectedRows"),
        Input(Train.LOG_SCALE, "value"),
        Input(Train.SMOOTHING, "value"),
        Input(Shell.THEME, "data"),
        State(Train.DRAWN, "data"),
    )(curves)
