"""The buttons that change the chosen model, and the question before it is deleted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.models import registry
from sunspot_dash.services.models.default import make_default
from sunspot_dash.services.models.removal import delete_model, restore_model
from sunspot_dash.services.models.rename import rename_model
from sunspot_dash.web.components.clicks import Click, last_click
from sunspot_dash.web.components.feedback import note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Models

KEPT = "It goes to the trash, from which Undo below the table restores it for 30 days."


def question() -> dbc.Modal:
    """Return the question before a model is deleted, closed."""
    results = dbc.Checkbox(
        id=Models.WITH_RESULTS, label="Also delete its results, pictures and scores", value=False
    )
    buttons = [
        dbc.Button("Keep it", id=Models.KEEP, color="secondary"),
        dbc.Button("Delete", id=Models.CONFIRM, color="danger"),
    ]
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(id=Models.QUESTION_TITLE, tag="h2")),
            dbc.ModalBody([KEPT, results]),
            dbc.ModalFooter(buttons),
        ],
        id=Models.QUESTION,
        is_open=False,
        labelledby=Models.QUESTION_TITLE,
    )


def changed(change: Callable[[], str], select: str) -> tuple[Any, Any]:
    """Carry out a change, and return the message and the value that makes the page show it.

    Args:
        change: returns what was done; select: the model to show afterwards.
    """
    try:
        text = change()
    except SunspotError as error:
        return problem(str(error)), no_update
    return note(text), {"select": select, "nonce": secrets.token_hex(4)}


def choose_default(_: int, name: str) -> tuple[Any, Any]:
    """Make the model the default."""

    def change() -> str:
        make_default(current_context().workspace, name)
        return f"{name} is now the default model."

    return changed(change, name)


def archive(_: int, name: str) -> tuple[Any, Any]:
    """Archive the model, or take it out of the archive."""

    def change() -> str:
        workspace = current_context().workspace
        archived = not registry.registered_model(workspace, name).archived
        registry.archive(workspace, name, archived)
        return (
            f"{name} is archived: it is no longer offered to run."
            if archived
            else f"{name} is no longer archived."
        )

    return changed(change, name)


def save_notes(_: int, name: str, text: str | None) -> tuple[Any, Any]:
    """Save the notes on the model."""

    def change() -> str:
        registry.set_notes(current_context().workspace, name, text or "")
        return f"Notes on {name} saved."

    return changed(change, name)


def rename(_: int | None, __: int | None, name: str, new: str | None) -> tuple[Any, Any]:
    """Rename the model."""
    new = (new or "").strip()

    def change() -> str:
        context = current_context()
        with control.without_jobs_of(context.ledger, name):
            rename_model(context.workspace, name, new)
        _renew_tables(context.workspace.results_of(new).is_dir())
        return f"{name} is now {new}."

    return changed(change, new)


def ask(_: int, name: str) -> tuple[bool, str, bool]:
    """Ask before the model is deleted."""
    return True, f"Delete {name}?", False


def delete(_: int, name: str, with_results: bool) -> tuple[Any, Any, bool]:
    """Delete the model."""

    def change() -> str:
        context = current_context()
        with control.without_jobs_of(context.ledger, name):
            delete_model(context.workspace, name, with_results)
        _renew_tables(with_results)
        return f"{name} deleted{', with its results' if with_results else '; its results are kept'}."

    return *changed(change, ""), False


def undo(click: Click) -> tuple[Any, Any]:
    """Undo a deletion."""
    if not click:
        raise PreventUpdate
    restored = ""

    def change() -> str:
        nonlocal restored
        deletion = restore_model(current_context().workspace, click["number"])
        (restored,) = deletion.names
        _renew_tables(any("/drawings" in path or "inference_results" in path for path in deletion.paths))
        return f"{restored} restored."

    message, value = changed(change, "")
    return message, value if value is no_update else {**value, "select": restored}


def _renew_tables(wanted: bool) -> None:
    """Queue a rebuild of all tables."""
    if wanted:
        control.submit(current_context().ledger, "tables", {})


def register(app: Dash) -> None:
    """Register the callbacks."""
    outputs = (
        Output(Models.MESSAGE, "children", allow_duplicate=True),
        Output(Models.CHANGED, "data", allow_duplicate=True),
    )
    name = State(Models.CHOSEN, "data")

    def on(*identities: str) -> list[Input]:
        return [Input(identity, "n_clicks") for identity in identities]

    def action(
        function: Callable[..., Any], inputs: list[Input], *states: State, more: tuple[Output, ...] = ()
    ) -> None:
        app.callback(*outputs, *more, *inputs, name, *states, prevent_initial_call=True)(function)

    action(choose_default, on(Models.DEFAULT))
    action(archive, on(Models.ARCHIVE))
    action(save_notes, on(Models.SAVE_NOTES), State(Models.NOTES, "value"))
    action(rename, [*on(Models.RENAME), Input(Models.NAME, "n_submit")], State(Models.NAME, "value"))
    closed = Output(Models.QUESTION, "is_open", allow_duplicate=True)
    action(delete, on(Models.CONFIRM), State(Models.WITH_RESULTS, "value"), more=(closed,))
    app.callback(*outputs, last_click(app, Models.UNDO, "number"), prevent_initial_call=True)(undo)
    app.callback(
        Output(Models.QUESTION, "is_open"),
        Output(Models.QUESTION_TITLE, "children"),
        Output(Models.WITH_RESULTS, "value"),
        *on(Models.DELETE),
        name,
        prevent_initial_call=True,
    )(ask)
    app.clientside_callback("() => false", closed, *on(Models.KEEP), prevent_initial_call=True)
