"""The table of all drawings, with delete and undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.trash import DRAWINGS, delete_drawings, deletions, restore
from sunspot_dash.services.drawing.images import original
from sunspot_dash.text import counted
from sunspot_dash.web.components.clicks import Click, last_click, store
from sunspot_dash.web.components.drawings import drawings_table, register_rows
from sunspot_dash.web.components.feedback import LIVE, facts, note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset, Shell
from sunspot_dash.web.pages.dataset import tags

LISTED = 20  # unusable files that are listed


def card(state: str = "") -> dbc.Card:
    """Return the card with the list: of the drawings in a state, "" for all."""
    bar = html.Div(
        [
            dbc.Button("Delete", id=Dataset.DELETE, size="sm", color="danger", outline=True, disabled=True),
            html.Span(id=Dataset.SELECTED, className="small", **LIVE),
            tags.entry(),
            html.Span(id=Dataset.TRASH, className="small ms-auto"),
            store(Dataset.UNDO),
        ],
        className="d-flex gap-2 align-items-center mt-2 flex-wrap",
    )
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Drawings"),
                html.Div(id=Dataset.REPORT, className="small mb-2 one-line"),
                drawings_table(
                    Dataset.TABLE,
                    "No drawings yet: upload some above, for example usd195601010900.jpg (1956-01-01, 09:00 UT)",
                    False,
                    {"state": {"filterType": "text", "type": "equals", "filter": state}} if state else None,
                ),
                dcc.Store(id=Dataset.REVISION),
                dcc.Store(id=Dataset.REFRESHED),
                bar,
            ]
        )
    )


def counts(_: str | None, shown: str | None) -> tuple[Any, Any]:
    """Return the number of drawings; send nothing while the catalogue is unchanged."""
    catalogue = current_context().catalogue
    revision = catalogue.revision()
    if revision == shown:
        return no_update, no_update
    found = catalogue.summary()
    text = f"{counted(found.drawings, 'drawing')}, {found.labelled} of them labelled"
    text += (
        f"; limb, spots and state are from model {found.model}: {counted(found.spots, 'spot')}"
        if found.model
        else ""
    )
    return [text, *_unused(catalogue.unused())], revision


def _unused(files: list[tuple[str, str]]) -> list[Any]:
    """List the files in the folders of drawings that are not drawings, with the reasons."""
    if not files:
        return []
    left = len(files) - LISTED
    return [
        html.Details(
            [
                html.Summary(f"{counted(len(files), 'other file')} in their folders"),
                facts(files[:LISTED]),
                *([f"and {left:,} more"] if left > 0 else []),
            ]
        )
    ]


def selected(rows: list[dict[str, Any]] | None) -> tuple[str, bool]:
    """Return the number of selected drawings, and whether Delete is disabled."""
    return (
        f"{len(rows)} selected" if rows else "Click a drawing to open it; tick boxes to select several."
    ), not rows


def trash(_: Any) -> Any:
    """Show the last deletion, with a button to undo it."""
    last = next(iter(deletions(current_context().workspace, DRAWINGS)), None)
    if last is None:
        return ""
    return [f"{_summary(last.names)} deleted ", undo_button(last.number)]


def undo_button(number: str) -> dbc.Button:
    return dbc.Button(
        "Undo",
        id={"type": Dataset.UNDO, "number": number},
        size="sm",
        color="secondary",
        outline=True,
    )


def delete(_: int, rows: list[dict[str, Any]] | None, key: str) -> tuple[Any, Any, Any]:
    """Move the chosen drawings to the trash."""
    context = current_context()
    try:
        files = [original(context.catalogue, row["key"]) for row in rows or []]
        deletion = delete_drawings(context.workspace, [_workspace_path(path) for path in files])
        _renew_tables(any(path.startswith("output/") for path in deletion.paths))
    except SunspotError as error:
        return problem(str(error)), no_update, no_update
    message = note(f"{_summary(deletion.names)} deleted. Undo below the list restores everything.")
    return message, [], "" if any(row["key"] == key for row in rows or []) else no_update


def undo(click: Click) -> Any:
    """Undo a deletion."""
    if not click:
        raise PreventUpdate
    try:
        deletion, taken = restore(current_context().workspace, click["number"])
        _renew_tables(any(path.startswith("output/") for path in deletion.paths))
    except SunspotError as error:
        return problem(str(error))
    if taken:
        return problem(
            f"new files exist at {', '.join(taken[:3])}: delete or rename them, then press Undo again for the rest"
        )
    return note(f"{_summary(deletion.names)} restored.")


def _renew_tables(changed: bool) -> None:
    """Queue a rebuild of all tables if results were added or removed."""
    if changed:
        control.submit(current_context().ledger, "tables", {})


def _workspace_path(path: Path) -> Path:
    """Return the path below the workspace folder, however the index has recorded it."""
    space = current_context().workspace
    candidates = (folder / path.name for folder in (space.images, space.images_to_run))
    return next((file for file in candidates if file.exists() and file.samefile(path)), path)


def _summary(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} drawings"


def register(app: Dash) -> None:
    """Register the callbacks."""
    register_rows(app, Dataset.TABLE)
    pulse, revision = Input(Shell.PULSE, "data"), Input(Dataset.REVISION, "data")
    app.callback(
        Output(Dataset.REPORT, "children"),
        Output(Dataset.REVISION, "data"),
        pulse,
        State(Dataset.REVISION, "data"),
    )(counts)
    app.clientside_callback(
        ClientsideFunction("sunspot", "refresh"),
        Output(Dataset.REFRESHED, "data"),
        revision,
        State(Dataset.TABLE, "id"),
    )
    app.callback(
        Output(Dataset.SELECTED, "children"),
        Output(Dataset.DELETE, "disabled"),
        Input(Dataset.TABLE, "selectedRows"),
    )(selected)
    message = Output(Dataset.LIST_MESSAGE, "children")
    app.callback(Output(Dataset.TRASH, "children"), Input(Dataset.LIST_MESSAGE, "children"))(trash)
    app.callback(
        message,
        Output(Dataset.TABLE, "selectedRows"),
        Output(Dataset.KEY, "data", allow_duplicate=True),
        Input(Dataset.DELETE, "n_clicks"),
        State(Dataset.TABLE, "selectedRows"),
        State(Dataset.KEY, "data"),
        prevent_initial_call=True,
    )(delete)
    app.callback(
        Output(Dataset.LIST_MESSAGE, "children", allow_duplicate=True),
        last_click(app, Dataset.UNDO, "number"),
        prevent_initial_call=True,
    )(undo)
