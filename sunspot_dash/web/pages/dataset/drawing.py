"""One drawing: its labels, its limb, and what of it is set by hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from jobs import control
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.viewer import labels_figure
from sunspot_dash.services.dataset.corrections import circle_of, correct, entered
from sunspot_dash.services.drawing.details import DrawingDetails, drawing_details, limb_of
from sunspot_dash.services.drawing.images import original, page_size
from sunspot_dash.web.components.feedback import LIVE, empty, facts, note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset, Shell
from sunspot_dash.web.pages.dataset import limb, tilt

HEIGHT = "30rem"
HIDDEN, SHOWN = {"display": "none"}, {"display": "block"}
ARCHIVE = "archive"
BOXES = "ag-Grid-SelectionColumn"  # AG Grid's name for the column of boxes
UP = {ARCHIVE: "as its archive", "celestial": "celestial north", "solar": "the Sun's own north"}
ORIENTATION = {
    ARCHIVE: "as its archive",
    "right": "east right (mirrored)",
    "left": "east left (as in the sky)",
}


def card() -> dbc.Card:
    graph = dcc.Graph(
        id=Dataset.VIEW,
        config=limb.CONFIG,
        style={"height": HEIGHT, "display": "none"},
    )
    chosen = html.Div(empty("No drawing chosen", "Choose one in the list."), id=Dataset.CHOSEN)
    return dbc.Card(
        dbc.CardBody(
            [html.H2("Drawing, labels and limb"), graph, chosen, _form(), dcc.Store(id=Dataset.SAVED)]
        )
    )


def _form() -> html.Details:
    return html.Details(
        [
            html.Summary("Set by hand what is wrong"),
            html.P(
                "Empty fields stay as the name and the archive say; the limb is the fitted one until you change it. "
                "The tilt is added to every position angle, which counts from north through east.",
                className="help mt-2 mb-1",
            ),
            dbc.Switch(
                id=Dataset.MOVE,
                label="Move the limb in the picture: drag the disk, or pull its edge",
                value=False,
            ),
            dbc.Row(
                [
                    _field("Date (UT)", dbc.Input(id=Dataset.DATE, type="date", size="sm")),
                    _field("Time (UT)", dbc.Input(id=Dataset.TIME, type="time", size="sm")),
                    _field(
                        "Lies",
                        dbc.Select(
                            id=Dataset.ORIENTATION, options=_options(ORIENTATION), value=ARCHIVE, size="sm"
                        ),
                    ),
                    _field(
                        "Up is", dbc.Select(id=Dataset.UP, options=_options(UP), value=ARCHIVE, size="sm")
                    ),
                    _field("Tilt (°)", dbc.Input(id=Dataset.TILT, type="number", step="any", size="sm")),
                    _field(
                        "Limb centre x (px)", dbc.Input(id=Dataset.X, type="number", step="any", size="sm")
                    ),
                    _field(
                        "Limb centre y (px)", dbc.Input(id=Dataset.Y, type="number", step="any", size="sm")
                    ),
                    _field(
                        "Limb radius (px)", dbc.Input(id=Dataset.RADIUS, type="number", step="any", size="sm")
                    ),
                ],
                className="g-2",
            ),
            tilt.panel(),
            html.Div(
                [
                    dbc.Button("Save", id=Dataset.SAVE, color="primary", size="sm"),
                    dbc.Button(
                        "Set nothing by hand", id=Dataset.UNSET, color="secondary", outline=True, size="sm"
                    ),
                ],
                className="d-flex gap-2 mt-2 flex-wrap",
            ),
            # Here, not in the corner: what is wrong with the fields must not cover them.
            html.Div(id=Dataset.DRAWING_MESSAGE, className="mt-2", **LIVE),
        ],
        id=Dataset.FORM,
        style=HIDDEN,
        className="mt-2",
    )


def _options(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in names.items()]


def _field(text: str, control_: Any) -> dbc.Col:
    label = html.Label(text, htmlFor=control_.id, className="form-label small mb-0")
    return dbc.Col([label, control_], sm=4, xs=6)


def opened(clicked: dict[str, Any] | None) -> Any:
    """The drawing that was clicked; its box only ticks it."""
    return no_update if not clicked or clicked["colId"] == BOXES else clicked["rowId"]


def forgotten(_: str) -> None:
    """What was told of another drawing."""


def address(key: str) -> Any:
    return "/dataset" + ("?" + urlencode({"drawing": key}) if key else "")


def shown(key: str, theme: str, _: Any) -> tuple[Any, ...]:
    """A drawing with its labels and its limb, and the form as it is set."""
    nothing = (no_update, HIDDEN, HIDDEN, *(no_update,) * 8)
    if not key:
        return empty("No drawing chosen", "Choose one in the list."), *nothing
    try:
        sheet = drawing_details(current_context().catalogue, key)
    except SunspotError as error:
        # What goes wrong with one drawing must not hide how to delete it: the list stays as it is.
        return empty("This drawing cannot be shown", str(error)), *nothing
    figure = labels_figure(sheet.picture, sheet.size, sheet.outlines, sheet.circle, theme)
    return _told(sheet), figure, {"height": HEIGHT, "display": "block"}, SHOWN, *_as_fields(sheet)


def _told(sheet: DrawingDetails) -> list[Any]:
    rows = [
        ("Drawing", sheet.name),
        ("Date", sheet.when),
        *([("Same time as", f"{sheet.twin}: delete the one that should not count")] if sheet.twin else []),
        ("Page", f"{sheet.size[0]} x {sheet.size[1]} px"),
        ("Limb", sheet.limb_text()),
        ("Labels", "not listed" if sheet.labels is None else str(sheet.labels)),
        *([("Archive", sheet.archive)] if sheet.archive else []),
    ]
    if not sheet.crop:
        return [facts(rows)]
    about = "the disk alone, round, on even paper"
    picture = html.Img(src=sheet.crop, alt=about, className="crop", width=928, height=928)
    return [
        facts(rows),
        html.Details([html.Summary("The crop that the network sees"), picture], className="mt-2"),
    ]


def _as_fields(sheet: DrawingDetails) -> tuple[Any, ...]:
    correction = sheet.correction
    orientation = {None: ARCHIVE, True: "right", False: "left"}[correction.mirrored]
    up = correction.up or ARCHIVE
    return (
        correction.date or "",
        correction.time,
        orientation,
        up,
        correction.tilt_deg,
        *circle_of(sheet.disk),
    )


def save(_: int | None, __: int | None, key: str, values: tuple[Any, ...]) -> tuple[Any, Any]:
    """Set what is in the form, or nothing, and let the results follow."""
    context = current_context()
    row = context.catalogue.drawing(key)
    if row is None:
        return problem("choose a drawing first"), no_update
    try:
        found = _entered(values, row["name"], key) if ctx.triggered_id == Dataset.SAVE else NONE
        before = correct(context.workspace, row["name"], found)
        follow = _renew(row["name"], key, before.disk != found.disk) if before != found else ""
    except SunspotError as error:
        return problem(str(error)), no_update
    what = "Saved." if found != NONE else "Nothing is set by hand any more."
    return note(f"{what} {follow}".strip()), {"saved": key}


def _entered(values: tuple[Any, ...], name: str, key: str) -> Correction:
    catalogue = current_context().catalogue
    return entered(values, name, page_size(catalogue, key), lambda: limb_of(catalogue, key)[0])


def _renew(name: str, key: str, new_limb: bool) -> str:
    """Queue what makes results true again; returns what to tell of it."""
    context = current_context()
    with_result = context.catalogue.models_with_result(key)
    known = set(context.workspace.known_models())
    models = [model for model in with_result if model in known]
    if not with_result:
        return ""
    if not (new_limb and models):
        job = control.submit(context.ledger, "tables", {})
        return f"Job {job.number} makes the tables anew."
    path = str(original(context.catalogue, key).resolve())
    numbers = [
        str(control.submit(context.ledger, "infer", {"model": model, "drawings": [path]}).number)
        for model in models
    ]
    return f"{'Job' if len(numbers) == 1 else 'Jobs'} {', '.join(numbers)} run the drawing again."


def register(app: Dash) -> None:
    """Make the callbacks known."""
    key = Input(Dataset.KEY, "data")
    lying = [Dataset.ORIENTATION, Dataset.UP, Dataset.TILT]
    fields = [Dataset.DATE, Dataset.TIME, *lying, Dataset.X, Dataset.Y, Dataset.RADIUS]
    tilt.register(app)
    limb.register(app)
    app.callback(
        Output(Dataset.KEY, "data"),
        Input(Dataset.TABLE, "cellClicked"),
        prevent_initial_call=True,
    )(opened)
    app.callback(
        Output(Dataset.DRAWING_MESSAGE, "children", allow_duplicate=True), key, prevent_initial_call=True
    )(forgotten)
    app.callback(Output(Shell.ADDRESS, "data", allow_duplicate=True), key, prevent_initial_call=True)(address)
    app.callback(
        Output(Dataset.CHOSEN, "children"),
        Output(Dataset.VIEW, "figure"),
        Output(Dataset.VIEW, "style"),
        Output(Dataset.FORM, "style"),
        *(Output(field, "value") for field in fields),
        key,
        Input(Shell.THEME, "data"),
        Input(Dataset.SAVED, "data"),
    )(shown)
    app.callback(
        output=[Output(Dataset.DRAWING_MESSAGE, "children"), Output(Dataset.SAVED, "data")],
        inputs=[Input(Dataset.SAVE, "n_clicks"), Input(Dataset.UNSET, "n_clicks")],
        state=[State(Dataset.KEY, "data"), tuple(State(field, "value") for field in fields)],
        prevent_initial_call=True,
    )(save)
