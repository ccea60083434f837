"""One training run: its status, parameters, log and files, and the buttons to cancel and resume it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from jobs import control
from jobs.follow import summaries, tail
from jobs.job import CANCELLED, CANCELLING, FAILED, Job
from sunspot_dash.errors import SunspotError
from sunspot_dash.web.components.feedback import empty, facts, log_view, note, problem
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.components.words import in_words
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.web.pages.train.fields import LABELS
from sunspot_dash.web.pages.train.form import ADVANCED, MAIN
from sunspot_dash.web.pages.train.history import HISTORIES
from sunspot_dash.web.pages.train.runs import chosen, first, nothing

LINEAGE = ("parent", "reviewed")  # set on the page Review
FILES = {"weights": "Model (.pth)", "card": "Card", "log": "Log", "plot": "Plot"}

EMPTY = (
    "The status, parameters and log of a run appear here. For example: enter the name uccle-1, keep the other values, "
    "and press Start training."
)


def card() -> dbc.Card:
    """Return the card: status, buttons, links and parameters on the left, the log on the right."""
    buttons = [
        dbc.Button("Cancel", id=Train.CANCEL, color="warning", outline=True, size="sm", disabled=True),
        dbc.Button("Resume", id=Train.RESUME, color="primary", outline=True, size="sm", disabled=True),
    ]
    log = log_view("Training log", id=Train.LOG)
    details = [
        # Room for the progress bar and the links, which appear and disappear.
        html.Div(id=Train.STATUS, style={"minHeight": "4.5rem"}),
        html.Div(buttons, className="d-flex gap-2 my-2"),
        html.Div(id=Train.LINKS, style={"minHeight": "1.5rem"}),
        html.Div(id=Train.FACTS, className="mt-2"),
    ]
    halves = [dbc.Col(details, md=5), dbc.Col([html.H2("Log"), log], md=7)]
    return dbc.Card(dbc.CardBody([dbc.Row(halves, className="g-3"), dcc.Store(id=Train.SHOWN)]))


def progress(_: str | None, selected: Any, shown: dict[str, Any] | None) -> tuple[Any, ...]:
    """Show the selected run that is running, else the newest; send nothing while it is unchanged."""
    ledger = current_context().ledger
    job = first(chosen(ledger, selected))
    if job is None:
        return (
            empty(nothing(ledger), EMPTY),
            "",
            "",
            "",
            True,
            True,
            None,
        )
    (row,) = summaries(ledger, [job])
    state = {"row": row, "log": "\n".join(tail(ledger.folder(job.number))) or "nothing yet"}
    if state == shown:
        raise PreventUpdate
    before = shown["row"] if shown else {}
    same = before.get("number") == job.number
    # Between two epochs there is no progress event, so the last one stays.
    between = same and before["state"] == job.state and row["progress"] and "of" not in row["progress"]
    # Redrawing would close an open list of parameters.
    parameters = no_update if same else _facts(job)
    ended = job.ended or job.state == CANCELLING
    resumable = job.state in (FAILED, CANCELLED)
    job_status = no_update if between else status(row)
    return job_status, _links(job), parameters, state["log"], ended, not resumable, state


def cancel_or_resume(_: int | None, __: int | None, shown: dict[str, Any]) -> Any:
    """Cancel or resume the run."""
    ledger, number = current_context().ledger, shown["row"]["number"]
    try:
        if ctx.triggered_id == Train.CANCEL:
            job = ledger.cancel(number)
            ended = HISTORIES.of(ledger.folder(number)).epochs
            kept = "its last epoch is kept" if ended else "no epoch was finished, so nothing is kept"
            return note(f"Job {job.number} is {job.state}; {kept}.")
        job = control.retry(ledger, number)
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} is queued again.")


def _links(job: Job) -> list[html.A]:
    """Return links to the files of a run that still exist."""
    root = current_context().workspace.root
    return [
        html.A(name, href=url(f"/files/{job.number}/{key}"), className="me-3")
        for key, name in FILES.items()
        if key in job.result and (root / job.result[key]).is_file()
    ]


def _facts(job: Job) -> list[Any]:
    """Return the parameters of a run."""
    main, more = (
        [(LABELS[name], in_words(job.params.get(name))) for name in names]
        for names in (MAIN, (*ADVANCED, *LINEAGE))
    )
    others = html.Details([html.Summary("Other parameters", className="small"), facts(more)])
    return [html.H2("Parameters"), facts(main), others]


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Train.STATUS, "children"),
        Output(Train.LINKS, "children"),
        Output(Train.FACTS, "children"),
        Output(Train.LOG, "children"),
        Output(Train.CANCEL, "disabled"),
        Output(Train.RESUME, "disabled"),
        Output(Train.SHOWN, "data"),
        Input(Shell.PULSE, "data"),
        Input(Train.TABLE, "selectedRows"),
        State(Train.SHOWN, "data"),
    )(progress)
    app.callback(
        Output(Train.RUN_MESSAGE, "children"),
        Input(Train.CANCEL, "n_clicks"),
        Input(Train.RESUME, "n_clicks"),
        State(Train.SHOWN, "data"),
        prevent_initial_call=True,
    )(cancel_or_resume)
