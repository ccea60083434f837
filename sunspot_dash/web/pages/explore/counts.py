"""Spot counts over time and detections on the disk; a selection in one filters the other."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.polar import COLOURED, density_figure, polar_figure
from sunspot_dash.figures.spot_counts import (
    AUTO,
    BINS,
    SINGLE,
    count_series,
    counts_figure,
    show_period,
    shown_bin,
)
from sunspot_dash.figures.theme import NO_MATCH, NO_RESULTS, text_figure
from sunspot_dash.figures.time_series import BARS, LINES, TOO_MANY, TimeSeries
from sunspot_dash.services.analysis.counts import series
from sunspot_dash.services.analysis.detections import MOST_SPOTS, detections
from sunspot_dash.services.catalogue.sources import describe_source
from sunspot_dash.text import counted
from sunspot_dash.web.components.figure_card import FigureIds, figure_card, no_model, register_saving
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.controls import choose
from sunspot_dash.web.pages.explore.filters import EAST, FRAMES, POSITION, Choice
from sunspot_dash.web.pages.explore.linked import fields, register_drawn, register_opening, register_period

VIEW = "counts"
SERIES = FigureIds(Explore.SERIES, Explore.SERIES_NOTE)
POLAR = FigureIds(Explore.POLAR, Explore.COUNT)
SERIES_HELP = (
    "Drag across the figure or move the slider's ends to choose a period; click a point to open its drawing."
)
POLAR_HELP = (
    "Drag a box on the disk to count only the spots in it; click a spot to open its drawing. North is that of the "
    "drawings: celestial, unless solar north is up on them."
)


def layout(values: dict[str, Any]) -> list[Any]:
    bins = [choose("Counts", "bin", BINS, values)]
    disk_options = [
        choose("Positions", "frame", FRAMES, values),
        choose("Colour by", "colour", COLOURED, values),
        choose("East is on the", "east", EAST, values),
    ]
    return [
        dbc.Row(
            [
                dbc.Col(figure_card("Sunspots over time", SERIES, SERIES_HELP, "32rem", bins), lg=7),
                dbc.Col(figure_card("Detections on the disk", POLAR, POLAR_HELP, options=disk_options), lg=5),
            ],
            className="g-3",
        ),
    ]


def counts(choice: Choice, theme: str) -> tuple[Any, str]:
    """Draw the counts of the chosen models, and describe them."""
    found = [series(current_context().catalogue, source, choice.region) for source in choice.sources]
    inside = [one.between(choice.period) for one in found]
    points, all_points = (sum(len(one.times) for one in some) for some in (inside, found))
    bin_name = shown_bin(choice.bin, points)
    if not points:
        return text_figure(NO_MATCH if all_points else NO_RESULTS, theme), "No dated drawing."
    # Of a long series, only the drawings of the period are sent; monthly means stand for the others.
    part = bin_name in SINGLE and points < all_points and shown_bin(AUTO, all_points) == "month"
    shown = _series(choice, inside if part else found, bin_name)
    figure = counts_figure(
        shown,
        bin_name,
        theme,
        _series(choice, found, "month") if part else [],
        _series(choice, found, "smoothed") if bin_name == "month" else [],
    )
    times = [time for one in found for time in (*one.times[:1], *one.times[-1:])]
    if any(choice.period) and times:
        show_period(figure, choice.period, (min(times), max(times)))
    drawings = len({key for one in inside for key in one.keys})  # models may share drawings
    note = counted(drawings, "dated drawing") + (" in the period." if any(choice.period) else ".")
    if any(one.has_errors for one in shown):
        note += f" {BARS}"
    if choice.bin not in (AUTO, bin_name):
        note += f" {TOO_MANY}"
    if bin_name == "month":
        note += f" {LINES.format('monthly means')}"
    undated = max((one.undated for one in found), default=0)
    note += choice.counted
    return figure, note + (f" Left out: {counted(undated, 'undated drawing')}." if undated else "")


def _series(choice: Choice, found: list[Any], bin_name: str) -> list[TimeSeries]:
    colours = choice.colours
    return [
        count_series(
            describe_source(source),
            one.times,
            one.counts,
            one.keys,
            bin_name,
            colour,
            (one.below, one.above),
        )
        for source, one, colour in zip(choice.sources, found, colours, strict=True)
    ]


def disk(choice: Choice, theme: str) -> tuple[Any, str]:
    """Draw the detections of the first model on the whole disk, and say how many are in the region."""
    on_sun, east_right = choice.frame == "sun", choice.east == "right"
    if not choice.source:
        return no_model(theme)
    catalogue, model = current_context().catalogue, describe_source(choice.source)
    found = detections(catalogue, choice.source, choice.period, choice.region, on_sun)
    around = (
        () if choice.region.whole else detections(catalogue, choice.source, choice.period, on_sun=on_sun).rows
    )
    # A region of the disk has no outline in heliographic coordinates.
    shown = Region() if on_sun else choice.region
    note = f"Model {model}: {counted(found.total, 'detection')}."
    if len(choice.models) > 1:
        note = f"The first model chosen, {model}: {counted(found.total, 'detection')}."
    if on_sun:
        note += " Solar north is up, the equator edge-on; spots of undated drawings are left out."
    if found.cells:
        note += f" More than {MOST_SPOTS:,} are shown as counts in cells of equal area"
        note += "." if on_sun else "; click a cell to filter by it."
        return density_figure(found.rows, shown, east_right, theme, around), note
    return polar_figure(found.rows, shown, choice.colour, east_right, theme, around), note


def region(selected: dict[str, Any] | None, clicked: dict[str, Any] | None, frame: str) -> tuple[Any, ...]:
    """Return the region around the selected spots or cells, or the clicked cell, and clear the selection.

    In heliographic coordinates the region is the latitude range of the selected spots.
    """
    picked = (selected if "selectedData" in ctx.triggered[0]["prop_id"] else clicked) or {}
    points = [point for point in picked.get("points", []) if point.get("customdata")]
    spots = [point for point in points if isinstance(point["customdata"][0], str)]
    if not points or (spots and picked is clicked):
        raise PreventUpdate  # a click on a spot opens its drawing
    if frame == "sun":
        if not spots:
            raise PreventUpdate
        latitudes = [point["customdata"][7] for point in spots]
        ends = (floor(10 * min(latitudes)) / 10, ceil(10 * max(latitudes)) / 10)
        return *(no_update,) * 4, *ends, None, None
    positions = [point["customdata"][5:7] for point in spots]
    cells = [(r, r, angle, 0.0) for r, angle in positions] or [
        tuple(point["customdata"][1:5]) for point in points
    ]
    around = Region.around(cells)
    return around.r_from, around.r_to, around.pa_from, around.pa_to, no_update, no_update, None, None


def register(app: Dash) -> None:
    """Register the callbacks."""
    for ids, draw in ((SERIES, counts), (POLAR, disk)):
        register_drawn(app, VIEW, [Output(ids.figure, "figure"), Output(ids.note, "children")], draw)
    register_period(app, Explore.SERIES)
    app.callback(
        *fields(*POSITION),
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
