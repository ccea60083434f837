"""The open drawing: its labels, its limb, and its manual corrections."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.errors import ConflictError, SunspotError
from sunspot_dash.figures.labels import labels_figure
from sunspot_dash.services.dataset.corrections import correction_state, form_values
from sunspot_dash.services.drawing.details import DrawingDetails
from sunspot_dash.web import pictures
from sunspot_dash.web.components.correction_fields import ids_of
from sunspot_dash.web.components.feedback import empty, facts, note, problem
from sunspot_dash.web.components.icons import icon
from sunspot_dash.web.components.table import clicked_row
from sunspot_dash.web.context import current_context, result_url, url
from sunspot_dash.web.corrections import entered, save_correction
from sunspot_dash.web.ids import Dataset, Shell
from sunspot_dash.web.pages.dataset import correction_form, limb, tags, tilt

HIDDEN, SHOWN = correction_form.HIDDEN, {"display": "block"}
FIELDS = ids_of(Dataset)
BOXES = "ag-Grid-SelectionColumn"  # id that AG Grid gives the checkbox column


def card() -> dbc.Card:
    graph = dcc.Graph(id=Dataset.VIEW, config=limb.CONFIG, className="drawing-view", style=HIDDEN)
    full_screen = html.Button(
        [icon("arrows-fullscreen"), html.Span("Full screen")],
        id=Dataset.FULL_SCREEN,
        type="button",
        className="btn btn-sm btn-outline-secondary full-screen",
    )
    chosen = html.Div(empty("No drawing selected", "Choose a drawing in the list."), id=Dataset.CHOSEN)
    return dbc.Card(
        dbc.CardBody(
            [
                html.Div(
                    [html.H2("Drawing, labels and limb", tabIndex=-1), full_screen],
                    className="d-flex justify-content-between",
                ),
                html.Div(
                    [
                        html.Div(graph, id=Dataset.FRAME),
                        html.Div([chosen, tags.chips(), correction_form.layout()]),
                    ],
                    className="drawing-split",
                ),
                dcc.Store(id=Dataset.SAVED),
                dcc.Store(id=Dataset.OPENED),
                dcc.Store(id=Dataset.REVEALED),
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
    """Show a drawing with its labels and limb, and fill the form, unless only the theme has changed."""
    kept = (no_update,) * (1 + len(FIELDS))
    nothing = (no_update, HIDDEN, HIDDEN, *kept)
    if not key:
        return empty("No drawing selected", "Choose a drawing in the list."), *nothing
    try:
        details = pictures.drawing_details(key)
    except SunspotError as error:
        # Only this panel shows the error; the list stays usable, for example to delete the drawing.
        return empty("This drawing cannot be shown", str(error)), *nothing
    figure = labels_figure(url(details.picture), details.size, details.outlines, details.circle, theme)
    form = (
        {"key": key, "state": correction_state(details.correction)},
        *form_values(details.correction, details.disk),
    )
    return _details(details, key), figure, SHOWN, SHOWN, *(kept if ctx.triggered_id == Shell.THEME else form)


def _details(details: DrawingDetails, key: str) -> list[Any]:
    catalogue = current_context().catalogue
    rows: list[tuple[str, Any]] = [
        ("Drawing", details.name),
        *(("Failed", f"{reason} (model {model})") for model, reason in catalogue.failures_of(key)),
        *(
            ("Spots found", html.A(f"open the result of {model}", href=result_url(model, key)))
            for model in catalogue.models_with_result(key)
        ),
        ("Date", details.when),
        *(
            [("Same time as", f"{details.twin}: delete the one that should not be counted")]
            if details.twin
            else []
        ),
        ("Size", f"{details.size[0]} × {details.size[1]} px"),
        *([("Pages", f"{details.pages}, the first is used")] if details.pages > 1 else []),
        ("Limb", details.limb_text()),
        *([("Observer", details.correction.observer)] if details.correction.observer else []),
        ("Labels", "not listed" if details.labels is None else f"{details.labels}, drawn as outlines"),
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


def save(
    _: int | None, __: int | None, form: dict[str, str] | None, values: tuple[Any, ...]
) -> tuple[Any, Any]:
    """Save or discard the corrections of the drawing in the form, and queue the jobs that update the results.

    Another drawing may have been opened that the form does not show yet.
    """
    if not form:
        return problem("choose a drawing first"), no_update
    key = form["key"]
    try:
        found = (
            entered(key, values, lambda: pictures.limb_of(key)[0])
            if ctx.triggered_id == Dataset.SAVE
            else NONE
        )
        jobs = save_correction(key, found, opened=form["state"])
    except ConflictError as error:
        return problem(str(error)), {"saved": key}  # fills the form with the new values
    except SunspotError as error:
        return problem(str(error)), no_update
    what = "Saved." if found != NONE else "All corrections are discarded."
    return note(f"{what} {jobs}".strip()), {"saved": key}


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
    app.clientside_callback(
        ClientsideFunction("drawing", "reveal"),
        Output(Dataset.REVEALED, "data"),
        key,
        prevent_initial_call=True,
    )
    app.callback(Output(Shell.ADDRESS, "data", allow_duplicate=True), key, prevent_initial_call=True)(address)
    app.callback(
        Output(Dataset.CHOSEN, "children"),
        Output(Dataset.VIEW, "figure"),
        Output(Dataset.VIEW, "style"),
        Output(Dataset.FORM, "style"),
        Output(Dataset.OPENED, "data"),
        *(Output(field, "value") for field in FIELDS),
        key,
        Input(Shell.THEME, "data"),
        Input(Dataset.SAVED, "data"),
    )(shown)
    app.callback(
        output=[Output(Dataset.DRAWING_MESSAGE, "children"), Output(Dataset.SAVED, "data")],
        inputs=[Input(Dataset.SAVE, "n_clicks"), Input(Dataset.DISCARD, "n_clicks")],
        state=[
            State(Dataset.OPENED, "data"),
            tuple(State(field, "value") for field in FIELDS),
        ],
        prevent_initial_call=True,
    )(save)
