"""The dialog that asks before labels are replaced: by an upload, or by an earlier version."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.label_questions import (
    CANCEL,
    MERGE,
    REPLACE,
    Question,
    answer,
    question_of,
)
from sunspot_dash.services.dataset.label_versions import restore_version, versions
from sunspot_dash.web.components.clicks import Click, last_click, store
from sunspot_dash.web.components.feedback import LIVE, capital, facts, note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset
from sunspot_dash.web.readers.answers import StillReading
from sunspot_dash.workspace import Workspace

RESTORE, CLOSE = "restore", "close"
SHOWN_DRAWINGS = 100


def notice() -> html.Div:
    """Return the place for the uploads that wait for a decision."""
    return html.Div(
        [
            html.Div(id=Dataset.WAITING, **LIVE),
            dcc.Store(id=Dataset.WAITING_TOKENS, data=[]),
            dcc.Store(id=Dataset.ASKED, data=[]),
            store(Dataset.REVIEW),
            store(Dataset.RESTORE),
            store(Dataset.ANSWER),
        ]
    )


def dialog() -> dbc.Modal:
    """Return the dialog, closed."""
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(id=Dataset.QUESTION_TITLE, tag="h2")),
            dbc.ModalBody(id=Dataset.QUESTION_TEXT),
            dbc.ModalFooter(id=Dataset.QUESTION_BUTTONS),
            dcc.Store(id=Dataset.QUESTION_ABOUT),
        ],
        id=Dataset.QUESTION,
        is_open=False,
        size="lg",
        scrollable=True,
        labelledby=Dataset.QUESTION_TITLE,
    )


def waiting_lines(workspace: Workspace, tokens: list[str]) -> list[Any]:
    """Return a line with a button for each upload that waits.

    Raises:
        StillReading: what an upload would change is not known yet.
    """
    lines = []
    for token in tokens:
        try:
            text = _question(workspace, token).text
        except StillReading:
            raise
        except SunspotError as error:
            text = str(error)
        review = dbc.Button(
            "Decide",
            id={"type": Dataset.REVIEW, "token": token},
            size="sm",
            color="warning",
            className="ms-2",
        )
        lines.append(
            dbc.Alert(
                [f"{text}. The labels are unchanged until you decide.", review],
                color="warning",
                className="p-2 small",
            )
        )
    return lines


def ask(tokens: list[str] | None, asked: list[str]) -> tuple[Any, ...]:
    """Open the dialog for a new upload."""
    space = current_context().workspace
    # The same file may be uploaded again after a decision.
    still = [token for token in asked if token in (tokens or [])]
    new = next((token for token in tokens or [] if token not in asked), None)
    if new is None:
        if still == asked:
            raise PreventUpdate
        return *(no_update,) * 6, still
    try:
        return True, *_upload_question(_question(space, new)), no_update, [*still, new]
    except SunspotError as error:
        return *(no_update,) * 5, problem(str(error)), no_update


def ask_clicked(upload: Click, version: Click) -> tuple[Any, ...]:
    """Open the dialog for an upload whose button was clicked, or for a version to restore."""
    click = ctx.triggered[0]["value"]
    if not click:
        raise PreventUpdate
    space = current_context().workspace
    try:
        if click["type"] == Dataset.RESTORE:
            return True, *_restore_question(space, click["number"]), no_update
        return True, *_upload_question(_question(space, click["token"])), no_update
    except SunspotError as error:
        return *(no_update,) * 5, problem(str(error))


def decide(click: Click, about: dict[str, Any]) -> tuple[Any, Any]:
    """Carry out the decision and close the dialog."""
    if not click:
        raise PreventUpdate
    decision = click["decision"]
    if decision == CLOSE:
        return False, no_update
    space, answers = current_context().workspace, current_context().answers
    try:
        if decision == RESTORE:
            version = answers.change(restore_version, space, about["number"], about["current"])
            return False, note(f"The labels of version {about['number']} are restored: {version.numbers}.")
        done = answers.change(answer, space, about["token"], decision, about.get(decision, ""))
        return False, note(done)
    except (OSError, SunspotError) as error:
        return False, problem(str(error))


def _question(workspace: Workspace, token: str) -> Question:
    return current_context().answers.get(question_of, workspace, token)


def _upload_question(question: Question) -> tuple[Any, ...]:
    rows = [("Replace all labels", question.replace)]
    buttons = [_button("Discard the upload", CANCEL, "secondary")]
    buttons.append(_button("Replace all labels", REPLACE, "danger"))
    if question.merge:
        rows.insert(0, ("Merge", question.merge))
        buttons.append(_button("Merge", MERGE, "primary", outline=False))
    text = [
        html.P(f"{question.text} (uploaded {question.date[:16]} UT)."),
        facts(rows),
        *(
            [html.P(f"{capital(question.unusable)}.", className="text-warning-emphasis")]
            if question.unusable
            else []
        ),
        *_drawings("Labels of each drawing", question.examples),
        *_drawings("Drawings that 'Replace all labels' leaves without labels", question.losing),
        html.P("Nothing changes until you decide. Both can be undone under Versions.", className="help mb-0"),
    ]
    about = {"token": question.token, MERGE: question.merge, REPLACE: question.replace}
    return "Replace existing labels?", text, buttons, about


def _drawings(title: str, lines: tuple[str, ...]) -> list[html.Details]:
    more = len(lines) - SHOWN_DRAWINGS
    shown = [*lines[:SHOWN_DRAWINGS], *([f"and {more} more"] if more > 0 else [])]
    content = [html.Summary(title), html.Ul([html.Li(line) for line in shown])]
    return [html.Details(content)] if lines else []


def _restore_question(workspace: Workspace, number: int) -> tuple[Any, ...]:
    found = current_context().answers.get(versions, workspace)
    version = next((one for one in found if one.number == number), found[0])
    text = [
        html.P(f"{found[0].numbers} → {version.numbers}"),
        html.P("The current labels stay in the list of versions.", className="help mb-0"),
    ]
    buttons = [
        _button("Keep the current labels", CLOSE, "secondary"),
        _button("Restore", RESTORE, "primary", False),
    ]
    about = {"number": number, "current": found[0].number}
    return f"Restore version {number} of {version.date[:16]} UT?", text, buttons, about


def _button(text: str, decision: str, colour: str, outline: bool = True) -> dbc.Button:
    return dbc.Button(text, id={"type": Dataset.ANSWER, "decision": decision}, color=colour, outline=outline)


def register(app: Dash) -> None:
    """Register the callbacks."""
    message = Output(Dataset.MESSAGE, "children", allow_duplicate=True)
    question = [
        Output(identity, part, allow_duplicate=True)
        for identity, part in (
            (Dataset.QUESTION, "is_open"),
            (Dataset.QUESTION_TITLE, "children"),
            (Dataset.QUESTION_TEXT, "children"),
            (Dataset.QUESTION_BUTTONS, "children"),
            (Dataset.QUESTION_ABOUT, "data"),
        )
    ]
    app.callback(
        *question,
        message,
        Output(Dataset.ASKED, "data"),
        Input(Dataset.WAITING_TOKENS, "data"),
        State(Dataset.ASKED, "data"),
        prevent_initial_call=True,
    )(ask)
    app.callback(
        *question,
        message,
        last_click(app, Dataset.REVIEW, "token"),
        last_click(app, Dataset.RESTORE, "number"),
        prevent_initial_call=True,
    )(ask_clicked)
    app.clientside_callback(
        ClientsideFunction("uploads", "decided"),
        Output(Dataset.WAITING, "className"),
        Input(Dataset.WAITING_TOKENS, "data"),
    )
    app.callback(
        Output(Dataset.QUESTION, "is_open", allow_duplicate=True),
        message,
        last_click(app, Dataset.ANSWER, "decision"),
        State(Dataset.QUESTION_ABOUT, "data"),
        prevent_initial_call=True,
    )(decide)
