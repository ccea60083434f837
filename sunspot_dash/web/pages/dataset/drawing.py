"""The open drawing: its labels, its limb, and its manual corrections."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from jobs import control
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.labels import labels_figure
from sunspot_dash.services.dataset.corrections import correct, parse_correction
from sunspot_dash.services.drawing.details import DrawingDetails
from sunspot_dash.services.drawing.images import original, page_size
from sunspot_dash.web import pictures
from sunspot_dash.web.components.feedback import empty, facts, note, problem
from sunspot_dash.web.components.table import clicked_row
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Dataset, Shell
from sunspot_dash.web.pages.dataset import correction_form, limb, tilt

HEIGHT = "30rem"
HIDDEN, SHOWN = correction_form.HIDDEN, {"display": "block"}
BOXES = "ag-Grid-SelectionColumn"  # id that AG Grid gives the checkbox column


def card() -> dbc.Card:
    graph = dcc.Graph(
        id=Dataset.VIEW,
        config=limb.CONFIG,
        style={"height": HEIGHT, "display": "none"},
    )
    chosen = html.Div(empty("No drawing selected", "Choose a drawing in the list."), id=Dataset.CHOSEN)
    return dbc.Card(
        dbc.CardBody(
            [
                html.H2("Drawing, labels and limb"),
                graph,
                chosen,
                correction_form.layout(),
                dcc.Store(id=Dataset.SAVED),
            ]
        )
    )


def opened(clicked: dict[str, Any] | None) -> Any:
    """Open the clicked drawing; a click on its checkbox only selects it."""
    key = clicked_row(clicked)
    return key if key and clicked and clicked["colId"] != BOXES else no_update


def address(key: str) -> Any:
    return url("/dataset") + ("?" + urlencode({"drawing": key}) if key else "")


def shown(key: str, theme: str, _: Any) -> tuple[Any, ...]:
    """Show a drawing with its labels and limb, and fill the form."""
    nothing = (no_update, HIDDEN, HIDDEN, *(no_update,) * 8)
    if not key:
        return empty("No drawing selected", "Choose a drawing in the list."), *nothing
    try:
        details = pictures.drawing_details(key)
    except SunspotError as error:
        # Only this panel shows the error; the list stays usable, for example to delete the drawing.
        return empty("This drawing cannot be shown", str(error)), *nothing
    figure = labels_figure(url(details.picture), details.size, details.outlines, details.circle, theme)
    return (
        _details(details),
        figure,
        {"height": HEIGHT, "display": "block"},
        SHOWN,
        *correction_form.values_of(details),
    )


def _details(details: DrawingDetails) -> list[Any]:
    rows = [
        ("Drawing", details.name),
        ("Date", details.when),
        *(
            [("Same time as", f"{details.twin}: delete the one that should not be counted")]
            if details.twin
            else []
        ),
        ("Size", f"{details.size[0]} × {details.size[1]} px"),
        *([("Pages", f"{details.pages}, the first is used")] if details.pages > 1 else []),
        ("Limb", details.limb_text()),
        ("Labels", "not listed" if details.labels is None else str(details.labels)),
        *([("Archive", details.archive)] if details.archive else []),
    ]
    if not details.crop:
        return [facts(rows)]
    description = "The disk, corrected to a circle, on a uniform background"
    picture = html.Img(src=url(details.crop), alt=description, className="crop", width=928, height=928)
    return [
        facts(rows),
        html.Details([html.Summary("Input of the network"), picture], className="mt-2"),
    ]


def save(_: int | None, __: int | None, key: str, values: tuple[Any, ...]) -> tuple[Any, Any]:
    """Save or discard the corrections, and queue the jobs that update the results."""
    context = current_context()
    row = context.catalogue.drawing(key)
    if row is None:
        return problem("choose a drawing first"), no_update
    try:
        found = _entered(values, row["name"], key) if ctx.triggered_id == Dataset.SAVE else NONE
        before = correct(context.workspace, row["name"], found)
        jobs = _renew(row["name"], key, before.disk != found.disk) if before != found else ""
    except SunspotError as error:
        return problem(str(error)), no_update
    what = "Saved." if found != NONE else "All corrections are discarded."
    return note(f"{what} {jobs}".strip()), {"saved": key}


def _entered(values: tuple[Any, ...], name: str, key: str) -> Correction:
    catalogue = current_context().catalogue
    return parse_correction(values, name, page_size(catalogue, key), lambda: pictures.limb_of(key)[0])


def _renew(name: str, key: str, new_limb: bool) -> str:
    """Queue the jobs that update the results, and return a sentence about them."""
    context = current_context()
    with_result = context.catalogue.models_with_result(key)
    known = set(context.workspace.known_models())
    models = [model for model in with_result if model in known]
    if not with_result:
        return ""
    if not (new_limb and models):
        job = control.submit(context.ledger, "tables", {})
        return f"Job {job.number} rebuilds the tables."
    path = str(original(context.catalogue, key).resolve())
    numbers = [
        str(control.submit(context.ledger, "infer", {"model": model, "drawings": [path]}).number)
        for model in models
    ]
    verb = "Job {} processes" if len(numbers) == 1 else "Jobs {} process"
    return f"{verb.format(', '.join(numbers))} the drawing again."


def register(app: Dash) -> None:
    """Register the callbacks."""
    key = Input(Dataset.KEY, "data")
    tilt.register(app)
    limb.register(app)
    app.callback(
        Output(Dataset.KEY, "data"),
        Input(Dataset.TABLE, "cellClicked"),
        prevent_initial_call=True,
    )(opened)
    # In the browser, at once: an answer of the server could clear a message that came after it.
    app.clientside_callback(
        ClientsideFunction("sunspot", "clear"),
        Output(Dataset.DRAWING_MESSAGE, "children", allow_duplicate=True),
        key,
        prevent_initial_call=True,
    )
    app.callback(Output(Shell.ADDRESS, "data", allow_duplicate=True), key, prevent_initial_call=True)(address)
    app.callback(
        Output(Dataset.CHOSEN, "children"),
        Output(Dataset.VIEW, "figure"),
        Output(Dataset.VIEW, "style"),
        Output(Dataset.FORM, "style"),
        *(Output(field, "value") for field in correction_form.FIELDS),
        key,
        Input(Shell.THEME, "data"),
        Input(Dataset.SAVED, "data"),
    )(shown)
    app.callback(
        output=[Output(Dataset.DRAWING_MESSAGE, "children"), Output(Dataset.SAVED, "data")],
        inputs=[Input(Dataset.SAVE, "n_clicks"), Input(Dataset.DISCARD, "n_clicks")],
        state=[State(Dataset.KEY, "data"), tuple(State(field, "value") for field in correction_form.FIELDS)],
        prevent_initial_call=True,
    )(save)
