"""The chosen model: its card, lineage, learning curve and log, and the form to change it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.models.exports import FORMATS
from sunspot_dash.services.models.facts import ancestor_text, end_of_log, facts_of
from sunspot_dash.services.models.lineage import PRESENT, Ancestor, ancestors, children
from sunspot_dash.services.models.notes import LONGEST
from sunspot_dash.services.models.registry import RegisteredModel, cards_of, registered_model
from sunspot_dash.web.components.feedback import empty, facts
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Models
from sunspot_dash.web.pages.models.table import marks

COLOURS = {"cannot be used": "danger", "default": "success"}
HIDDEN, SHOWN = {"display": "none"}, {"display": "block"}


def card() -> dbc.Card:
    """Return the card; the form in it stays while the model changes."""
    buttons = [
        _button("Make default", Models.DEFAULT),
        dbc.DropdownMenu(id=Models.EXPORT, label="Export", size="sm", color="secondary"),
        _button("Archive", Models.ARCHIVE),
        _button("Delete", Models.DELETE, "danger"),
    ]
    name = dbc.InputGroup(
        [
            dbc.Input(id=Models.NAME, type="text", maxLength=64),
            dbc.Button("Rename", id=Models.RENAME, color="secondary"),
        ],
        size="sm",
    )
    notes = dbc.Textarea(id=Models.NOTES, rows=2, maxLength=LONGEST, size="sm")
    form = [
        html.Div(buttons, className="d-flex gap-2 flex-wrap my-2"),
        html.Label("Name", htmlFor=Models.NAME, className="form-label small mb-0"),
        name,
        html.Label("Notes", htmlFor=Models.NOTES, className="form-label small mb-0 mt-2"),
        notes,
        html.Div(_button("Save notes", Models.SAVE_NOTES), className="mt-1 mb-3"),
    ]
    left = [
        html.Div(empty("No model selected", "Choose a model in the table."), id=Models.DESCRIPTION),
        html.Div(form, id=Models.FORM, style=HIDDEN),
        html.Div(id=Models.TRAINING),
    ]
    halves = [dbc.Col(left, lg=6), dbc.Col(id=Models.FACTS, lg=6)]
    return dbc.Card(dbc.CardBody([dbc.Row(halves, className="g-3"), dcc.Store(id=Models.CHOSEN, data="")]))


def _button(text: str, identity: str, color: str = "secondary") -> dbc.Button:
    return dbc.Button(text, id=identity, size="sm", color=color, outline=True)


def described(selected: Any, _: Any, shown: str) -> tuple[Any, ...]:
    """Show the selected model, and fill the form; what is typed in it stays while the model does."""
    name = next((row["name"] for row in selected or []), "") if isinstance(selected, list) else ""
    if not name:
        return (no_update,) * len(OUTPUTS)
    workspace = current_context().workspace
    try:
        model, cards = registered_model(workspace, name), cards_of(workspace)
    except SunspotError as error:
        return empty("This model cannot be shown", str(error)), HIDDEN, "", "", *(no_update,) * 9, ""
    lineage = (ancestors(cards, name), children(cards, name))
    typed = (no_update, no_update) if name == shown else (name, model.notes)
    return (
        _head(model, lineage),
        SHOWN,
        _card(model),
        _training(model),
        _exports(model),
        *typed,
        "Take out of archive" if model.archived else "Archive",
        model.default,
        model.default,
        model.default or model.shipped,
        model.shipped,
        model.shipped,
        name,
    )


def _head(model: RegisteredModel, lineage: tuple[list[Ancestor], list[str]]) -> list[Any]:
    badges = [dbc.Badge(mark, color=COLOURS.get(mark, "secondary")) for mark in marks(model)]
    fault = (
        [dbc.Alert(f"It cannot be used: {model.fault}.", color="danger", className="my-2")]
        if model.fault
        else []
    )
    return [
        html.Div(
            [html.H2(model.name, className="mb-0"), *badges],
            className="d-flex gap-2 align-items-center flex-wrap",
        ),
        *fault,
        *_lineage(model.name, *lineage),
    ]


def _lineage(name: str, parents: list[Ancestor], found: list[str]) -> list[Any]:
    """Return the chain from the oldest known parent to the children, with links; nothing for a model without either."""
    if not parents and not found:
        return []
    chain: list[Any] = []
    for ancestor in reversed(parents):
        text = ancestor_text(ancestor)
        chain += [
            _link(ancestor.name) if ancestor.state == PRESENT else html.Span(text, className="missing"),
            " → ",
        ]
    chain.append(html.B(name))
    for number, child in enumerate(found):
        chain += [", " if number else " → ", _link(child)]
    return [html.Div(["Lineage: ", *chain], className="small mt-2")]


def _link(name: str) -> dcc.Link:
    return dcc.Link(name, href=url(f"/models?model={name}"))


def _card(model: RegisteredModel) -> list[Any]:
    rows = [row for row in facts_of(model) if row[1] != model.fault]
    return [html.H2("Card"), facts(rows)]


def _training(model: RegisteredModel) -> list[Any]:
    """Return the learning curve and the log, if the model was trained here."""
    if model.shipped:
        return []
    files, parts = current_context().workspace.model(model.name), []
    if files.plot.is_file():
        source = url(f"/model-files/{model.name}/plot?v={files.plot.stat().st_mtime_ns:x}")
        picture = html.Img(src=source, alt=f"Learning curve of {model.name}", className="crop")
        parts.append(html.Details([html.Summary("Learning curve"), picture], className="mt-3", open=True))
    if log := end_of_log(files.log):
        text = html.Pre(log, className="log", tabIndex=0)
        parts.append(html.Details([html.Summary("Log of the training"), text], className="mt-3"))
    return parts


def _exports(model: RegisteredModel) -> list[Any]:
    if model.fault:
        return [dbc.DropdownMenuItem("A model that cannot be used is not exported", disabled=True)]
    return [
        dbc.DropdownMenuItem(
            [html.Div(one.suffix), html.Div(one.description, className="help")],
            href=url(f"/model-files/{model.name}/{form}"),
            external_link=True,
        )
        for form, one in FORMATS.items()
    ]


OUTPUTS = (
    Output(Models.DESCRIPTION, "children"),
    Output(Models.FORM, "style"),
    Output(Models.FACTS, "children"),
    Output(Models.TRAINING, "children"),
    Output(Models.EXPORT, "children"),
    Output(Models.NAME, "value"),
    Output(Models.NOTES, "value"),
    Output(Models.ARCHIVE, "children"),
    Output(Models.DEFAULT, "disabled"),
    Output(Models.ARCHIVE, "disabled"),
    Output(Models.DELETE, "disabled"),
    Output(Models.NAME, "disabled"),
    Output(Models.RENAME, "disabled"),
    Output(Models.CHOSEN, "data"),
)


def register(app: Dash) -> None:
    """Register the callbacks."""
    selected, changed = Input(Models.TABLE, "selectedRows"), Input(Models.CHANGED, "data")
    app.callback(*OUTPUTS, selected, changed, State(Models.CHOSEN, "data"))(described)
