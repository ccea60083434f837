"""The reference series to compare with: choose, import, download, remove."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.analysis.download import fetch
from sunspot_dash.services.analysis.references import (
    KINDS,
    SILSO_KINDS,
    Recognised,
    Reference,
    import_reference,
    recognise,
    references,
    remove_reference,
)
from sunspot_dash.services.dataset.trash import restore
from sunspot_dash.text import counted
from sunspot_dash.web.components.clicks import Click, last_click, store
from sunspot_dash.web.components.feedback import LIVE, note, problem
from sunspot_dash.web.components.table_upload import received, table_upload
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.filters import FIELDS

SHOWN_REMARKS = 5


def panel(values: dict[str, Any]) -> html.Div:
    """Return the select of the reference series, and the buttons to add and remove one."""
    small = {"size": "sm", "outline": True, "color": "secondary"}
    options = _options()
    picked = values["reference"] if values["reference"] in {option["value"] for option in options} else ""
    chosen = dbc.Select(id=FIELDS["reference"], options=options, value=picked, size="sm")
    upload = table_upload(Explore.UPLOAD, "Import CSV file")
    kinds = dbc.Select(
        id=Explore.FETCH_KIND,
        options=[{"value": kind, "label": KINDS[kind]} for kind in SILSO_KINDS],
        value=SILSO_KINDS[0],
        size="sm",
        style={"width": "14rem"},
    )
    return html.Div(
        [
            html.Label("Reference series", htmlFor=FIELDS["reference"], className="small"),
            chosen,
            html.Div(
                [
                    upload,
                    dcc.Store(id=Explore.UPLOAD_NAME, data="CSV file of a reference series"),
                    html.Label("SILSO series", htmlFor=Explore.FETCH_KIND, className="visually-hidden"),
                    kinds,
                    dbc.Button("Download from SILSO", id=Explore.FETCH, **small),
                    dbc.Button("Remove", id=Explore.REMOVE_REFERENCE, **small),
                    html.Span(id=Explore.UNDO),
                    store(Explore.UNDO),
                ],
                className="d-flex gap-2 align-items-center flex-wrap mt-2",
            ),
            html.Div(id=Explore.RECOGNISED, **LIVE),
        ]
    )


def _options() -> list[dict[str, str]]:
    found = references(current_context().workspace)
    return [
        {"value": "", "label": "none"},
        *({"value": one.identifier, "label": _describe(one)} for one in found),
    ]


def _describe(reference: Reference) -> str:
    origin = f"{reference.name}, {reference.how} {reference.when[:10]}"
    return f"{KINDS[reference.kind]}, {reference.first} to {reference.last} ({origin})"


def show_recognised(content: str | None, name: str | None) -> tuple[Any, Any]:
    """Show what an uploaded file was recognised as, before it is added."""
    if not content:
        return "", no_update
    try:
        return _question(recognise(received(content), name or "file")), no_update
    except SunspotError as error:
        return "", problem(str(error))


def _question(found: Recognised) -> html.Div:
    options = [{"value": kind, "label": KINDS[kind]} for kind in found.kinds]
    choice = dbc.Select(
        id=Explore.RECOGNISED_KIND, options=options, value=found.kind, size="sm", disabled=len(options) == 1
    )
    remarks = [html.Li(remark) for remark in found.remarks[:SHOWN_REMARKS]]
    if len(found.remarks) > SHOWN_REMARKS:
        remarks.append(html.Li(f"and {len(found.remarks) - SHOWN_REMARKS} more"))
    return html.Div(
        [
            html.P(f"{found}.", className="mb-2"),
            html.Ul(remarks, className="small mb-2") if remarks else None,
            html.Label("Add it as", htmlFor=Explore.RECOGNISED_KIND, className="small"),
            html.Div(
                [
                    html.Div(choice, style={"width": "16rem"}),
                    dbc.Button("Add", id=Explore.ADD, size="sm", color="primary"),
                    dbc.Button("Cancel", id=Explore.CANCEL, size="sm", color="secondary", outline=True),
                ],
                className="d-flex gap-2 align-items-center flex-wrap",
            ),
        ],
        className="border rounded p-3 mt-2",
    )


def add(clicks: int | None, content: str | None, name: str | None, kind: str) -> tuple[Any, Any, Any, Any]:
    """Add the uploaded file as the chosen kind, select it, and take the question away."""
    if not clicks or not content:
        return (no_update,) * 4
    try:
        found = import_reference(current_context().workspace, received(content), name or "file", kind)
    except SunspotError as error:
        return problem(str(error)), no_update, no_update, no_update
    return *_added(found), None


def download(_: int, kind: str) -> tuple[Any, Any, Any]:
    """Download a series from SILSO, and select it."""
    try:
        return _added(fetch(current_context().workspace, kind))
    except SunspotError as error:
        return problem(str(error)), no_update, no_update


def _added(found: Reference) -> tuple[Any, Any, Any]:
    return note(f"{_describe(found)}: {counted(found.rows, 'value')}."), _options(), found.identifier


def remove(_: int, identifier: str | None) -> tuple[Any, Any, Any, Any]:
    """Move the chosen reference series to the trash."""
    if not identifier:
        return problem("choose the series to remove first"), no_update, no_update, no_update
    try:
        deletion = remove_reference(current_context().workspace, identifier)
    except SunspotError as error:
        return problem(str(error)), no_update, no_update, no_update
    undo_button = dbc.Button(
        "Undo", id={"type": Explore.UNDO, "number": deletion.number}, size="sm", color="secondary"
    )
    return note(f"{deletion.names[0]} removed."), _options(), "", undo_button


def undo(click: Click) -> tuple[Any, Any, Any]:
    """Restore the removed reference series."""
    if not click:
        raise PreventUpdate
    try:
        restore(current_context().workspace, click["number"])
    except SunspotError as error:
        return problem(str(error)), no_update, no_update
    return note("The series is restored."), _options(), ""


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.clientside_callback(
        ClientsideFunction("figures", "name"),
        Output(Explore.UPLOAD, "className"),
        Input(Explore.UPLOAD_NAME, "data"),
        State(Explore.UPLOAD, "id"),
    )
    message = Output(Explore.REFERENCE_MESSAGE, "children", allow_duplicate=True)
    options = Output(FIELDS["reference"], "options", allow_duplicate=True)
    picked = Output(FIELDS["reference"], "value", allow_duplicate=True)
    undo_button = Output(Explore.UNDO, "children", allow_duplicate=True)
    app.callback(
        Output(Explore.RECOGNISED, "children"),
        message,
        Input(Explore.UPLOAD, "contents"),
        State(Explore.UPLOAD, "filename"),
        prevent_initial_call=True,
    )(show_recognised)
    app.callback(
        message,
        options,
        picked,
        Output(Explore.UPLOAD, "contents", allow_duplicate=True),
        Input(Explore.ADD, "n_clicks"),
        State(Explore.UPLOAD, "contents"),
        State(Explore.UPLOAD, "filename"),
        State(Explore.RECOGNISED_KIND, "value"),
        prevent_initial_call=True,
    )(add)
    app.clientside_callback(
        "clicks => clicks ? null : window.dash_clientside.no_update",
        Output(Explore.UPLOAD, "contents", allow_duplicate=True),
        Input(Explore.CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )
    app.callback(
        message,
        options,
        picked,
        Input(Explore.FETCH, "n_clicks"),
        State(Explore.FETCH_KIND, "value"),
        prevent_initial_call=True,
    )(download)
    app.callback(
        message,
        options,
        picked,
        undo_button,
        Input(Explore.REMOVE_REFERENCE, "n_clicks"),
        State(FIELDS["reference"], "value"),
        prevent_initial_call=True,
    )(remove)
    app.callback(
        message,
        options,
        undo_button,
        last_click(app, Explore.UNDO, "number"),
        prevent_initial_call=True,
    )(undo)
