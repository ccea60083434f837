"""A training: its parameters, its losses as they come, and those of earlier ones beside them."""

from __future__ import annotations

import json
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update

from jobs import control
from jobs.follow import read_events, summaries, tail
from jobs.ledger import CANCELLED, FAILED, RUNNING, Job, Ledger
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.loss import loss_figure
from sunspot_dash.services.training import dataset_summary
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.components.messages import empty, note, problem
from sunspot_dash.web.components.parameters import field
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Shell, Train
from sunspot_dash.workspace import Workspace

MAIN = ("model_name", "epochs", "batch_size", "learning_rate", "tile_size", "penalty_weight")
ADVANCED = (
    "encoder",
    "encoder_weights",
    "radius",
    "seed",
    "validation_share",
    "patience",
    "device",
    "overwrite",
)
NEWEST = 50


def layout(**_: str) -> html.Div:
    form = dbc.Card(
        dbc.CardBody(
            [
                *(field(Train.FIELD, name) for name in MAIN),
                dbc.Accordion(
                    dbc.AccordionItem([field(Train.FIELD, name) for name in ADVANCED], title="Advanced"),
                    start_collapsed=True,
                    className="mb-3",
                ),
                html.Div(id=Train.PLAN, className="help mb-2"),
                html.Div(
                    [
                        dbc.Button("Start training", id=Train.START, color="primary"),
                        dbc.Button("Cancel", id=Train.CANCEL, color="warning", outline=True, disabled=True),
                        dbc.Button("Resume", id=Train.RESUME, color="primary", outline=True, disabled=True),
                    ],
                    className="d-flex gap-2 flex-wrap",
                ),
                html.Div(id=Train.MESSAGE),
                dcc.Store(id=Train.NONCE),
            ]
        )
    )
    live = [
        html.Div(
            [
                dbc.Checklist(id=Train.RUNS, options=[], value=[], inline=True, className="runs flex-grow-1"),
                dbc.Switch(id=Train.LOG_SCALE, label="Log scale", value=False),
            ],
            className="d-flex gap-3 align-items-center mb-2",
        ),
        dbc.Card(
            dbc.CardBody(dcc.Graph(id=Train.LOSS, config={"displaylogo": False}), className="figure-card p-1")
        ),
        html.Div(id=Train.STATUS, className="my-3"),
        html.Pre(id=Train.LOG, className="log", tabIndex=0),
    ]
    return html.Div([html.H1("Train"), dbc.Row([dbc.Col(form, lg=4), dbc.Col(live, lg=8)], className="g-3")])


def plan(_: int | None) -> str:
    """What there is to learn from."""
    return dataset_summary(here().workspace)


def runs(_: int | None, shown: list[dict[str, Any]] | None, chosen: list[int] | None) -> tuple[Any, Any]:
    """The trainings that there are; the newest is chosen until a user chooses."""
    jobs = _trainings(here().ledger)
    options = [
        {"label": f"{job.params['model_name']} (job {job.number}, {job.state})", "value": job.number}
        for job in jobs
    ]
    numbers = [job.number for job in jobs]
    before = [option["value"] for option in shown or []]
    new = [number for number in numbers if number not in before and before]
    kept = new[:1] + [number for number in chosen or [] if number in numbers]
    wanted = kept or numbers[:1]
    return no_update if options == shown else options, no_update if wanted == chosen else wanted


def losses(_: int | None, chosen: list[int] | None, logarithmic: bool, theme: str, shown: Any) -> Any:
    """The chosen trainings' losses; nothing is sent when nothing has changed."""
    ledger = here().ledger
    found = {}
    for number in chosen or []:
        events, _read = read_events(ledger.folder(number))
        epochs = {event["epoch"]: event for event in events if event["kind"] == "epoch"}
        if epochs:
            name = f"{ledger.get(number).params['model_name']} ({number})"
            found[name] = [epochs[epoch] for epoch in sorted(epochs)]
    figure = loss_figure(found, logarithmic, theme)
    if not found:
        figure.add_annotation(
            text="the first epoch is not over yet" if chosen else "no training yet", showarrow=False
        )
    return no_update if shown and json.loads(figure.to_json() or "") == shown else figure


def progress(_: int | None, chosen: list[int] | None) -> tuple[Any, str, bool, bool]:
    """State and log of the first of the chosen trainings, and which buttons it has."""
    if not chosen:
        return empty("No training yet", "Choose a name and start one."), "", True, True
    ledger = here().ledger
    job = ledger.get(chosen[0])
    (row,) = summaries(ledger, [job])
    links = [
        html.A(name, href=f"/files/{job.number}/{key}", className="me-3")
        for key, name in (("weights", "Model (.pth)"), ("card", "Card"), ("log", "Log"), ("plot", "Plot"))
        if key in job.result
    ]
    lines = "\n".join(tail(ledger.folder(job.number))) or "nothing yet"
    resumable = job.state in (FAILED, CANCELLED)
    return html.Div([status(row), *links]), lines, job.ended or job.state == "cancelling", not resumable


def parameters(values: list[Any], names: list[dict[str, str]]) -> dict[str, Any]:
    """Those of a training, from the fields that are filled in."""
    pairs = zip(names, values, strict=True)
    return {name["name"]: value for name, value in pairs if value not in (None, "")}


def cancel_or_resume(_: int | None, __: int | None, chosen: list[int]) -> Any:
    """Cancel the first of the chosen trainings, or go on with it."""
    ledger = here().ledger
    try:
        if ctx.triggered_id == Train.CANCEL:
            job = ledger.cancel(chosen[0])
            return note(f"Job {job.number} is {job.state}; its last epoch is kept.")
        job = control.retry(ledger, chosen[0])
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} is queued again.")


def _trainings(ledger: Ledger) -> list[Job]:
    found = [job for job in ledger.page(20 * NEWEST) if job.kind == "train"][:NEWEST]
    return sorted(found, key=lambda job: (job.state == RUNNING, job.number), reverse=True)


def register(app: Dash, workspace: Workspace) -> None:
    """Make the callbacks known."""
    tick = Input(Shell.TICK, "n_intervals")
    app.callback(Output(Train.PLAN, "children"), Input(Train.RUNS, "options"))(plan)
    app.callback(
        Output(Train.RUNS, "options"),
        Output(Train.RUNS, "value"),
        tick,
        State(Train.RUNS, "options"),
        State(Train.RUNS, "value"),
    )(runs)
    app.callback(
        Output(Train.LOSS, "figure"),
        tick,
        Input(Train.RUNS, "value"),
        Input(Train.LOG_SCALE, "value"),
        Input(Shell.THEME, "data"),
        State(Train.LOSS, "figure"),
    )(losses)
    app.callback(
        Output(Train.STATUS, "children"),
        Output(Train.LOG, "children"),
        Output(Train.CANCEL, "disabled"),
        Output(Train.RESUME, "disabled"),
        tick,
        Input(Train.RUNS, "value"),
    )(progress)
    ids = (Train.START, Train.NONCE, Train.MESSAGE)
    states = [
        State({"type": Train.FIELD, "name": ALL}, "value"),
        State({"type": Train.FIELD, "name": ALL}, "id"),
    ]
    register_submission(app, workspace.root, "train", ids, states, parameters)
    app.callback(
        Output(Train.MESSAGE, "children", allow_duplicate=True),
        Input(Train.CANCEL, "n_clicks"),
        Input(Train.RESUME, "n_clicks"),
        State(Train.RUNS, "value"),
        prevent_initial_call=True,
    )(cancel_or_resume)
