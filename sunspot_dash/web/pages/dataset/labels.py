"""The labels of the COCO file: problems, masks, and export."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, ctx, html

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.labels import RESTORE, label_report, restore_labels
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import asked_again, note, problem, still_reading
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset
from sunspot_dash.web.readers.answers import StillReading

PAGE = "labels"
SHOWN_PROBLEMS = 50
ALL_GOOD = "All labels can be used."
JOBS = {
    Dataset.CONVERT: ("convert", "makes a mask for each labelled drawing in dataset/masks"),
    Dataset.FILTER: (
        "filter",
        "exports the labelled drawings and their labels to segmented_dataset/labelled",
    ),
}


def card() -> dbc.Card:
    buttons = [
        dbc.Button("Make masks", id=Dataset.CONVERT, color="primary", size="sm"),
        dbc.Button(
            "Export labelled drawings to a folder",
            id=Dataset.FILTER,
            color="primary",
            outline=True,
            size="sm",
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


def problems(_: str | None, __: Any) -> Any:
    """List the problems with labels, and the labelled drawings whose image is missing."""
    space = current_context().workspace
    if not space.annotations_file.exists():
        return html.P("No labels yet: upload instances_default.json, as exported by CVAT, above.")
    try:
        report = current_context().answers.get(
            label_report, space, state=str(space.images.stat().st_mtime_ns)
        )
    except StillReading as reading:
        return still_reading(str(reading), PAGE)
    except SunspotError as error:
        return html.P(str(error), className="small")
    listed, missing, found = report.listed, report.missing, report.problems
    remarks = []
    if missing:
        remarks.append(
            html.P(
                f"Listed in the labels, image missing: {len(missing)} of {listed} drawings, for example {missing[0]}. "
                "Upload them above as labelled drawings.",
                className="small",
            )
        )
    if not found:
        return [
            *remarks,
            html.P(
                "All labels of the other drawings can be used." if remarks else ALL_GOOD, className="small"
            ),
        ]
    more = [html.P(f"and {len(found) - SHOWN_PROBLEMS} more")] if len(found) > SHOWN_PROBLEMS else []
    lines = html.Ul(
        [html.Li(line) for line in found[:SHOWN_PROBLEMS]], className="small problems", tabIndex=0
    )
    left_out = html.P(f"{counted(len(found), 'problem')}. These labels are left out:", className="mb-1")
    return [*remarks, left_out, lines, *more]


def begin(*_: int) -> Any:
    """Queue the job that makes masks or exports labelled drawings."""
    kind, text = JOBS[ctx.triggered_id]
    try:
        job = control.submit(current_context().ledger, kind, {})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} {text}.")


def restored(_: int) -> Any:
    """Restore the previous labels."""
    try:
        done = restore_labels(current_context().workspace)
    except (OSError, SunspotError) as error:
        return problem(str(error))
    if not done:
        return problem("There are no previous labels.")
    return note("The previous labels are restored. Press again to return to the newer ones.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(Output(Dataset.PROBLEMS, "children"), Input(Dataset.REVISION, "data"), asked_again(PAGE))(
        problems
    )
    message = Output(Dataset.MESSAGE, "children", allow_duplicate=True)
    clicks = [Input(identity, "n_clicks") for identity in JOBS]
    app.callback(message, *clicks, prevent_initial_call=True)(begin)
    app.callback(message, Input(Dataset.RESTORE, "n_clicks"), prevent_initial_call=True)(restored)
