"""The table of training runs, and its selection."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, html, no_update

from sunspot_dash.web.components.table import in_place, moment, table
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.web.pages.train.runs import numbers, row_of, trainings

DIGITS = {
    "function": "params.value == null ? '' : params.value < 1000 ? params.value.toFixed(3) "
    ": params.value.toExponential(1)"
}
DONE = {"function": "params.value + ' of ' + params.data.asked"}
KEPT = {"valueFormatter": DIGITS, "headerTooltip": "At the best epoch, whose weights are kept"}
COLUMNS: list[dict[str, Any]] = [
    {"field": "number", "headerName": "Job", "width": 66},
    {"field": "model", "headerName": "Model", "flex": 1, "minWidth": 124, "tooltipField": "model"},
    {"field": "state", "headerName": "State", "width": 84},
    {"field": "epochs", "headerName": "Epochs", "width": 86, "valueFormatter": DONE},
    {"field": "f1", "headerName": "Best F1", "width": 86, **KEPT},
    {"field": "train_loss", "headerName": "Loss", "width": 78, **KEPT},
    {"field": "validation_loss", "headerName": "Val. loss", "width": 96, **KEPT},
    moment("submitted", "Submitted", 108),
    {"field": "took", "headerName": "Duration", "width": 92, "sortable": False},
]


def card() -> dbc.Card:
    """Return the card with the table, which allows several selected rows."""
    several = {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": True}
    empty_text = "No training runs yet"
    listing = table(Train.TABLE, COLUMNS, "number", empty_text, rowSelection=several)
    listing.defaultColDef = {"sortable": True, "resizable": True, "filter": False}
    listing.style = {"height": "13rem"}
    hint = html.P("Select several runs to compare them.", className="help mb-2")
    return dbc.Card(dbc.CardBody([html.H2("Training runs", className="mb-1"), hint, in_place(listing)]))


def runs(_: str | None, before: list[dict[str, Any]] | None, selected: Any) -> tuple[Any, Any]:
    """Return rows and selection: initially the running or newest run; a new run is added to the selection."""
    ledger = current_context().ledger
    rows = [row_of(ledger, job) for job in trainings(ledger)]
    listed = [row["number"] for row in rows]
    known = {row["number"] for row in before or []}
    new = [number for number in listed if number not in known] if known else listed[:1]
    kept = [number for number in numbers(selected) if number in listed]
    wanted = kept + [number for number in new if number not in kept]
    same = selected is not None and wanted == numbers(selected)
    return no_update if rows == before else rows, no_update if same else {"ids": [str(n) for n in wanted]}


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Train.TABLE, "rowData"),
        Output(Train.TABLE, "selectedRows"),
        Input(Shell.PULSE, "data"),
        State(Train.TABLE, "rowData"),
        State(Train.TABLE, "selectedRows"),
    )(runs)
