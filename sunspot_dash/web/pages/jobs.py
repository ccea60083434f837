"""The Jobs page: the queue and its history."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, html, no_update

from jobs import control
from jobs.follow import summaries, tail
from jobs.job import CANCELLED, DONE, FAILED
from sunspot_dash.errors import SunspotError
from sunspot_dash.progress import duration
from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import empty, facts, log_view, note, problem, toasts
from sunspot_dash.web.components.jobs import describe, done_share, kind_name, status
from sunspot_dash.web.components.table import WRAPPED, moment, table
from sunspot_dash.web.components.words import in_words
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Jobs, Shell

NEWEST = 300
PERCENT = {"function": "params.value == null ? '' : params.value.toFixed(0) + ' %'"}
PLAIN = {"filter": False}
COLUMNS = [
    {"field": "number", "headerName": "Job", "width": 58, **PLAIN},
    {"field": "kind", "headerName": "Kind", "width": 108, "tooltipField": "kind"},
    {"field": "about", "headerName": "Of", "flex": 1, "minWidth": 110, **WRAPPED, **PLAIN},
    {"field": "state", "headerName": "State", "width": 112, **WRAPPED},
    {**moment("started", "Started (UT)", 116), **PLAIN},
    {"field": "took", "headerName": "Duration", "width": 86, "sortable": False, **PLAIN},
    {"field": "share", "headerName": "Progress", "width": 88, "valueFormatter": PERCENT, **PLAIN},
    {"field": "what", "headerName": "Details", "flex": 2, "minWidth": 150, **WRAPPED, **PLAIN},
]


def layout(**_: str) -> html.Div:
    listing = table(
        Jobs.TABLE,
        COLUMNS,
        "number",
        "No jobs yet: start a training run or an inference, for example uset on all drawings on the page Inference",
        pagination=True,
        paginationPageSize=20,
        paginationPageSizeSelector=False,
    )
    listing.style = {"height": "40rem"}
    return page(
        "Jobs",
        toasts(Jobs.MESSAGE),
        dbc.Row(
            [
                dbc.Col(listing, lg=7, xl=8),
                dbc.Col(
                    dbc.Card(
                        dbc.CardBody(
                            [
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
                                    className="d-flex gap-2 mb-3",
                                ),
                                html.Div(
                                    empty("No job selected", "Choose a job in the table."), id=Jobs.CARD
                                ),
                            ]
                        )
                    ),
                    lg=5,
                    xl=4,
                ),
            ],
            className="g-3",
        ),
    )


def rows(_: str | None, shown: list[dict[str, Any]] | None) -> Any:
    """Return the newest jobs; send nothing while they are unchanged."""
    ledger = current_context().ledger
    found = [_row(row) for row in summaries(ledger, ledger.page(NEWEST))]
    return no_update if found == shown else found


def _row(row: dict[str, Any]) -> dict[str, Any]:
    share = 1.0 if row["state"] == DONE else done_share(row["progress"])
    return {
        "number": row["number"],
        "kind": kind_name(row["kind"]),
        "about": row["about"],
        "state": row["outcome"],
        "started": _minute(row["started"]),
        "took": duration(row["seconds"]) if row["started"] else "",
        "share": None if share is None else round(100 * share),
        "what": row["ending"] if row["state"] in (FAILED, CANCELLED) else describe(row),
    }


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")


def card(_: str | None, chosen: list[dict[str, Any]] | None) -> tuple[Any, bool, bool]:
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
    times = [
        ("Submitted (UT)", _minute(row["submitted"])),
        ("Started (UT)", _minute(row["started"]) or "not yet"),
        ("Duration", duration(row["seconds"]) if row["started"] else ""),
        ("Ended (UT)", _minute(row["changed"]) if job.ended else ""),
        ("How it ended", row["ending"]),
    ]
    given = [(name.replace("_", " ").capitalize(), in_words(value)) for name, value in job.params.items()]
    parts = [
        status(row),
        html.Div(facts([(name, text) for name, text in times if text]), className="mt-2"),
        html.H2("Log", className="mt-3"),
        log_view("Log of the job", "\n".join(tail(ledger.folder(job.number))) or "nothing yet"),
        html.H2("History (UT)", className="mt-3"),
        facts(history[-12:]),
        html.H2("Parameters", className="mt-3"),
        facts([(name, text) for name, text in given if text]),
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
    app.callback(Output(Jobs.TABLE, "rowData"), Input(Shell.PULSE, "data"), State(Jobs.TABLE, "rowData"))(
        rows
    )
    app.callback(
        Output(Jobs.CARD, "children"),
        Output(Jobs.CANCEL, "disabled"),
        Output(Jobs.RETRY, "disabled"),
        Input(Shell.PULSE, "data"),
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
