"""Importing a folder of the server by reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, html

from jobs import control
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.archives import estimate_disk_space
from sunspot_dash.web.components.feedback import LIVE, note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset


def card() -> dbc.Card:
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Import a folder on the server"),
                html.P("Its drawings stay where they are; nothing is copied or changed.", className="help"),
                html.Label("Folder", htmlFor=Dataset.IMPORT_FOLDER, className="form-label small mb-0"),
                dbc.Input(
                    id=Dataset.IMPORT_FOLDER,
                    type="text",
                    placeholder="/archive/scans",
                    size="sm",
                    debounce=0.4,
                ),
                html.Div(id=Dataset.IMPORT_PLAN, className="help", **LIVE),
                html.Label("Name", htmlFor=Dataset.IMPORT_NAME, className="form-label small mb-0 mt-2"),
                dbc.Input(id=Dataset.IMPORT_NAME, type="text", placeholder="uccle", size="sm"),
                dbc.Button("Import", id=Dataset.IMPORT, color="primary", size="sm", className="mt-2"),
            ]
        ),
        className="h-100",
    )


def plan(folder: str | None) -> str:
    """What a folder would need, before it is imported."""
    if not folder:
        return "Its results need disk: name the folder, and how much is told."
    try:
        found = estimate_disk_space(current_context().workspace, Path(folder))
    except SunspotError as error:
        return str(error)
    enough = (
        "" if found.needed < found.free else ": not enough for all of it; results stop when the disk is full"
    )
    return (
        f"{found.files} images. A model's results on them need about {_size(found.needed)} "
        f"({found.each / 1e6:.1f} MB a drawing, nearly all of it overlays); {_size(found.free)} are free{enough}."
    )


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def import_folder(_: int, folder: str | None, name: str | None) -> Any:
    """Queue the import of a folder."""
    try:
        job = control.submit(current_context().ledger, "import", {"images": folder or "", "name": name or ""})
    except SunspotError as error:
        return problem(str(error))
    return note(f"Job {job.number} looks through the folder.")


def register(app: Dash) -> None:
    """Make the callbacks known."""
    app.callback(Output(Dataset.IMPORT_PLAN, "children"), Input(Dataset.IMPORT_FOLDER, "value"))(plan)
    app.callback(
        Output(Dataset.IMPORT_MESSAGE, "children"),
        Input(Dataset.IMPORT, "n_clicks"),
        State(Dataset.IMPORT_FOLDER, "value"),
        State(Dataset.IMPORT_NAME, "value"),
        prevent_initial_call=True,
    )(import_folder)
