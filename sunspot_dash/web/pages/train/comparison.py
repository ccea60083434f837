"""The selected training runs side by side: scores, losses, times, and parameters."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from jobs.follow import run_seconds
from jobs.job import Job
from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.progress import duration
from sunspot_dash.text import counted
from sunspot_dash.web.components.words import in_words
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.web.pages.train.fields import LABELS
from sunspot_dash.web.pages.train.history import HISTORIES, History
from sunspot_dash.web.pages.train.runs import chosen, label

HINT = "Select two or more runs in the table to compare their parameters and scores."
OTHER_DRAWINGS = "These runs were validated on different drawings: their scores cannot be compared directly."
# Of the best epoch: key, label, digits, and whether the highest value stands out: a loss depends on its parameters.
METRICS = (
    ("f1", "F1", 3, True),
    ("precision", "Precision", 3, True),
    ("recall", "Recall", 3, True),
    ("iou", "Pixel IoU", 3, True),
    ("validation_loss", "Validation loss", 4, False),
    ("train_loss", "Training loss", 4, False),
)
FEW = 5  # validation drawings
Cells = list[tuple[str, bool]]  # text, and whether it stands out


def card() -> dbc.Card:
    """Return the card with the table."""
    parts = [html.H2("Comparison"), html.Div(HINT, id=Train.COMPARED), dcc.Store(id=Train.COMPARED_JOBS)]
    return dbc.Card(dbc.CardBody(parts))


def compared(_: str | None, selected: Any, shown: Any) -> tuple[Any, Any]:
    """Compare the selected runs; send nothing while the table is unchanged."""
    ledger = current_context().ledger
    jobs = chosen(ledger, selected)
    if len(jobs) < 2:
        parts: list[Any] = [html.P(HINT, className="help mb-0")]
    else:
        parts = _table(jobs, [HISTORIES.of(ledger.folder(job.number)) for job in jobs])
    state = repr(parts)
    if state == shown:
        raise PreventUpdate
    return parts, state


def _table(jobs: list[Job], histories: list[History]) -> list[Any]:
    names = [name for name in LABELS if any(name in job.params for job in jobs)]
    values = {name: [in_words(job.params.get(name)) for job in jobs] for name in names}
    differing = {
        name: found for name, found in values.items() if len(set(found)) > 1 and name != "model_name"
    }
    same = {name: found for name, found in values.items() if len(set(found)) == 1}
    head = html.Thead(html.Tr([html.Th(), *(html.Th(label(job), scope="col") for job in jobs)]))
    rows = [_row(name, cells) for name, cells in [*_metrics(histories), *_times(jobs, histories)]]
    rows.append(_heading("Parameters that differ", len(jobs)))
    rows += [_row(LABELS[name], [(text, False) for text in found]) for name, found in differing.items()]
    if not differing:
        rows.append(_row("none", [("", False)] * len(jobs)))
    table = dbc.Table([head, html.Tbody(rows)], size="sm", class_name="compared mb-0")
    kept = {history.validation for history in histories if history.validation is not None}
    notes = [OTHER_DRAWINGS] if len(kept) > 1 else [_measured_on(one) for one in kept]
    shared = ", ".join(f"{LABELS[name].lower()} {found[0] or 'as set'}" for name, found in same.items())
    both = html.P(f"The same in all: {shared}.", className="help mt-2 mb-0")
    return [
        *(html.P(text, className="help mb-2") for text in notes),
        html.Div(table, className="table-responsive"),
        both,
    ]


def _measured_on(validation: tuple[str, ...]) -> str:
    few = ": too few to distinguish models by a few points" if len(validation) < FEW else ""
    return f"Scores on {counted(len(validation), 'validation drawing')}{few}."


def _metrics(histories: list[History]) -> list[tuple[str, Cells]]:
    """Return the scores and losses of the best epochs; the best of each stands out."""
    best = [best_epoch(history.epochs) if history.epochs else {} for history in histories]
    rows: list[tuple[str, Cells]] = []
    for key, name, digits, is_score in METRICS:
        values = [round(row[key], digits) if key in row else None for row in best]
        known = [value for value in values if value is not None]
        top = max(known) if is_score and len(set(known)) > 1 else None
        rows.append(
            (name, [("" if v is None else f"{v:.{digits}f}", v is not None and v == top) for v in values])
        )
    epochs = [
        (f"{row['epoch']} of {len(history.epochs)}" if row else "", False)
        for row, history in zip(best, histories, strict=True)
    ]
    return [*rows, ("Best epoch", epochs)]


def _times(jobs: list[Job], histories: list[History]) -> list[tuple[str, Cells]]:
    per_epoch = [
        sum(row["seconds"] for row in history.epochs) / len(history.epochs) if history.epochs else 0
        for history in histories
    ]
    totals = [run_seconds(job) for job in jobs]
    return [
        (name, [(duration(value) if value else "", False) for value in values])
        for name, values in (("Time per epoch", per_epoch), ("Duration", totals))
    ]


def _row(name: str, cells: Cells) -> html.Tr:
    shown = [html.Td(html.B(text) if strong else text) for text, strong in cells]
    return html.Tr([html.Th(name, scope="row"), *shown])


def _heading(text: str, columns: int) -> html.Tr:
    return html.Tr(html.Th(text, colSpan=columns + 1, scope="rowgroup", className="pt-3"))


def register(app: Dash) -> None:
    """Register the callback."""
    app.callback(
        Output(Train.COMPARED, "children"),
        Output(Train.COMPARED_JOBS, "data"),
        Input(Shell.PULSE, "data"),
        Input(Train.TABLE, "selectedRows"),
        State(Train.COMPARED_JOBS, "data"),
    )(compared)
