"""What the COCO file says, and what can be made from it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, ctx, html

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.labels import RESTORE, label_report, restore_labels
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset

SHOWN_PROBLEMS = 50
ALL_GOOD = "Every label can be used."
JOBS = {
    Dataset.CONVERT: ("convert", "makes a mask for every labelled drawing, in dataset/masks"),
    Dataset.FILTER: ("filter", "copies the labelled drawings and their labels to segmented_dataset/labelled"),
}


def card() -> dbc.Card:
    buttons = [
        dbc.Button("Make masks", id=Dataset.CONVERT, color="primary", size="sm"),
        dbc.Button(
            "Copy labelled drawings apart", id=Dataset.FILTER, color="primary", outline=True, size="sm"
        ),
        dbc.Button(RESTORE, id=Dataset.RESTORE, size="sm", color="secondary", outline=True),
    ]
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Labels"),
                html.Div(id=Dataset.PROBLEMS),
                html.Div(buttons, className="d-flex gap-2 mt-2 flex-wrap"),
            ]
        ),
        className="h-100",
    )


def problems(_: str | None) -> Any:
    """What is wrong with labels, and which of their drawings are not there."""
    space = current_context().workspace
    if not space.annotations_file.exists():
        return html.P("There are no labels yet: drop instances_default.json, as CVAT exports it, above.")
    try:
        report = label_report(space)
    except SunspotError as error:
        return html.P(str(error), className="small")
    listed, missing, found = report.listed, report.missing, report.problems
    told = []
    if missing:
        told.append(
            html.P(
                f"{len(missing)} of {listed} listed drawings are not there ({missing[0]}, for example): drop them "
                "above, among the labelled drawings.",
                className="small",
            )
        )
    if not found:
        return [
            *told,
            html.P("Every label of the others can be used." if told else ALL_GOOD, className="small"),
        ]
    more = [html.P(f"and {len(found) - SHOWN_PROBLEMS} more")] if len(found) > SHOWN_PROBLEMS else []
    lines = html.Ul(
        [html.Li(line) for line in found[:SHOWN_PROBLEMS]], className="small problems", tabIndex=0
    )
    left_out = html.P(f"{counted(len(found), 'problem')}; what is named is left out:", className="mb-1")
    return [*told, left_out, lines, *more]


def begin(*_: int) -> Any:
    """Queue the making of masks or copies."""
    kind, text = JOBS[ctx.triggered_id]
    try:
        job = control.submit(current_context().ledger, kind, {})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} {text}.")


def restored(_: int) -> Any:
    """Take the last labels back."""
    try:
        done = restore_labels(current_context().workspace)
    except (OSError, SunspotError) as error:
        return problem(str(error))
    if not done:
        return problem("There are no previous labels.")
    return note("The earlier labels are back. Press again to return to the newer ones.")


def register(app: Dash) -> None:
    """Make the callbacks known."""
    app.callback(Output(Dataset.PROBLEMS, "children"), Input(Dataset.REVISION, "data"))(problems)
    message = Output(Dataset.MESSAGE, "children", allow_duplicate=True)
    clicks = [Input(identity, "n_clicks") for identity in JOBS]
    app.callback(message, *clicks, prevent_initial_call=True)(begin)
    app.callback(message, Input(Dataset.RESTORE, "n_clicks"), prevent_initial_call=True)(restored)
