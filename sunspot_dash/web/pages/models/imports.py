"""The drawer to import a model from files."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.models.imports import import_model, put_files
from sunspot_dash.web.components.feedback import LIVE, fault, note
from sunspot_dash.web.components.table_upload import decoded
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Models

HELP = (
    "A ZIP or .safetensors file that was exported here, or a .pth file with or without its card (.json). "
    "The files are checked first; no model is replaced."
)
BUTTON, CHECKING = "Import", "Checking …"


def form() -> list[Any]:
    """Return the content of the drawer."""
    choose = dbc.Button("Choose files", color="secondary", outline=True, size="sm")
    return [
        html.P(HELP, className="help"),
        dcc.Upload(choose, id=Models.FILES, multiple=True),
        dcc.Store(id=Models.FILES_LABEL, data="Files of the model"),
        html.Div("No file chosen", id=Models.FILES_TEXT, className="small my-2", **LIVE),
        html.Label("Name", htmlFor=Models.IMPORT_NAME, className="form-label small mb-0"),
        dbc.Input(id=Models.IMPORT_NAME, type="text", maxLength=64, size="sm", placeholder="as on its card"),
        dbc.Button(BUTTON, id=Models.IMPORT, color="primary", className="mt-3", disabled=True),
        html.Div(id=Models.IMPORT_PROBLEM, className="mt-2", **LIVE),
    ]


def take(_: int, contents: list[str] | None, names: list[str] | None, name: str | None) -> tuple[Any, ...]:
    """Import the chosen files in another process, since that loads torch; then close the drawer."""
    context = current_context()
    with tempfile.TemporaryDirectory(dir=context.workspace.queue, prefix="chosen-") as folder:
        try:
            chosen = zip(names or [], map(decoded, contents or []), strict=True)
            files = put_files(Path(folder), list(chosen))
            new = context.readers.run(import_model, context.workspace, files, name or "", large=True)
        except SunspotError as error:
            return fault(f"Not imported: {error}."), *(no_update,) * 6
    return "", note(f"{new} imported."), {"select": new, "nonce": secrets.token_hex(4)}, None, None, "", True


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.clientside_callback(
        ClientsideFunction("figures", "name"),
        Output(Models.FILES, "className"),
        Input(Models.FILES_LABEL, "data"),
        State(Models.FILES, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("sunspot", "files"),
        Output(Models.FILES_TEXT, "children"),
        Output(Models.IMPORT, "disabled"),
        Input(Models.FILES, "contents"),
        State(Models.FILES, "filename"),
    )
    app.callback(
        Output(Models.IMPORT_PROBLEM, "children"),
        Output(Models.MESSAGE, "children", allow_duplicate=True),
        Output(Models.CHANGED, "data", allow_duplicate=True),
        Output(Models.FILES, "contents"),
        Output(Models.FILES, "filename"),
        Output(Models.IMPORT_NAME, "value"),
        Output(Models.DRAWER, "hidden", allow_duplicate=True),
        Input(Models.IMPORT, "n_clicks"),
        State(Models.FILES, "contents"),
        State(Models.FILES, "filename"),
        State(Models.IMPORT_NAME, "value"),
        running=[(Output(Models.IMPORT, "children"), CHECKING, BUTTON)],
        prevent_initial_call=True,
    )(take)
    app.clientside_callback(
        ClientsideFunction("sunspot", "clear"),
        Output(Models.IMPORT_PROBLEM, "children", allow_duplicate=True),
        Input(Models.FILES, "contents"),
        Input(Models.IMPORT_NAME, "value"),
        prevent_initial_call=True,
    )
