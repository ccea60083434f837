"""The form to run a model on drawings, and its progress."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from jobs.follow import notes_of, summaries
from jobs.job import Job
from jobs.ledger import Ledger
from sunspot_dash.errors import SunspotError
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.drawings import labelled_keys, not_run
from sunspot_dash.services.drawing.images import original
from sunspot_dash.services.models.default import default_model
from sunspot_dash.services.models.registry import to_choose
from sunspot_dash.text import counted
from sunspot_dash.web.components.drawings import drawings_table, register_rows
from sunspot_dash.web.components.feedback import LIVE, note, problem
from sunspot_dash.web.components.jobs import status
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Inference, Shell
from sunspot_dash.web.pages.inference import orientation
from sunspot_dash.workspace import EVERYTHING, Workspace

FOLDER, SELECTION, LABELLED = "folder", "selection", "labelled"
SOURCES = {
    EVERYTHING: "Not yet processed by this model",
    LABELLED: "Labelled drawings",
    SELECTION: "Selected drawings",
    FOLDER: "Folder or imported archive",
}
RECENT = 20  # jobs among which the last run is looked for
HIDDEN: dict[str, str] = {"display": "none"}


def form(model: str, source: str) -> list[Any]:
    """Return the form; the model of the URL is preset if it can be used, else the default model; so is the source."""
    workspace = current_context().workspace
    models = to_choose(workspace)
    return [
        html.Label("Model", htmlFor=Inference.MODEL, className="form-label small mb-0"),
        dbc.Select(
            id=Inference.MODEL,
            options=[
                {
                    "value": name,
                    "label": f"{name} (cannot be used)" if fault else name,
                    "disabled": bool(fault),
                }
                for name, fault in models.items()
            ],
            value=model if models.get(model) == "" else default_model(workspace),
        ),
        *(html.Div(f"Not offered: {fault}", className="help mt-1") for fault in models.values() if fault),
        html.Fieldset(
            [
                html.Legend("Drawings", className="form-label small mb-0 mt-2"),
                dbc.RadioItems(
                    id=Inference.SOURCE,
                    options=[{"value": value, "label": label} for value, label in SOURCES.items()],
                    value=source if source in SOURCES else EVERYTHING,
                ),
            ]
        ),
        html.Div(id=Inference.PREVIEW, className="help", **LIVE),
        html.Div(_folder(), id=Inference.FOLDER_PART, style=HIDDEN),
        html.Div(
            drawings_table(Inference.PICK, "No drawings yet: upload some on the Dataset page"),
            id=Inference.PICK_PART,
            style=HIDDEN,
        ),
        _more(),
        dbc.Button("Run", id=Inference.START, color="primary", className="mt-3"),
        dcc.Store(id=Inference.NONCE),
    ]


def followed() -> html.Div:
    """Return the progress of the run, and the button that cancels it."""
    cancel_run = dbc.Button("Cancel", id=Inference.CANCEL, color="secondary", size="sm", disabled=True)
    return html.Div([html.Div(id=Inference.STATUS), cancel_run], className="followed")


def _folder() -> list[Any]:
    return [
        html.Label("Folder or archive", htmlFor=Inference.FOLDER, className="form-label small mb-0 mt-1"),
        dbc.Input(id=Inference.FOLDER, value="images_to_run", type="text", size="sm"),
        html.Div(
            "A path in the workspace, an absolute path on the server, or the name of an archive.",
            className="help",
        ),
    ]


def _more() -> html.Details:
    threshold = dbc.Input(
        id=Inference.RUN_THRESHOLD,
        type="number",
        min=FLOOR,
        max=1,
        step=0.01,
        size="sm",
        placeholder="model's own threshold",
    )
    return html.Details(
        [
            html.Summary("More options"),
            html.Label(
                "Confidence threshold", htmlFor=Inference.RUN_THRESHOLD, className="form-label small mb-0"
            ),
            threshold,
            html.Div(
                f"{FLOOR:g} to 1. If it differs from the last run, processed drawings are recounted.",
                className="help",
            ),
            *orientation.run_choice(),
            dbc.Checkbox(id=Inference.FORCE, label="Process drawings again", value=False, className="mt-1"),
        ],
        className="mt-2",
    )


def preview(
    model: str, source: str, rows: list[dict[str, Any]] | None, _: Any, folder: str | None, *more: Any
) -> tuple[Any, ...]:
    """Describe the drawings of a run, show the part of the form for their source, and disable an empty run.

    Args:
        more: the options with which processed drawings run again: threshold, process again, orientation.
    """
    parts = ({} if source == FOLDER else HIDDEN, {} if source == SELECTION else HIDDEN)
    if source == SELECTION:
        return f"{counted(len(rows or []), 'drawing')} selected below.", *parts, not rows
    if source not in (EVERYTHING, LABELLED):
        return "Drawings that have results are skipped.", *parts, not (folder or "").strip()
    catalogue = current_context().catalogue
    if source == LABELLED:
        what, total, new = "labelled drawing", *(len(labelled_keys(catalogue, one)) for one in ("", model))
    else:
        what, total, new = "drawing", catalogue.summary().drawings, not_run(catalogue, model)
    threshold, force, preset = more
    again = threshold not in (None, "") or force or preset != orientation.AS_LAST
    text = f"{new} of {counted(total, what)} not yet processed by {model}."
    return text, *parts, not total or not (new or again)


def parameters(workspace: Workspace, model: str, source: str, folder: str, *more: Any) -> dict[str, Any]:
    """Return the parameters of an inference job."""
    rows, threshold, force, preset = more
    found: dict[str, Any] = {
        "model": model,
        "force": bool(force),
        "orientation": "" if preset == orientation.AS_LAST else preset,
    }
    if threshold not in (None, ""):
        found["threshold"] = threshold
    if source not in (SELECTION, LABELLED):
        return found | {"images": EVERYTHING if source == EVERYTHING else folder}
    catalogue = Catalogue(workspace)
    keys = labelled_keys(catalogue) if source == LABELLED else [row["key"] for row in rows or []]
    if not keys:
        return found | {"images": "", "drawings": []}
    return found | {"drawings": [str(original(catalogue, key).resolve()) for key in keys]}


def progress(_: str | None) -> tuple[Any, bool]:
    """Show the queued or running inference or, if there is none, the last one that left notes."""
    ledger = current_context().ledger
    found = _live_inference(ledger) or _last_with_notes(ledger)
    if found is None:
        return "", True
    (row,) = summaries(ledger, [found])
    return status(row), found.ended or found.state == "cancelling"


def cancel(_: int) -> Any:
    """Cancel the queued or running inference."""
    ledger = current_context().ledger
    found = _live_inference(ledger)
    if found is None:
        return note("No inference is queued or running.")
    try:
        return note(f"Job {found.number} is {ledger.cancel(found.number).state}; finished drawings are kept.")
    except SunspotError as error:
        return problem(str(error))


def _live_inference(ledger: Ledger) -> Job | None:
    return next((job for job in ledger.live() if job.kind == "infer"), None)


def _last_with_notes(ledger: Ledger) -> Job | None:
    """Return the newest inference among the last jobs, if its result has notes."""
    last = next((job for job in ledger.page(RECENT) if job.kind == "infer"), None)
    return last if last and notes_of(last.result) else None


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    pulse = Input(Shell.PULSE, "data")
    register_rows(app, Inference.PICK)
    app.callback(
        Output(Inference.PREVIEW, "children"),
        Output(Inference.FOLDER_PART, "style"),
        Output(Inference.PICK_PART, "style"),
        Output(Inference.START, "disabled"),
        Input(Inference.MODEL, "value"),
        Input(Inference.SOURCE, "value"),
        Input(Inference.PICK, "selectedRows"),
        Input(Inference.REVISION, "data"),
        Input(Inference.FOLDER, "value"),
        Input(Inference.RUN_THRESHOLD, "value"),
        Input(Inference.FORCE, "value"),
        Input(Inference.RUN_ORIENTATION, "value"),
    )(preview)
    ids = (Inference.START, Inference.NONCE, Inference.MESSAGE, Inference.CANCEL)
    states = [
        State(Inference.MODEL, "value"),
        State(Inference.SOURCE, "value"),
        State(Inference.FOLDER, "value"),
        State(Inference.PICK, "selectedRows"),
        State(Inference.RUN_THRESHOLD, "value"),
        State(Inference.FORCE, "value"),
        State(Inference.RUN_ORIENTATION, "value"),
    ]
    register_submission(app, workspace.root, "infer", ids, states, partial(parameters, workspace))
    app.callback(Output(Inference.STATUS, "children"), Output(Inference.CANCEL, "disabled"), pulse)(progress)
    app.clientside_callback(
        ClientsideFunction("sunspot", "accepted"),
        Output(Inference.DRAWER, "hidden", allow_duplicate=True),
        Input(Inference.MESSAGE, "children"),
        prevent_initial_call=True,
    )
    app.callback(
        Output(Inference.MESSAGE, "children", allow_duplicate=True),
        Input(Inference.CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )(cancel)
