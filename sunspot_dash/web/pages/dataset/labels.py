"""What the COCO file says, and what can be made from it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, ctx, html

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.uploads import label_problems, restore_labels
from sunspot_dash.web.components.messages import note, problem
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Dataset
from sunspot_dash.words import counted

SHOWN_PROBLEMS = 50
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
        dbc.Button("Restore previous labels", id=Dataset.RESTORE, size="sm", color="secondary", outline=True),
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
    """What is wrong with labels."""
    space = here().workspace
    if not space.annotations_file.exists():
        return html.P("There are no labels yet: drop instances_default.json, as CVAT exports it, above.")
    found = label_problems(space)
    if not found:
        return html.P("Every label can be used.", className="small")
    more = [html.P(f"and {len(found) - SHOWN_PROBLEMS} more")] if len(found) > SHOWN_PROBLEMS else []
    lines = html.Ul(
        [html.Li(line) for line in found[:SHOWN_PROBLEMS]], className="small problems", tabIndex=0
    )
    return html.Div(
        [
            html.P(f"{counted(len(found), 'problem')}; what is named is left out:", className="mb-1"),
            lines,
            *more,
        ]
    )


def begin(*_: int) -> Any:
    """Queue the making of masks or copies."""
    kind, text = JOBS[ctx.triggered_id]
    try:
        job = control.submit(here().ledger, kind, {})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} {text}.")


def restored(_: int) -> Any:
    """Take the last labels back."""
    try:
        done = restore_labels(here().workspace)
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
