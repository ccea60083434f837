"""The viewer of one drawing and its detections: original, mask and overlay, side by side or on top of each other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.sun_grid import grid_traces, group_labels, group_outlines
from sunspot_dash.figures.viewer import VIEWS, view_figures
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.catalogue.drawings import neighbour
from sunspot_dash.services.drawing.images import page_size, pages_in, picture_address
from sunspot_dash.services.drawing.overlay import Overlay, overlay_of
from sunspot_dash.services.drawing.results import result_of, spots_of
from sunspot_dash.web import pictures
from sunspot_dash.web.components.feedback import facts
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Inference, Shell
from sunspot_dash.web.pages.inference.viewer_card import OVERLAYS

TAB = "viewer"


def store(drawing: str, spot: str) -> dcc.Store:
    return dcc.Store(id=Inference.KEY, data={"key": drawing, "spot": spot})


def first(_: Any, now: dict[str, str], model: str | None) -> Any:
    """Return the first drawing if none is open."""
    return no_update if now["key"] else _changed(now, _neighbour(model, "", 1))


def picked(cell: dict[str, Any], now: dict[str, str]) -> Any:
    """Return the drawing of the clicked row."""
    return _changed(now, cell["rowId"])


def stepped(_: Any, __: Any, now: dict[str, str], model: str | None) -> Any:
    """Return the previous or next drawing."""
    return _changed(now, _neighbour(model, now["key"], -1 if ctx.triggered_id == Inference.PREVIOUS else 1))


def _neighbour(model: str | None, key: str, step: int) -> str:
    return neighbour(current_context().catalogue, model or "", key, step)


def _changed(now: dict[str, str], key: str) -> Any:
    return {"key": key, "spot": ""} if key and key != now["key"] else no_update


def shown(now: dict[str, str], model: str | None, theme: str, _: Any) -> tuple[Any, Any]:
    """Return all data of a drawing; assets/viewer.js counts and draws the spots."""
    context = current_context()
    row = context.catalogue.drawing(now["key"]) if now["key"] else None
    if row is None:
        text = (
            "This drawing is no longer in the workspace." if now["key"] else "Choose a drawing in the list."
        )
        return {"text": text}, ""
    result = result_of(context.workspace, model or "", row["name"])
    try:
        size, pages = page_size(context.catalogue, now["key"]), pages_in(context.catalogue, now["key"])
        pictures.view(now["key"], "view")  # a figure does not load its picture again if the server is busy
    except SunspotError as error:
        return {"text": str(error)}, ""
    numbered = dict(result.numbered(0.0)) if result else {}
    marked = next((spot for number, spot in numbered.items() if str(number) == now.get("spot")), None)
    figures = view_figures(
        url(picture_address(row, "view")),
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
        "text": f"{row['name']}: not yet processed by {model}"
        if model
        else f"{row['name']}: no model chosen",
        "floor": FLOOR,
        "model_threshold": result.threshold if result else FLOOR,
        "spots": spots_of(result, overlay) if result and overlay else [],
        "over": _layers(result, overlay) if result and overlay else {},
    }
    original = html.A("Original file", href=url(f"/media/{now['key']}/original"))
    return content, html.Div([_facts(result, overlay, pages), original] if result and overlay else original)


def _layers(result: DrawingResult, overlay: Overlay) -> dict[str, Any]:
    """Return the grid and the groups, once for all views."""
    if overlay.grid is None:
        return {}
    return {
        "grid": grid_traces(overlay.grid, result.disk),
        "groups": group_outlines(overlay.seen, result.disk),
        "labels": group_labels(overlay.seen, result.disk, (result.width, result.height)),
    }


def _facts(result: DrawingResult, overlay: Overlay, pages: int) -> html.Dl:
    disk = result.disk
    quality = "corrected manually" if disk.by_hand else f"limb-fit confidence {100 * disk.confidence:.0f} %"
    return facts(
        [
            ("Drawing", result.name),
            *overlay.facts(),
            ("Size", f"{result.width} × {result.height} px"),
            *([("Pages", f"{pages}, the first is used")] if pages > 1 else []),
            ("Limb", f"centre {disk.x:.1f}, {disk.y:.1f} px, radius {disk.radius:.1f} px, {quality}"),
            ("Model", f"{result.model}, {result.seconds:.1f} s"),
        ]
    )


def address(now: dict[str, str], model: str | None) -> Any:
    """Return the URL of the drawing."""
    if not now["key"]:
        return no_update
    query = {"model": model, "drawing": now["key"], "spot": now.get("spot", "")}
    return url("/inference?") + urlencode({name: value for name, value in query.items() if value})


def register(app: Dash) -> None:
    """Register the callbacks."""
    key, model = Input(Inference.KEY, "data"), State(Inference.RESULT_MODEL, "value")
    # Separate callbacks: Dash drops the answer to a call if the same callback is called again, so a step would be lost
    # if the list changed at that moment.
    chosen, now = Output(Inference.KEY, "data", allow_duplicate=True), State(Inference.KEY, "data")
    app.callback(Output(Inference.KEY, "data"), Input(Inference.REVISION, "data"), now, model)(first)
    app.callback(chosen, Input(Inference.LIST, "cellClicked"), now, prevent_initial_call=True)(picked)
    app.callback(
        chosen,
        Input(Inference.PREVIOUS, "n_clicks"),
        Input(Inference.NEXT, "n_clicks"),
        now,
        model,
        prevent_initial_call=True,
    )(stepped)
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
        Output(Inference.THRESHOLD_VALUE, "children"),
        Output(Inference.MODEL_THRESHOLD, "style"),
        Output(Inference.MODEL_THRESHOLD, "hidden"),
        content,
        Input(Inference.THRESHOLD, "value"),
        *(Input(identity, "value") for identity in OVERLAYS),
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
