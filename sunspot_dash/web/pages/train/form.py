"""The form of a new training run, with a preview of the run."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate
from pydantic import ValidationError

from jobs import tasks
from jobs.tasks.parameters import Train as Parameters
from sunspot_dash.domain.labels.categories import listed_categories
from sunspot_dash.errors import ParameterError, SunspotError, UndecidedError
from sunspot_dash.parameters import faults
from sunspot_dash.services.models.preview import preview_training
from sunspot_dash.services.models.training_run import check_name_available
from sunspot_dash.web.components.feedback import LIVE, asked_again, empty, sentence, still_reading
from sunspot_dash.web.components.submission import register_submission
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Train
from sunspot_dash.web.pages.train.fields import LABELS, field
from sunspot_dash.web.pages.train.preview import preview_view
from sunspot_dash.web.pages.train.runs import KIND
from sunspot_dash.web.readers.answers import StillReading
from sunspot_dash.workspace import Workspace

MAIN = ("model_name", "category", "epochs", "batch_size", "learning_rate", "tile_size", "penalty_weight")
ADVANCED = (
    "encoder", "encoder_weights", "radius", "seed", "validation_share", "patience", "device",
    "keep_partly_labelled", "overwrite",
)  # fmt: skip
OPEN = "open"  # the only item of the accordion
NO_LABELS = (
    "Upload drawings with their COCO file, such as instances_default.json of CVAT, on the page Dataset."
)
UNNAMED = "unnamed"  # stands in for the model name, which a configuration requires and a preview does not


def card() -> dbc.Card:
    """Return the card with the fields, the preview and the start button."""
    advanced = [field(Train.FIELD, Train.FAULT, name) for name in ADVANCED]
    more = dbc.AccordionItem(advanced, title="Advanced", item_id=OPEN)
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("New training run"),
                *(field(Train.FIELD, Train.FAULT, name) for name in MAIN),
                dbc.Accordion(more, id=Train.ADVANCED, start_collapsed=True, className="mb-3"),
                html.H2("Preview"),
                # Room for the usual preview, so that the button does not move under the pointer.
                html.Div(id=Train.PREVIEW, className="small mb-3", style={"minHeight": "12rem"}, **LIVE),
                html.Div(
                    dbc.Button("Start training", id=Train.START, color="primary", disabled=True),
                    className="in-view",
                ),
                dcc.Store(id=Train.NONCE),
                dcc.Store(id=Train.PREVIEWED),
            ]
        )
    )


def parameters(values: list[Any], names: list[dict[str, str]]) -> dict[str, Any]:
    """Return the parameters of a training job from the fields.

    A browser sends None for a number out of range. It becomes "", so that it is reported instead of replaced by the
    default.
    """
    given = {name["name"]: "" if value is None else value for name, value in zip(names, values, strict=True)}
    return {name: value for name, value in given.items() if value != "" or name != "model_name"}


def wrong_with(given: dict[str, Any], workspace: Workspace) -> dict[str, str]:
    """Return an error sentence for each invalid parameter, starting with its label."""
    try:
        config = Parameters(**given)
    except ValidationError as error:
        return {name: f"{LABELS[name]} {fault}." for name, fault in faults(error, Parameters).items()}
    try:
        check_name_available(workspace, config.model_name, config.overwrite)
    except ParameterError:
        trained = workspace.model(config.model_name).weights.exists()
        tick = f", or tick “{LABELS['overwrite']}” under Advanced" if trained else ""
        return {"model_name": f"A model named {config.model_name} exists: choose another name{tick}."}
    return {}


def preview(
    values: list[Any], _: Any, __: Any, names: list[dict[str, str]], previewed: str | None
) -> tuple[Any, ...]:
    """Return the preview of a run, the error of each field, and their text; send nothing if the text is unchanged."""
    given = parameters(values, names)
    workspace = current_context().workspace
    wrong = wrong_with(given, workspace)
    parts, ready = _preview(given, wrong, workspace)
    text = repr((parts, wrong, ready))
    if text == previewed:
        raise PreventUpdate
    # A model name that is still empty is not an error yet.
    errors = [wrong.get(name["name"], "") if name["name"] in given else "" for name in names]
    marked = ["is-invalid" if error else "" for error in errors]
    hidden = any(error and name["name"] in ADVANCED for name, error in zip(names, errors, strict=True))
    return parts, marked, errors, not ready, OPEN if hidden else no_update, text


def _preview(given: dict[str, Any], wrong: dict[str, str], workspace: Workspace) -> tuple[Any, bool]:
    """Return the preview with the reason why the run cannot start, or an error text; and whether it can start."""
    if wrong.keys() - {"model_name"}:
        return html.P("Correct the marked fields to see what the run will do.", className="help"), False
    try:
        config = Parameters(**(given | ({"model_name": UNNAMED} if wrong else {})))
        state = str(workspace.images.stat().st_mtime_ns)
        found = current_context().answers.get(preview_training, workspace, config, state=state)
        parts = preview_view(found, config)
    except StillReading as reading:
        return still_reading(reading, KIND), False
    except UndecidedError as error:
        text = f"The categories are {listed_categories(error.counts)}. Tick those that are spots above, or choose them "
        return empty(
            "Which labels are spots?", f"{text}for all pages on Dataset.", "Go to Dataset", "/dataset"
        ), False
    except SunspotError as error:
        known = workspace.annotations_file.exists()
        title = "No drawing to train on" if known else "No labelled drawings yet"
        return empty(title, f"{sentence(error)}." if known else NO_LABELS, "Go to Dataset", "/dataset"), False
    reason = "" if "model_name" in given else wrong.get("model_name", "")  # else it is beside the field
    try:
        if not wrong:
            tasks.check(KIND, given, workspace)
    except SunspotError as error:
        reason = f"{error}."
    if reason:
        parts.append(html.P([html.B("Before it can start: "), reason], className="mt-2 mb-0"))
    return parts, not reason and not wrong


def register(app: Dash, workspace: Workspace) -> None:
    """Register the callbacks."""
    values, names = (({"type": Train.FIELD, "name": ALL}, part) for part in ("value", "id"))
    app.callback(
        Output(Train.PREVIEW, "children"),
        Output({"type": Train.FIELD, "name": ALL}, "class_name"),
        Output({"type": Train.FAULT, "name": ALL}, "children"),
        Output(Train.START, "disabled"),
        Output(Train.ADVANCED, "active_item"),
        Output(Train.PREVIEWED, "data"),
        Input(*values),
        Input(Train.TABLE, "rowData"),
        asked_again(KIND),
        State(*names),
        State(Train.PREVIEWED, "data"),
    )(preview)
    ids = (Train.START, Train.NONCE, Train.MESSAGE, Train.CANCEL)
    register_submission(app, workspace.root, KIND, ids, [State(*values), State(*names)], parameters)
