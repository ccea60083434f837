"""The table of all models, and undoing the last deletion."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update

from sunspot_dash.services.models.registry import RegisteredModel, registered
from sunspot_dash.services.models.removal import deleted_models
from sunspot_dash.web.components.clicks import store
from sunspot_dash.web.components.table import WRAPPED, in_place, table
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Models, Shell

DIGITS = {"function": "params.value == null ? '' : params.value.toFixed(3)"}
MEGABYTES = {"function": "(params.value / 1e6).toFixed(1)"}
TOOLTIP = {"function": "[params.data.name, params.data.fault].filter(Boolean).join(': ')"}
COLUMNS: list[dict[str, Any]] = [
    {
        "field": "name",
        "headerName": "Model",
        "minWidth": 170,
        "flex": 2,
        "tooltipValueGetter": TOOLTIP,
        **WRAPPED,
    },
    {"field": "state", "headerName": "State", "width": 120, "tooltipField": "fault", **WRAPPED},
    {
        "field": "f1",
        "headerName": "F1",
        "width": 72,
        "valueFormatter": DIGITS,
        "headerTooltip": "F1 of spots; models measured on other drawings cannot be compared by it",
    },
    {
        "field": "measured_on",
        "headerName": "Measured on",
        "minWidth": 140,
        "flex": 2,
        **WRAPPED,
    },
    {"field": "date", "headerName": "Date", "width": 112},
    {
        "field": "parent",
        "headerName": "Parent",
        "minWidth": 130,
        "flex": 1,
        "tooltipField": "parent",
        **WRAPPED,
    },
    {
        "field": "notes",
        "headerName": "Notes",
        "minWidth": 140,
        "flex": 2,
        "valueGetter": {"function": "params.data.fault || params.data.notes"},
        **WRAPPED,
    },
    {"field": "size", "headerName": "MB", "width": 70, "valueFormatter": MEGABYTES},
]


def card(model: str) -> dbc.Card:
    """Return the card with the table; a model may be selected at first."""
    listing = table(Models.TABLE, COLUMNS, "name", "No models", tooltipShowDelay=300)
    listing.defaultColDef = {"sortable": True, "resizable": True, "filter": False}
    listing.style = {"height": "16rem"}
    trash = html.Div([html.Div(id=Models.TRASH), store(Models.UNDO)], className="small mt-2")
    return dbc.Card(
        dbc.CardBody(
            [
                in_place(listing),
                trash,
                dcc.Store(id=Models.CHANGED, data={"select": model}),
                dcc.Store(id=Models.FOLLOWED),
            ]
        )
    )


def rows(
    _: str | None, changed: dict[str, Any], shown: Any, selected: Any, followed: Any
) -> tuple[Any, Any, Any, Any]:
    """Return rows, selection, the row to scroll to, and the change that the selection follows.

    Selected is the model that an action or the URL names, else the one that was selected, else the default. An answer
    to an action is dropped if the clock ticks before it arrives: the next one follows the action instead.
    """
    found = [_row(model) for model in registered(current_context().workspace)]
    names = [row["name"] for row in found]
    now = next((row["name"] for row in selected or []), "") if isinstance(selected, list) else ""
    asked = changed["select"] if changed != followed or not now else now
    wanted = next((name for name in (asked, now, *names) if name in names), "")
    new = no_update if found == shown else found
    follows = no_update if changed == followed else changed
    if wanted == now:
        return new, no_update, no_update, follows
    return new, {"ids": [wanted]}, {"rowId": wanted}, follows


def _row(model: RegisteredModel) -> dict[str, Any]:
    f1, measured_on = model.score
    return {
        "name": model.name,
        "state": ", ".join(marks(model)),
        "f1": f1,
        "measured_on": measured_on,
        "date": model.date,
        "parent": model.parent,
        "notes": model.notes,
        "size": model.size_bytes,
        "fault": model.fault,
    }


def marks(model: RegisteredModel) -> list[str]:
    """Return what sets a model apart, in a word or two each."""
    found = [word for word in ("default", "shipped", "archived") if getattr(model, word)]
    return ["cannot be used", *found] if model.fault else found


def trash(_: Any) -> Any:
    """Show the last deletion, with a button to undo it."""
    last = next(iter(deleted_models(current_context().workspace)), None)
    if last is None:
        return ""
    undo = dbc.Button(
        "Undo", id={"type": Models.UNDO, "number": last.number}, size="sm", color="secondary", outline=True
    )
    return [f"{last.names[0]} deleted ", undo]


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Models.TABLE, "rowData"),
        Output(Models.TABLE, "selectedRows"),
        Output(Models.TABLE, "scrollTo"),
        Output(Models.FOLLOWED, "data"),
        Input(Shell.PULSE, "data"),
        Input(Models.CHANGED, "data"),
        State(Models.TABLE, "rowData"),
        State(Models.TABLE, "selectedRows"),
        State(Models.FOLLOWED, "data"),
    )(rows)
    app.callback(Output(Models.TRASH, "children"), Input(Models.CHANGED, "data"))(trash)
