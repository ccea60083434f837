"""One drawing and what a model found on it: original, mask and overlay, beside or over each other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.sun_grid import grid_traces, group_labels, group_outlines
from sunspot_dash.figures.theme import blank
from sunspot_dash.figures.viewer import VIEWS, view_figures
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.catalogue.drawings import neighbour
from sunspot_dash.services.drawing.images import page_size, picture_address
from sunspot_dash.services.drawing.overlay import Overlay, overlay_of
from sunspot_dash.services.drawing.results import result_of, spots_of
from sunspot_dash.web.components.feedback import LIVE, facts
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Inference, Shell

TAB = "viewer"
LAYOUTS = {
    "overlay": "Overlay",
    "original": "Original",
    "mask": "Mask",
    "side": "Side by side",
    "swipe": "Swipe",
}
# What may lie over the picture: whether it does at first.
LAID_OVER = {
    Inference.GRID: ("Grid", True),
    Inference.GROUPS: ("Groups", True),
    Inference.ON_MASK: ("Also on the mask", False),
}
CONFIG: Any = {"displaylogo": False, "scrollZoom": True}


def store(drawing: str, spot: str) -> dcc.Store:
    return dcc.Store(id=Inference.KEY, data={"key": drawing, "spot": spot})


def card() -> dbc.Card:
    step = {"size": "sm", "outline": True, "color": "secondary"}
    bar = [
        dbc.Button("‹ Previous", id=Inference.PREVIOUS, title="the drawing before (left arrow)", **step),
        dbc.Button("Next ›", id=Inference.NEXT, title="the drawing after (right arrow)", **step),
        dbc.RadioItems(
            id=Inference.LAYOUT,
            options=[{"value": value, "label": label} for value, label in LAYOUTS.items()],
            value="overlay",
            inline=True,
            className="ms-auto",
        ),
    ]
    return dbc.Card(
        dbc.CardBody(
            [
                html.Div(bar, className="d-flex gap-2 align-items-center mb-2 flex-wrap"),
                _laid_over(),
                html.Div(id=Inference.COUNT, **LIVE),
                _swipe(),
                html.Div([_view(view) for view in VIEWS] + [html.Div(id=Inference.LINE)], id=Inference.VIEWS),
                html.Div(
                    [
                        html.Label("Least confidence of a counted spot", htmlFor=Inference.THRESHOLD),
                        html.Output(id=Inference.LEAST, className="fw-semibold"),
                    ],
                    className="d-flex gap-2 small mt-2",
                ),
                html.Div(
                    [
                        _range(Inference.THRESHOLD, FLOOR, 1, 0.01),
                        html.Div(id=Inference.OWN, className="own", hidden=True),
                    ],
                    className="position-relative",
                ),
                html.Div("The line marks the model's threshold.", className="help"),
                html.Div(id=Inference.FACTS, className="mt-2"),
                dcc.Store(id=Inference.SHOWN),
            ]
        ),
    )


def _view(view: str) -> html.Div:
    graph = dcc.Graph(
        id=Inference.FIGURES[view], figure=blank(), config=CONFIG, className="h-100", responsive=True
    )
    return html.Div([html.Div(view, className="view-name"), graph], id=Inference.VIEW[view], className="view")


def _laid_over() -> html.Div:
    """What is drawn over the picture, remembered by the browser."""
    boxes = [
        dbc.Checkbox(id=identity, label=label, value=value, persistence=True, persistence_type="local")
        for identity, (label, value) in LAID_OVER.items()
    ]
    return html.Div(boxes, className="d-flex column-gap-3 flex-wrap small")


def _swipe() -> html.Div:
    over = dbc.Select(
        id=Inference.OVER,
        options=[{"value": view, "label": f"{view} on the right"} for view in ("overlay", "mask")],
        value="overlay",
        size="sm",
        style={"maxWidth": "12rem"},
    )
    over_label = html.Label("Over the original", htmlFor=Inference.OVER, className="visually-hidden")
    line_label = html.Label("Place of the line", htmlFor=Inference.SHARE, className="visually-hidden")
    return html.Div(
        [over_label, over, line_label, _range(Inference.SHARE, 0, 100, 1, 50)],
        id=Inference.SWIPE,
        className="swipe",
        style={"display": "none"},
    )


def _range(identity: str, least: float, most: float, step: float, value: float | None = None) -> dbc.Input:
    return dbc.Input(
        id=identity,
        type="range",
        min=least,
        max=most,
        step=step,
        value=value,
        className="form-range p-0 border-0",
    )


def chosen(
    rows: list[dict[str, Any]] | None, _: Any, __: Any, ___: Any, now: dict[str, str], model: str | None
) -> Any:
    """The drawing to show: the one selected, the one before or after, or the first where none was asked for."""
    if ctx.triggered_id == Inference.LIST:
        key = rows[0]["key"] if rows else ""
    elif ctx.triggered_id in (Inference.PREVIOUS, Inference.NEXT) or not now["key"]:
        key = neighbour(
            current_context().catalogue,
            model or "",
            now["key"],
            -1 if ctx.triggered_id == Inference.PREVIOUS else 1,
        )
    else:
        return no_update
    return {"key": key, "spot": ""} if key and key != now["key"] else no_update


def shown(now: dict[str, str], model: str | None, theme: str, _: Any) -> tuple[Any, Any]:
    """Everything of a drawing that the page needs: it counts and draws the spots itself (assets/viewer.js)."""
    context = current_context()
    row = context.catalogue.drawing(now["key"]) if now["key"] else None
    if row is None:
        text = (
            "This drawing is no longer in the workspace." if now["key"] else "Choose a drawing in the list."
        )
        return {"text": text}, ""
    result = result_of(context.workspace, model or "", row["name"])
    try:
        size = page_size(context.catalogue, now["key"])
    except SunspotError as error:
        return {"text": str(error)}, ""
    numbered = dict(result.numbered(0.0)) if result else {}
    marked = next((spot for number, spot in numbered.items() if str(number) == now.get("spot")), None)
    figures = view_figures(
        picture_address(row, "view"),
        size,
        result.disk if result else None,
        (marked.x, marked.y) if marked else None,
        theme,
    )
    overlay = overlay_of(context.workspace, result) if result else None
    content = {
        "name": row["name"],
        "figures": {view: figure.to_plotly_json() for view, figure in figures.items()},
        "ran": result is not None,
        "text": f"{row['name']}: {model or 'no model'} was not run on it",
        "floor": FLOOR,
        "threshold": result.threshold if result else FLOOR,
        "spots": spots_of(result, overlay) if result and overlay else [],
        "over": _over(result, overlay) if result and overlay else {},
    }
    original = html.A("Original file", href=f"/media/{now['key']}/original")
    return content, html.Div([_facts(result, overlay), original] if result and overlay else original)


def _over(result: DrawingResult, overlay: Overlay) -> dict[str, Any]:
    """What is laid over the views, once for all of them."""
    if overlay.grid is None:
        return {}
    return {
        "grid": grid_traces(overlay.grid, result.disk),
        "groups": group_outlines(overlay.seen, result.disk),
        "labels": group_labels(overlay.seen, result.disk, (result.width, result.height)),
    }


def _facts(result: DrawingResult, overlay: Overlay) -> html.Dl:
    disk = result.disk
    sure = "set by hand" if disk.by_hand else f"{disk.confidence:.2f} sure"
    return facts(
        [
            ("Drawing", result.name),
            *overlay.facts(),
            ("Page", f"{result.width} x {result.height} px"),
            ("Disk", f"centre {disk.x:.1f}, {disk.y:.1f} px, radius {disk.radius:.1f} px, {sure}"),
            ("Model", f"{result.model}, {result.seconds:.1f} s"),
        ]
    )


def address(now: dict[str, str], model: str | None) -> Any:
    """The address of the drawing that is shown, to be shared."""
    if not now["key"]:
        return no_update
    asked = {"model": model, "drawing": now["key"], "spot": now.get("spot", "")}
    return "/inference?" + urlencode({name: value for name, value in asked.items() if value})


def register(app: Dash) -> None:
    """Make the callbacks known."""
    key, model = Input(Inference.KEY, "data"), State(Inference.RESULT_MODEL, "value")
    app.callback(
        Output(Inference.KEY, "data"),
        Input(Inference.LIST, "selectedRows"),
        Input(Inference.PREVIOUS, "n_clicks"),
        Input(Inference.NEXT, "n_clicks"),
        Input(Inference.REVISION, "data"),
        State(Inference.KEY, "data"),
        model,
    )(chosen)
    app.callback(
        Output(Inference.SHOWN, "data"),
        Output(Inference.FACTS, "children"),
        key,
        Input(Inference.RESULT_MODEL, "value"),
        Input(Shell.THEME, "data"),
        Input(Inference.REVISION, "data"),
    )(shown)
    app.callback(Output(Shell.ADDRESS, "data", allow_duplicate=True), key, model, prevent_initial_call=True)(
        address
    )
    content = Input(Inference.SHOWN, "data")
    app.clientside_callback(
        ClientsideFunction("viewer", "threshold"), Output(Inference.THRESHOLD, "value"), content
    )
    app.clientside_callback(
        ClientsideFunction("viewer", "recount"),
        *(Output(Inference.FIGURES[view], "figure") for view in VIEWS),
        Output(Inference.COUNT, "children"),
        Output(Inference.LEAST, "children"),
        Output(Inference.OWN, "style"),
        Output(Inference.OWN, "hidden"),
        content,
        Input(Inference.THRESHOLD, "value"),
        *(Input(identity, "value") for identity in LAID_OVER),
    )
    app.clientside_callback(
        ClientsideFunction("viewer", "arrange"),
        Output(Inference.VIEWS, "className"),
        *(Output(Inference.VIEW[view], "style") for view in VIEWS),
        Output(Inference.SWIPE, "style"),
        Output(Inference.LINE, "style"),
        Input(Inference.LAYOUT, "value"),
        Input(Inference.SHARE, "value"),
        Input(Inference.OVER, "value"),
    )
