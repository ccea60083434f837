"""Counts over time and detections on the disk, linked: what is chosen on the one filters the other."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.polar import COLOURED, density_figure, polar_figure
from sunspot_dash.figures.series import (
    BINS,
    MOST_POINTS,
    SINGLE,
    TOO_MANY,
    line,
    series_figure,
    show_period,
    shown_bin,
)
from sunspot_dash.figures.theme import UNRUN, UNSEEN, only_words
from sunspot_dash.services.analysis.counts import series
from sunspot_dash.services.analysis.detections import MOST_SPOTS, detections
from sunspot_dash.text import counted
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.controls import choose, labelled
from sunspot_dash.web.pages.explore.figure_card import FigureIds, figure_card, register_saving
from sunspot_dash.web.pages.explore.filters import EAST, FRAMES, PLACES, Choice
from sunspot_dash.web.pages.explore.linked import fields, register_drawn, register_opening, register_period

VIEW = "counts"
SERIES = FigureIds(Explore.SERIES, Explore.SERIES_NOTE, Explore.SERIES_SVG)
POLAR = FigureIds(Explore.POLAR, Explore.COUNT, Explore.POLAR_SVG)
SERIES_HELP = "Drag over the figure or move the slider's ends to choose a period; a point opens its drawing."
POLAR_HELP = "Drag a box over the disk to count its spots only; a spot opens its drawing."


def layout(values: dict[str, Any]) -> list[Any]:
    looks = (
        ("Counts", "bin", BINS),
        ("Places", "frame", FRAMES),
        ("Colour", "colour", COLOURED),
        ("East", "east", EAST),
    )
    return [
        dbc.Row(
            [labelled(text, choose(name, names, values)) for text, name, names in looks], className="g-2 mb-3"
        ),
        dbc.Row(
            [
                dbc.Col(figure_card("Sunspots over time", SERIES, SERIES_HELP), lg=7),
                dbc.Col(figure_card("Detections on the disk", POLAR, POLAR_HELP), lg=5),
            ],
            className="g-3",
        ),
    ]


def counts(choice: Choice, theme: str) -> tuple[Any, str]:
    """The series of the chosen models, and what it shows."""
    found = [series(current_context().catalogue, model, choice.region) for model in choice.models]
    inside = [one.between(choice.period) for one in found]
    points, all_points = (sum(len(one.times) for one in some) for some in (inside, found))
    bin_name = shown_bin(choice.bin, points)
    part = bin_name in SINGLE and all_points > MOST_POINTS
    behind = _lines(choice, found, "month") if part else []
    if not points:
        return only_words(UNSEEN if all_points else UNRUN, theme), "No dated drawing."
    figure = series_figure(_lines(choice, inside if part else found, bin_name), bin_name, theme, behind)
    times = [time for one in found for time in (*one.times[:1], *one.times[-1:])]
    if any(choice.period) and times:
        show_period(figure, choice.period, (min(times), max(times)))
    drawings = len({key for one in inside for key in one.keys})  # several models may have run on the same
    told = counted(drawings, "dated drawing") + (" in the period." if any(choice.period) else ".")
    if bin_name != choice.bin:
        told += f" {TOO_MANY}"
    undated = max((one.undated for one in found), default=0)
    return figure, told + (f" Left out: {counted(undated, 'undated one')}." if undated else "")


def _lines(choice: Choice, found: list[Any], bin_name: str) -> list[Any]:
    return [
        line(model, one.times, one.counts, one.keys, bin_name)
        for model, one in zip(choice.models, found, strict=True)
    ]


def disk(choice: Choice, theme: str) -> tuple[Any, str]:
    """The detections of the first model, and how many they are."""
    on_sun, east_right = choice.frame == "sun", choice.east == "right"
    # A part of the disk as it is seen has no outline on the Sun.
    shown = Region() if on_sun else choice.region
    if not choice.models:
        return only_words("Choose a model", theme), "Choose a model."
    found = detections(current_context().catalogue, choice.models[0], choice.period, choice.region, on_sun)
    told = f"Model {choice.models[0]}: {counted(found.total, 'detection')}."
    if len(choice.models) > 1:
        told = f"The first model chosen, {choice.models[0]}: {counted(found.total, 'detection')}."
    if on_sun:
        told += " The Sun's north is up, its equator seen edge-on; spots of undated drawings are left out."
    if found.cells:
        told += f" More than {MOST_SPOTS:,} are shown as counts in cells of one area"
        told += "." if on_sun else "; a click on a cell looks into it."
        return density_figure(found.rows, shown, east_right, theme), told
    return polar_figure(found.rows, shown, choice.colour, east_right, theme), told


def region(selected: dict[str, Any] | None, clicked: dict[str, Any] | None, frame: str) -> tuple[Any, ...]:
    """The region that holds the selected spots or cells, or the cell that was clicked; then none is selected.

    On the Sun it is the belt of latitudes that holds the selected spots.
    """
    picked = (selected if "selectedData" in ctx.triggered[0]["prop_id"] else clicked) or {}
    points = [point for point in picked.get("points", []) if point.get("customdata")]
    spots = [point for point in points if isinstance(point["customdata"][0], str)]
    if not points or (spots and picked is clicked):
        raise PreventUpdate  # a spot that is clicked opens its drawing
    if frame == "sun":
        if not spots:
            raise PreventUpdate
        belt = [point["customdata"][7] for point in spots]
        ends = (floor(10 * min(belt)) / 10, ceil(10 * max(belt)) / 10)
        return *(no_update,) * 4, *ends, None, None
    places = [point["customdata"][5:7] for point in spots]
    cells = [(r, r, angle, 0.0) for r, angle in places] or [
        tuple(point["customdata"][1:5]) for point in points
    ]
    held = Region.around(cells)
    return held.r_from, held.r_to, held.pa_from, held.pa_to, no_update, no_update, None, None


def register(app: Dash) -> None:
    """Make the callbacks known."""
    for ids, draw in ((SERIES, counts), (POLAR, disk)):
        register_drawn(app, VIEW, [Output(ids.figure, "figure"), Output(ids.note, "children")], draw)
    register_period(app, Explore.SERIES)
    app.callback(
        *fields(*PLACES),
        Output(Explore.POLAR, "selectedData"),
        Output(Explore.POLAR, "clickData"),
        Input(Explore.POLAR, "selectedData"),
        Input(Explore.POLAR, "clickData"),
        State(Explore.FRAME, "value"),
        prevent_initial_call=True,
    )(region)
    register_opening(app, Explore.SERIES, per_model=True)
    register_opening(app, Explore.POLAR)
    register_saving(app, SERIES, POLAR)
