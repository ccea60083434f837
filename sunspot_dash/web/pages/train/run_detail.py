"""One training as it runs or ran: how it stands, its parameters, its log, and what can be done with it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from jobs import control
from jobs.follow import summaries, tail
from jobs.job import CANCELLED, CANCELLING, FAILED, Job
from sunspot_dash.errors import SunspotError
from sunspot_dash.web.components.feedback import empty, facts, note, problem
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.web.pages.train.fields import LABELS
from sunspot_dash.web.pages.train.form import ADVANCED, MAIN
from sunspot_dash.web.pages.train.runs import EPOCHS, chosen, first, nothing

WRAPPED = {"whiteSpace": "pre-wrap", "fontSize": "inherit"}
FILES = {"weights": "Model (.pth)", "card": "Card", "log": "Log", "plot": "Plot"}


def card() -> dbc.Card:
    """Status, buttons, links and parameters on one side, the log on the other."""
    buttons = [
        dbc.Button("Cancel", id=Train.CANCEL, color="warning", outline=True, size="sm", disabled=True),
        dbc.Button("Resume", id=Train.RESUME, color="primary", outline=True, size="sm", disabled=True),
    ]
    # From the bottom up, so that the newest line stays in view.
    log = html.Div(
        html.Pre(id=Train.LOG, className="mb-0 flex-shrink-0 overflow-visible", style=WRAPPED),
        className="log d-flex",
        style={"flexDirection": "column-reverse"},
        tabIndex=0,
        role="region",
        **{"aria-label": "Log of the training"},  # type: ignore[arg-type]
    )
    told = [
        # Room for a bar and for links that come and go.
        html.Div(id=Train.STATUS, style={"minHeight": "4.5rem"}),
        html.Div(buttons, className="d-flex gap-2 my-2"),
        html.Div(id=Train.LINKS, style={"minHeight": "1.5rem"}),
        html.Div(id=Train.FACTS, className="mt-2"),
    ]
    halves = [dbc.Col(told, md=5), dbc.Col([html.H2("Log"), log], md=7)]
    return dbc.Card(dbc.CardBody([dbc.Row(halves, className="g-3"), dcc.Store(id=Train.SHOWN)]))


def progress(_: int | None, selected: Any, shown: dict[str, Any] | None) -> tuple[Any, ...]:
    """Of the chosen trainings the one that runs, else the newest; if nothing has changed, nothing is sent."""
    ledger = current_context().ledger
    job = first(chosen(ledger, selected))
    if job is None:
        return (
            empty(nothing(ledger), "Its state, parameters and log come here."),
            "",
            "",
            "",
            True,
            True,
            None,
        )
    (row,) = summaries(ledger, [job])
    told = {"row": row, "log": "\n".join(tail(ledger.folder(job.number))) or "nothing yet"}
    if told == shown:
        raise PreventUpdate
    before = shown["row"] if shown else {}
    same = before.get("number") == job.number
    # Between two epochs there is no progress to tell: what was told last stays.
    between = same and before["state"] == job.state and row["progress"] and "of" not in row["progress"]
    # Drawn anew, an open list of all parameters would close.
    parameters = no_update if same else _facts(job)
    ended = job.ended or job.state == CANCELLING
    resumable = job.state in (FAILED, CANCELLED)
    stands = no_update if between else status(row)
    return stands, _links(job), parameters, told["log"], ended, not resumable, told


def cancel_or_resume(_: int | None, __: int | None, shown: dict[str, Any]) -> Any:
    """Cancel the training that is shown, or go on with it."""
    ledger, number = current_context().ledger, shown["row"]["number"]
    try:
        if ctx.triggered_id == Train.CANCEL:
            job = ledger.cancel(number)
            ended = EPOCHS.of(ledger.folder(number))
            kept = "its last epoch is kept" if ended else "no epoch was over, so nothing of it is kept"
            return note(f"Job {job.number} is {job.state}; {kept}.")
        job = control.retry(ledger, number)
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} is queued again.")


def _links(job: Job) -> list[html.A]:
    """Of its files those that are there still."""
    root = current_context().workspace.root
    return [
        html.A(name, href=f"/files/{job.number}/{key}", className="me-3")
        for key, name in FILES.items()
        if key in job.result and (root / job.result[key]).is_file()
    ]


def _facts(job: Job) -> list[Any]:
    """The parameters that a training was started with."""
    main, more = ([(LABELS[name], str(job.params[name])) for name in names] for names in (MAIN, ADVANCED))
    others = html.Details([html.Summary("The other parameters", className="small"), facts(more)])
    return [html.H2("Parameters"), facts(main), others]


def register(app: Dash) -> None:
    """Make the callbacks known."""
    app.callback(
        Output(Train.STATUS, "children"),
        Output(Train.LINKS, "children"),
        Output(Train.FACTS, "children"),
        Output(Train.LOG, "children"),
        Output(Train.CANCEL, "disabled"),
        Output(Train.RESUME, "disabled"),
        Output(Train.SHOWN, "data"),
        Input(Shell.TICK, "n_intervals"),
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
