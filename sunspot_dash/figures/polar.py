"""Detections on the solar disk."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.theme import SCALES, add_labels, columns, style
from sunspot_dash.figures.tokens import TOKENS

COLOURED = {
    "date": "date",
    "area_px": "size (area, px²)",
    "confidence": "confidence",
    "hemisphere": "hemisphere",
}
UNDATED_COLOUR = "#868e96"
REACH = 1.13  # half of the plot's width, in solar radii: the disk with the names of its sides
RINGS = (0.25, 0.5, 0.75, 1.0)  # r/R
SIDES = {"N": 0, "E": 90, "S": 180, "W": 270}  # position angles
MOST_DATES = 3  # on the colour bar, which is narrow on a phone
DIMMED = 0.28
AXES = ("east, r/R", "north, r/R")
CELL_PX = 7  # size of a cell's marker


def polar_figure(
    spots: Sequence[Any],
    region: Region,
    colour: str,
    east_right: bool,
    theme: str,
    around: Sequence[Any] = (),
) -> go.Figure:
    """Draw spots at r/R and position angle, which counts from north through east, on the whole disk.

    Args:
        spots: rows with key, number, name, date, day (a number that increases with the date, None if
            undated), radius_fraction, position_angle_deg, latitude_deg, longitude_deg, area_px, confidence.
        region: the part of the disk that the spots are from; its outline is drawn.
        colour: one of COLOURED.
        east_right: east on the right, as on the mirrored drawings of USET; else on the left, as in the sky.
        theme: "light" or "dark".
        around: rows of spots or cells outside the region, drawn dimmed.
    """
    if colour == "hemisphere":
        return _dim(_hemispheres(spots, region, east_right, theme), around, theme)
    undated = [spot for spot in spots if spot["day"] is None] if colour == "date" else []
    coloured = [spot for spot in spots if spot["day"] is not None] if undated else spots
    values, ticks = _coloured(coloured, colour)
    marker = {
        "size": 6 if len(spots) < 1500 else 4,
        "color": values,
        "colorbar": {"title": {"text": COLOURED[colour], "side": "bottom"}, "tickangle": 0, **ticks},
    }
    figure = _disk(_dots(coloured, _hover(coloured) | {"marker": marker}), region, east_right, theme)
    if undated:
        grey = {"size": marker["size"], "color": UNDATED_COLOUR}
        figure.add_trace(_dots(undated, _hover(undated) | {"marker": grey, "name": "undated"}))
        figure.data[-1].showlegend = True
    return _dim(figure, around, theme)


def _hemispheres(spots: Sequence[Any], region: Region, east_right: bool, theme: str) -> go.Figure:
    """Draw spots north and south of the equator in two colours; those without a latitude are grey."""
    token = TOKENS[theme]
    colours = [
        UNDATED_COLOUR
        if spot["latitude_deg"] is None
        else token["north" if spot["latitude_deg"] >= 0 else "south"]
        for spot in spots
    ]
    figure = _disk(
        _dots(spots, _hover(spots) | {"marker": {"size": 6, "color": colours}}), region, east_right, theme
    )
    figure.data[0].marker.showscale = False
    return add_labels(figure, [(name, token[name]) for name in ("north", "south")])


def _hover(spots: Sequence[Any]) -> dict[str, Any]:
    """Return what a click on a spot opens, and its hover text."""
    names = (
        "key", "number", "name", "area_px", "confidence", "radius_fraction", "position_angle_deg", "latitude_deg",
        "longitude_deg",
    )  # fmt: skip
    return {
        "meta": columns(*names, axes=AXES),
        "customdata": [[spot[name] for name in names] for spot in spots],
        "hovertemplate": "%{customdata[2]}<br>spot %{customdata[1]}, r/R %{customdata[5]:.3f}, "
        "PA %{customdata[6]:.1f}°<br>B %{customdata[7]:.1f}°, L %{customdata[8]:.1f}°"
        "<br>area %{customdata[3]:.0f} px², confidence %{customdata[4]:.2f}<extra></extra>",
    }


def density_figure(
    cells: Sequence[Any], region: Region, east_right: bool, theme: str, around: Sequence[Any] = ()
) -> go.Figure:
    """Draw the number of spots per cell of a region: rows with radius_fraction, position_angle_deg, count, cell."""
    counts = [cell["count"] for cell in cells]
    bar = {"title": {"text": "spots per cell", "side": "bottom"}}
    marker = {"size": CELL_PX, "symbol": "square", "color": counts, "cmin": 0, "colorbar": bar}
    trace = {
        "marker": marker,
        "meta": columns("count", "r_from", "r_to", "pa_from", "pa_width", axes=AXES),
        "customdata": [(cell["count"], *cell["cell"]) for cell in cells],
        "hovertemplate": "%{customdata[0]} spots from r/R %{customdata[1]:.3f} to %{customdata[2]:.3f},"
        "<br>%{customdata[4]:.1f}° from PA %{customdata[3]:.1f}°<extra></extra>",
    }
    return _dim(_disk(_dots(cells, trace), region, east_right, theme), around, theme)


def _coloured(spots: Sequence[Any], colour: str) -> tuple[list[float], dict[str, list[Any]]]:
    """Return the value that colours each spot, and the ticks of the colour bar."""
    if colour == "area_px":
        powers = [log10(max(spot["area_px"], 1)) for spot in spots]  # most spots are small
        low, high = floor(min(powers, default=0)), ceil(max(powers, default=0))
        decades = list(range(low, high + 1))
        return powers, {"tickvals": decades, "ticktext": [f"{10**step:,}" for step in decades]}
    if colour == "confidence":
        return [spot["confidence"] for spot in spots], {}
    values = [spot["day"] for spot in spots]
    if not values:
        return values, {}
    first = min(spots, key=lambda spot: spot["day"])
    span = max(values) - first["day"]
    # Evenly spaced, since the days of drawings may be so close that their dates overlap.
    steps = sorted({round(span * part / (MOST_DATES - 1)) for part in range(MOST_DATES)})
    dates = [str(np.datetime64(first["date"]) + step) for step in steps]
    return values, {"tickvals": [first["day"] + step for step in steps], "ticktext": dates}


def _plane(radii: Any, angles_deg: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return (x, y) in solar radii from the centre, x to the east, y to the north."""
    angles = np.radians(np.asarray(angles_deg, float))
    return np.asarray(radii, float) * np.sin(angles), np.asarray(radii, float) * np.cos(angles)


def _dots(rows: Sequence[Any], trace: dict[str, Any]) -> go.Scatter:
    x, y = _plane(*([row[name] for row in rows] for name in ("radius_fraction", "position_angle_deg")))
    return go.Scatter(x=x.round(4).tolist(), y=y.round(4).tolist(), mode="markers", **trace)


def _disk(dots: go.Scatter, region: Region, east_right: bool, theme: str) -> go.Figure:
    """Return the figure of the whole disk with these dots, and the outline of the region."""
    bar = {"thickness": 8, "orientation": "h", "yanchor": "top", "y": -0.01, "len": 0.75, "outlinewidth": 0}
    dots.marker.colorbar.update(bar)
    dots.marker.colorbar.title.font.size = 12.5
    dots.marker.update(colorscale=SCALES[theme], showscale=bool(dots.x), opacity=0.8)
    figure = go.Figure(dots.update(showlegend=False))
    style(figure, theme)
    _add_grid(figure, theme)
    if (region.r_from, region.r_to, region.pa_from, region.pa_to) != (None,) * 4:
        _add_outline(figure, region, theme)
    ends = [-REACH, REACH]
    figure.update_xaxes(range=ends if east_right else ends[::-1], visible=False, constrain="domain")
    figure.update_yaxes(range=ends, visible=False, constrain="domain", scaleanchor="x")
    return figure.update_layout(
        margin={"l": 10, "r": 10, "t": 24, "b": 60},
        legend={"x": 0, "y": 0, "yanchor": "bottom"},
        uirevision=str(east_right),
        clickmode="event",
        dragmode="select",
    )


def _add_grid(figure: go.Figure, theme: str) -> None:
    """Draw the limb and rings of r/R, labelled above the dots, and the names of the sides."""
    token = TOKENS[theme]
    for radius in RINGS:
        line = {"width": 1, "color": token["ink2"] if radius == 1 else token["line"]}
        figure.add_shape(
            type="circle", x0=-radius, x1=radius, y0=-radius, y1=radius, line=line, layer="below"
        )
    for name, angle in SIDES.items():
        x, y = _plane(1.07, angle)
        figure.add_annotation(x=float(x), y=float(y), text=name, showarrow=False)
    for radius in RINGS:
        x, y = _plane(radius, 45)
        text = "r/R = 1" if radius == 1 else f"{radius:g}"
        figure.add_annotation(
            x=float(x), y=float(y), text=text, showarrow=False, font={"size": 11, "color": token["ink2"]},
            bgcolor=f"{token['surface']}c0", borderpad=1,
        )  # fmt: skip


def _add_outline(figure: go.Figure, region: Region, theme: str) -> None:
    """Draw the outline of a sector of a ring."""
    (inner, outer), (start, span) = region.rings(), region.arc
    angles = start + span * np.linspace(0, 1, 91)
    if span >= 360:
        circles = [_plane(np.full(91, radius), angles) for radius in (inner, outer) if radius > 0]
    else:
        radii = np.repeat([inner, outer, inner], [91, 91, 1])
        circles = [_plane(radii, [*angles, *angles[::-1], start])]
    path = " ".join(
        "M" + " L".join(f"{x:.4f},{y:.4f}" for x, y in zip(*circle, strict=True)) for circle in circles
    )
    figure.add_shape(type="path", path=path, line={"color": TOKENS[theme]["accent"], "width": 1.5})


def _dim(figure: go.Figure, around: Sequence[Any], theme: str) -> go.Figure:
    """Add the rows outside the region behind all others, dimmed."""
    if around:
        marker = {"size": 4, "color": TOKENS[theme]["ink3"], "opacity": DIMMED}
        figure.add_trace(
            _dots(around, {"marker": marker, "hoverinfo": "skip", "showlegend": False, "zorder": -1})
        )
    return figure
