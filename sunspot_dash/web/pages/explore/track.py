"""One tracked group: its pictures from drawing to drawing, and its area and longitude over time."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from sunspot_dash.figures.theme import text_figure
from sunspot_dash.figures.track_curves import track_figure
from sunspot_dash.services.analysis.tracks import days_of_track
from sunspot_dash.services.catalogue.sources import source_of
from sunspot_dash.text import counted
from sunspot_dash.web.components.figure_card import FigureIds, figure_card, register_saving
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Explore, Shell
from sunspot_dash.web.pages.explore.linked import drawing_address, register_opening

CURVES = FigureIds(Explore.TRACK_CURVES, Explore.TRACK_NOTE)
HELP = "Click a picture or a point to open its drawing. Areas are umbral, in millionths of the solar hemisphere (MSH)."
MARGIN = 0.6  # around the spots of the group, as a part of their extent
SMALLEST = 0.07  # side of a picture, as a part of the drawing's width


def layout() -> html.Div:
    """Return the place for the chosen group, hidden until one is chosen."""
    strip = html.Div(id=Explore.TRACK_STRIP, className="film")
    card = figure_card("The chosen group", CURVES, HELP, "18rem", more=[strip])
    return html.Div(card, id=Explore.TRACK, hidden=True, className="mt-3")


def shown(
    rows: list[dict[str, Any]] | None, theme: str, chosen: list[str], counts: str
) -> tuple[Any, Any, Any, bool]:
    """Return the pictures, the curves and the description of the chosen group, and whether to hide them."""
    if rows is None:
        raise PreventUpdate
    theme = "dark" if theme == "dark" else "light"
    if not rows or not chosen:
        return [], text_figure("Choose a group", theme), "", True
    days = days_of_track(current_context().catalogue, source_of(chosen[0], counts), rows[0]["seen"])
    side = round(max([_extent(day) for day in days], default=0) * (1 + MARGIN))
    pictures = [_picture(day, side, drawing_address(chosen[0], counts, day["key"])) for day in days]
    first, last = rows[0]["first"], rows[0]["last"]
    note = f"Group at B {rows[0]['latitude_deg']:.1f}°, on {counted(len(days), 'drawing')}, {first} to {last} UT."
    return pictures, track_figure(days, theme), note, False


def _extent(day: dict[str, Any]) -> float:
    return max(day["x_to"] - day["x_from"], day["y_to"] - day["y_from"], SMALLEST * (day["width"] or 0))


def _picture(day: dict[str, Any], side: int, address: str) -> html.A:
    """Return a link to the drawing with the part of it around the group, all at one scale."""
    when = f"{day['date']} {day['time']}".strip()
    caption = [html.Span(when), html.Span(counted(day["spots"], "spot"))]
    return html.A([*_image(day, side, f"Group on {when}"), *caption], href=address, className="frame-link")


def _image(day: dict[str, Any], side: int, text: str) -> list[html.Img]:
    if not day["width"]:
        return []
    side = min(side, day["width"], day["height"])
    left, top = (
        min(max(round((day[low] + day[high] - side) / 2), 0), day[size] - side)
        for low, high, size in (("x_from", "x_to", "width"), ("y_from", "y_to", "height"))
    )
    query = f"left={left}&top={top}&right={left + side}&bottom={top + side}&v={day['version']}"
    return [html.Img(src=url(f"/media/{day['key']}/window?{query}"), alt=text)]


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Explore.TRACK_STRIP, "children"),
        Output(CURVES.figure, "figure"),
        Output(CURVES.note, "children"),
        Output(Explore.TRACK, "hidden"),
        Input(Explore.TRACKS, "selectedRows"),
        Input(Shell.THEME, "data"),
        State(Explore.MODEL, "value"),
        State(Explore.COUNTS, "value"),
        prevent_initial_call=True,
    )(shown)
    register_opening(app, Explore.TRACK_CURVES)
    register_saving(app, CURVES)
