"""The import of a folder on the server by reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, html

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.disk_space import estimate_disk_space
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import LIVE, note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset


def card() -> dbc.Card:
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Import a folder on the server"),
                html.P("The drawings stay where they are; nothing is copied or changed.", className="help"),
                html.Label("Folder", htmlFor=Dataset.IMPORT_FOLDER, className="form-label small mb-0"),
                dbc.Input(
                    id=Dataset.IMPORT_FOLDER,
                    type="text",
                    placeholder="/archive/drawings",
                    size="sm",
                    debounce=0.4,
                ),
                html.Div(id=Dataset.IMPORT_PREVIEW, className="help", **LIVE),
                html.Label(
                    "Name of the archive", htmlFor=Dataset.IMPORT_NAME, className="form-label small mb-0 mt-2"
                ),
                dbc.Input(id=Dataset.IMPORT_NAME, type="text", placeholder="uccle", size="sm"),
                dbc.Button("Import", id=Dataset.IMPORT, color="primary", size="sm", className="mt-2"),
            ]
        ),
        className="h-100",
    )


def preview(folder: str | None) -> str:
    """Estimate the disk space that the results of a folder need."""
    if not folder:
        return "Enter the folder to see how much disk space is needed."
    try:
        found = estimate_disk_space(current_context().workspace, Path(folder))
    except SunspotError as error:
        return str(error)
    enough = "" if found.needed < found.free else ", which is not enough: a run stops when the disk is full"
    left_out = f" Left out: {found.left_out}." if found.left_out else ""
    return (
        f"{counted(found.files, 'image')}.{left_out} The results of a model need about {_size(found.needed)} "
        f"({found.each / 1e6:.1f} MB per drawing, mostly overlays); {_size(found.free)} are free{enough}."
    )


def _size(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


def import_folder(_: int, folder: str | None, name: str | None) -> Any:
    """Queue the import of a folder."""
    try:
        job = control.submit(current_context().ledger, "import", {"images": folder or "", "name": name or ""})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} imports the folder.")


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(Output(Dataset.IMPORT_PREVIEW, "children"), Input(Dataset.IMPORT_FOLDER, "value"))(preview)
    app.callback(
        Output(Dataset.IMPORT_MESSAGE, "children"),
        Input(Dataset.IMPORT, "n_clicks"),
        State(Dataset.IMPORT_FOLDER, "value"),
        State(Dataset.IMPORT_NAME, "value"),
        prevent_initial_call=True,
    )(import_folder)
