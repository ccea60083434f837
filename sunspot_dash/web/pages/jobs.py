"""The Jobs page: the queue and its history."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, html, no_update

from jobs import control
from jobs.follow import summaries, tail
from jobs.job import CANCELLED, FAILED
from sunspot_dash.errors import SunspotError
from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import empty, facts, note, problem, toasts
from sunspot_dash.web.components.jobs import describe, status
from sunspot_dash.web.components.table import table
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Jobs, Shell

NEWEST = 300
COLUMNS = [
    {"field": "number", "headerName": "Job", "width": 80},
    {"field": "submitted", "headerName": "Submitted (UT)", "width": 165, "minWidth": 165},
    {"field": "kind", "headerName": "Kind", "width": 96},
    {"field": "state", "headerName": "State", "width": 100},
    {"field": "what", "headerName": "Details", "flex": 1, "minWidth": 260, "tooltipField": "what"},
]


def layout(**_: str) -> html.Div:
    listing = table(
        Jobs.TABLE,
        COLUMNS,
        "number",
        "No jobs yet: start a training run or an inference",
        pagination=True,
        paginationPageSize=20,
    )
    listing.style = {"height": "40rem"}
    return page(
        "Jobs",
        toasts(Jobs.MESSAGE),
        dbc.Row(
            [
                dbc.Col(listing, lg=7),
                dbc.Col(
                    dbc.Card(
                        dbc.CardBody(
                            [
                                html.Div(
                                    empty("No job selected", "Choose a job in the table."), id=Jobs.CARD
                                ),
                                html.Div(
                                    [
                                        dbc.Button(
                                            "Cancel",
                                            id=Jobs.CANCEL,
                                            color="warning",
                                            size="sm",
                                            disabled=True,
                                        ),
                                        dbc.Button(
                                            "Retry",
                                            id=Jobs.RETRY,
                                            color="primary",
                                            size="sm",
                                            disabled=True,
                                        ),
                                    ],
                                    className="d-flex gap-2 mt-3",
                                ),
                            ]
                        )
                    ),
                    lg=5,
                ),
            ],
            className="g-3",
        ),
    )


def rows(_: int | None, shown: list[dict[str, Any]] | None) -> Any:
    """Return the newest jobs; send nothing while they are unchanged."""
    ledger = current_context().ledger
    found = [
        {
            "number": row["number"],
            "kind": row["kind"],
            "state": row["state"],
            "submitted": row["submitted"][:19].replace("T", " "),
            "what": "; ".join(text for text in (row["about"], describe(row)) if text),
        }
        for row in summaries(ledger, ledger.page(NEWEST))
    ]
    return no_update if found == shown else found


def card(_: int | None, chosen: list[dict[str, Any]] | None) -> tuple[Any, bool, bool]:
    """Show the selected job, and enable its buttons."""
    if not chosen:
        return no_update, True, True
    ledger = current_context().ledger
    try:
        job = ledger.get(chosen[0]["number"])
    except SunspotError as error:
        return problem(str(error)), True, True
    (row,) = summaries(ledger, [job])
    history = [
        (change["time"][:19].replace("T", " "), f"{change['state']}: {change['cause']}")
        for change in job.history
    ]
    parts = [
        status(row),
        html.H2("Parameters", className="mt-3"),
        facts([(name, str(value)) for name, value in job.params.items()]),
        html.H2("History (UT)", className="mt-3"),
        facts(history[-12:]),
        html.H2("Log", className="mt-3"),
        html.Pre("\n".join(tail(ledger.folder(job.number))) or "nothing yet", className="log", tabIndex=0),
        html.P(f"Folder: {ledger.folder(job.number)}", className="help mt-2 mb-0"),
    ]
    return parts, job.ended or job.state == "cancelling", job.state not in (FAILED, CANCELLED)


def cancel(_: int, chosen: list[dict[str, Any]]) -> Any:
    """Cancel the selected job."""
    try:
        job = current_context().ledger.cancel(chosen[0]["number"])
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} is {job.state}. Retry continues it.")


def retry(_: int, chosen: list[dict[str, Any]]) -> Any:
    """Queue the selected job again."""
    try:
        job = control.retry(current_context().ledger, chosen[0]["number"])
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} is queued again.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Jobs.TABLE, "rowData"), Input(Shell.TICK, "n_intervals"), State(Jobs.TABLE, "rowData")
    )(rows)
    app.callback(
        Output(Jobs.CARD, "children"),
        Output(Jobs.CANCEL, "disabled"),
        Output(Jobs.RETRY, "disabled"),
        Input(Shell.TICK, "n_intervals"),
        Input(Jobs.TABLE, "selectedRows"),
    )(card)
    app.callback(
        Output(Jobs.MESSAGE, "children"),
        Input(Jobs.CANCEL, "n_clicks"),
        State(Jobs.TABLE, "selectedRows"),
        prevent_initial_call=True,
    )(cancel)
    app.callback(
        Output(Jobs.MESSAGE, "children", allow_duplicate=True),
        Input(Jobs.RETRY, "n_clicks"),
        State(Jobs.TABLE, "selectedRows"),
        prevent_initial_call=True,
    )(retry)
