"""The fields of the training parameters; range, default and help come from the definition of the configuration."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from jobs.tasks import KINDS
from sunspot_dash.errors import SunspotError
from sunspot_dash.ml.config import ENCODERS, STARTING_WEIGHTS
from sunspot_dash.parameters import help_text, step_of
from sunspot_dash.services.dataset.label_choice import dataset_categories, labels_stamp
from sunspot_dash.services.models.facts import PARAMETER_NAMES
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.context import current_context

PARAMETERS = KINDS["train"].parameters.model_fields
LABELS = {
    "model_name": "Model name",
    "epochs": "Epochs",
    **PARAMETER_NAMES,
    "encoder": "Encoder",
    "encoder_weights": "Initial weights",
    "radius": "Disk radius (px)",
    "seed": "Seed",
    "validation_share": "Validation share",
    "patience": "Patience (epochs)",
    "device": "Device",
    "category": "Labels that are spots",
    "keep_partly_labelled": "Also use partly labelled drawings",
    "parent": "Parent model",
    "reviewed": "Also train on reviewed drawings",
    "overwrite": "Replace an existing model of this name",
}
TERMS = {
    "epochs": "epoch",
    "learning_rate": "learning rate",
    "tile_size": "tile",
    "penalty_weight": "penalty weight",
}
CHOICES = {
    "encoder": list(ENCODERS),
    "encoder_weights": list(STARTING_WEIGHTS),
    "device": ["auto", "cpu", "cuda"],
}


def field(kind: str, fault: str, name: str) -> html.Div:
    """Return label, input, error text and help of a training parameter.

    The id of the input is {"type": kind, "name": name}, the id of the error text {"type": fault, "name": name}.
    """
    info = PARAMETERS[name]
    identity = {"type": kind, "name": name}
    limits = {
        side: getattr(limit, key)
        for limit in info.metadata
        for key, side in (("ge", "min"), ("gt", "min"), ("le", "max"))
        if getattr(limit, key, None) is not None
    }
    label = html.Label(LABELS[name], htmlFor=_html_id(identity), className="form-label mb-0")
    # Bootstrap shows it only next to an invalid input.
    error = html.Div(id={"type": fault, "name": name}, className="invalid-feedback", **LIVE)
    if name == "overwrite":
        return html.Div([dbc.Checkbox(id=identity, label=LABELS[name], value=False), error])
    if name == "keep_partly_labelled":
        switch = dbc.Switch(id=identity, label=LABELS[name], value=False, class_name="mb-0")
        return html.Div([switch, error, html.Div(help_text(info), className="help")], className="mb-2")
    if name == "category":
        return _categories(identity, error)
    if name in CHOICES:
        control = dbc.Select(id=identity, options=CHOICES[name], value=info.default, size="sm")
    elif info.annotation in (int, float):
        step = step_of(info) or (1 if info.annotation is int else "any")
        control = dbc.Input(
            id=identity, type="number", value=info.default, step=step, size="sm", required=True, **limits
        )
    else:
        control = dbc.Input(id=identity, type="text", value="", size="sm", placeholder="e.g. uccle-2026")
    term = [explain(TERMS[name])] if name in TERMS else []
    return html.Div(
        [label, *term, control, error, html.Div(help_text(info), className="help")], className="mb-2"
    )


def _categories(identity: dict[str, str], error: html.Div) -> html.Div:
    """Return a box to tick for each category of the labels; hidden if there are less than two."""
    context = current_context()
    try:
        state = repr(labels_stamp(context.workspace))
        counts, chosen = context.answers.get(dataset_categories, context.workspace, state=state)
    except SunspotError:  # no labels, or a large file that is still being read: the preview says so
        counts, chosen = {}, []
    options = [
        {"label": f"{name} ({counted(number, 'label')})", "value": name} for name, number in counts.items()
    ]
    boxes = dbc.Checklist(id=identity, options=options, value=chosen, class_name="small")
    title = html.Div(LABELS["category"], className="form-label mb-0")
    hint = html.Div("None ticked: as chosen on the Dataset page.", className="help")
    return html.Div([title, boxes, error, hint], className="mb-2", hidden=len(counts) < 2)


def _html_id(identity: dict[str, str]) -> str:
    """Return the id that Dash gives the HTML element."""
    return "{" + ",".join(f'"{key}":"{identity[key]}"' for key in sorted(identity)) + "}"
