"""The labels of the dataset: their numbers and categories, entries that cannot be used, masks, and export."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from jobs import control
from sunspot_dash.domain.labels.categories import listed_categories
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.label_choice import labels_stamp, store_categories
from sunspot_dash.services.dataset.label_questions import waiting
from sunspot_dash.services.dataset.label_versions import versions
from sunspot_dash.services.dataset.labels import LabelReport, label_report
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import asked_again, facts, note, problem, still_reading
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset, Shell
from sunspot_dash.web.pages.dataset import label_dialog, label_versions
from sunspot_dash.web.readers.answers import StillReading

KIND = "labels"
SHOWN_LINES = 50
UNDECIDED = "Choose below which labels are spots. Until then no model can be trained on them."
ALL_GOOD = "All labels can be used."
NO_LABELS = "No labels yet: upload instances_default.json, as exported by CVAT, above."
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
    ]
    return dbc.Card(
        dbc.CardBody(
            [
                html.Div([html.H2("Labels"), explain("COCO")], className="termed"),
                label_dialog.notice(),
                html.Div(id=Dataset.PROBLEMS),
                html.Div(_categories(), id=Dataset.CATEGORIES_PART, hidden=True),
                html.Div(buttons, className="d-flex gap-2 my-3 flex-wrap"),
                label_versions.part(),
                label_dialog.dialog(),
                dcc.Store(id=Dataset.LABELS_SHOWN),
            ]
        ),
        className="h-100",
    )


def _categories() -> list[Any]:
    return [
        html.Div("Labels that are spots", id=Dataset.CATEGORIES_LABEL, className="fw-semibold small mt-2"),
        dbc.Checklist(id=Dataset.CATEGORIES, options=[], value=[], className="small"),
        dbc.Button("Save the choice", id=Dataset.SAVE_CATEGORIES, size="sm", color="primary", outline=True),
        html.P(
            "The others are left out of overlays, counts, training and evaluation.",
            className="help mb-0 mt-1",
        ),
    ]


def shown(_: Any, __: Any, ___: Any, before: Any) -> Any:
    """Show the labels, their versions and the uploads that wait; send nothing while they are unchanged."""
    space = current_context().workspace
    tokens = waiting(space)
    now = [[list(stamp) for stamp in labels_stamp(space)], space.images.stat().st_mtime_ns, tokens]
    if now == before:
        raise PreventUpdate
    kept, notice, state = no_update, [], repr(now)
    answers, found = current_context().answers, None
    try:
        notice = label_dialog.waiting_lines(space, tokens)
        kept = label_versions.rows(answers.get(versions, space, state=state))
        if space.annotations_file.exists():
            found = answers.get(label_report, space, state=state)
    except StillReading as reading:
        return still_reading(reading, KIND), True, [], [], kept, notice, no_update, None
    except SunspotError as error:
        fault = html.P(str(error), className="small text-danger")
        return fault, True, [], [], kept, notice, tokens, now
    if found is None:
        return html.P(NO_LABELS), True, [], [], kept, notice, tokens, now
    options = [
        {"label": f"{name} ({counted(number, 'label')})", "value": name}
        for name, number in found.categories.items()
    ]
    ask = len(options) > 1
    return _report(found), not ask, options, found.spots or [], kept, notice, tokens, now


def _report(report: LabelReport) -> list[Any]:
    """Return the numbers of the labels, and everything that cannot be used, with the reasons."""
    here = f"{report.here:,} of them uploaded so far" if report.here < report.listed else "all uploaded"
    parts: list[Any] = [
        facts([("Drawings", f"{report.listed:,} listed, {here}"), ("Labels", f"{report.labels:,}")])
    ]
    if report.spots is None:
        parts.append(
            dbc.Alert(
                UNDECIDED,
                color="warning",
                className="p-2 small",
            )
        )
    lines = [f"{name}: {reason}" for name, reason in report.left_out]
    parts += _lines(f"{counted(len(lines), 'drawing')} left out of training and evaluation:", lines)
    missing = [f"{name}{f' (similar: {near})' if near else ''}" for name, near in report.missing.items()]
    parts += _lines(
        f"Listed in the labels, image missing: {len(missing)} of {report.listed} drawings. Upload them above as "
        "labelled drawings:",
        missing,
    )
    parts += _lines("Names that differ:", report.matched)
    parts += _lines(
        f"{counted(len(report.problems), 'problem')}. These entries are left out:", report.problems
    )
    if report.spots is None or report.problems:
        return parts
    if other := {name: n for name, n in report.categories.items() if n and name not in report.spots}:
        parts.append(html.P(f"Not counted as spots: {listed_categories(other)}.", className="small mb-0"))
    if report.here <= len(report.left_out):
        return parts
    good = "All labels of the other drawings can be used." if lines or missing else ALL_GOOD
    return parts if other else [*parts, html.P(good, className="small mb-0")]


def _lines(title: str, lines: list[str]) -> list[Any]:
    """Return a titled list, shortened; nothing if it is empty."""
    if not lines:
        return []
    more = [html.Li(f"and {len(lines) - SHOWN_LINES} more")] if len(lines) > SHOWN_LINES else []
    items = html.Ul(
        [*(html.Li(line) for line in lines[:SHOWN_LINES]), *more], className="small problems", tabIndex=0
    )
    return [html.P(title, className="mb-1 small"), items]


def save_categories(_: int, names: list[str]) -> Any:
    """Store the categories that are spots."""
    try:
        current_context().answers.change(store_categories, current_context().workspace, names)
    except SunspotError as error:
        return problem(str(error))
    return note(
        f"Labels that are spots: {', '.join(names)}. This is the default of every page, command and job."
    )


def begin(*_: int) -> Any:
    """Queue the job that makes masks or exports labelled drawings."""
    kind, text = JOBS[ctx.triggered_id]
    if not current_context().workspace.annotations_file.exists():
        return problem(NO_LABELS)
    try:
        job = control.submit(current_context().ledger, kind, {})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} {text}.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Dataset.PROBLEMS, "children"),
        Output(Dataset.CATEGORIES_PART, "hidden"),
        Output(Dataset.CATEGORIES, "options"),
        Output(Dataset.CATEGORIES, "value"),
        Output(Dataset.VERSIONS, "children"),
        Output(Dataset.WAITING, "children"),
        Output(Dataset.WAITING_TOKENS, "data"),
        Output(Dataset.LABELS_SHOWN, "data"),
        Input(Shell.PULSE, "data"),
        Input(Dataset.MESSAGE, "children"),
        asked_again(KIND),
        State(Dataset.LABELS_SHOWN, "data"),
    )(shown)
    message = Output(Dataset.MESSAGE, "children", allow_duplicate=True)
    clicks = [Input(identity, "n_clicks") for identity in JOBS]
    app.callback(message, *clicks, prevent_initial_call=True)(begin)
    app.callback(
        message,
        Input(Dataset.SAVE_CATEGORIES, "n_clicks"),
        State(Dataset.CATEGORIES, "value"),
        prevent_initial_call=True,
    )(save_categories)
    label_dialog.register(app)
