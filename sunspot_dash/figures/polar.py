"""Detections on the solar disk."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.theme import SCALES, style
from sunspot_dash.figures.tokens import TOKENS

COLOURED = {"date": "date", "area_px": "size (area, px²)", "confidence": "confidence"}
CLOSE_UP_DEG = 120  # widest sector that is drawn as a close-up
UNDATED_COLOUR = "#868e96"
RIM = 1.02  # outer edge of the plot, r/R, so that markers of spots on the limb are not cut


def polar_figure(
    spots: Sequence[Any], region: Region, colour: str, east_right: bool, theme: str
) -> go.Figure:
    """Draw spots at r/R and position angle, which counts from north through east.

    Args:
        spots: rows with key, number, name, date, day (a number that increases with the date, None if
            undated), radius_fraction, position_angle_deg, latitude_deg, longitude_deg, area_px, confidence.
        region: the part of the disk to show.
        colour: one of COLOURED.
        east_right: east on the right, as on the mirrored drawings of USET; else on the left, as in the sky.
        theme: "light" or "dark".
    """
    undated = [spot for spot in spots if spot["day"] is None] if colour == "date" else []
    coloured = [spot for spot in spots if spot["day"] is not None] if undated else spots
    values, ticks = _coloured(coloured, colour)
    marker = {
        "size": 6 if len(spots) < 1500 else 4,
        "color": values,
        "colorbar": {"title": {"text": COLOURED[colour], "side": "bottom"}, **ticks},
    }
    figure = _disk(coloured, _hover(coloured) | {"marker": marker}, region, east_right, theme)
    if undated:
        grey = {"size": marker["size"], "color": UNDATED_COLOUR}
        look = {"marker": grey, "name": "undated", "showlegend": True}
        figure.add_trace(_dots(undated, region, _hover(undated) | look))
    return figure


def _hover(spots: Sequence[Any]) -> dict[str, Any]:
    """Return what a click on a spot opens, and its hover text."""
    names = (
        "key", "number", "name", "area_px", "confidence", "radius_fraction", "position_angle_deg", "latitude_deg",
        "longitude_deg",
    )  # fmt: skip
    return {
        "customdata": [[spot[name] for name in names] for spot in spots],
        "hovertemplate": "%{customdata[2]}<br>spot %{customdata[1]}, r/R %{customdata[5]:.3f}, "
        "PA %{customdata[6]:.1f}°<br>B %{customdata[7]:.1f}°, L %{customdata[8]:.1f}°"
        "<br>area %{customdata[3]:.0f} px², confidence %{customdata[4]:.2f}<extra></extra>",
    }


def density_figure(cells: Sequence[Any], region: Region, east_right: bool, theme: str) -> go.Figure:
    """Draw the number of spots per cell of a region: rows with radius_fraction, position_angle_deg, count, cell."""
    counts = [cell["count"] for cell in cells]
    bar = {"title": {"text": "spots per cell", "side": "bottom"}}
    marker = {"size": 6, "symbol": "square", "color": counts, "cmin": 0, "colorbar": bar}
    data = [(cell["count"], *cell["cell"]) for cell in cells]
    hover = (
        "%{customdata[0]} spots from r/R %{customdata[1]:.3f} to %{customdata[2]:.3f},"
        "<br>%{customdata[4]:.1f}° from PA %{customdata[3]:.1f}°<extra></extra>"
    )
    return _disk(
        cells, {"marker": marker, "customdata": data, "hovertemplate": hover}, region, east_right, theme
    )


def _coloured(spots: Sequence[Any], colour: str) -> tuple[list[float], dict[str, list[Any]]]:
    """Return the value that colours each spot, and the ticks of the colour bar."""
    if colour == "area_px":
        powers = [log10(max(spot["area_px"], 1)) for spot in spots]  # most spots are small
        low, high = floor(min(powers, default=0)), ceil(max(powers, default=0))
        steps = range(low, high + 1)
        return powers, {"tickvals": list(steps), "ticktext": [f"{10**step:,}" for step in steps]}
    if colour == "confidence":
        return [spot["confidence"] for spot in spots], {}
    days = sorted({(spot["day"], spot["date"]) for spot in spots})
    values = [spot["day"] for spot in spots]
    if not days:
        return values, {}
    span = [days[0][0] + (days[-1][0] - days[0][0]) * part / 3 for part in range(4)]
    ticks = sorted({min(days, key=lambda day: abs(day[0] - at)) for at in span})
    return values, {"tickvals": [day for day, _ in ticks], "ticktext": [date for _, date in ticks]}


def _is_close_up(region: Region) -> bool:
    """Whether to draw a region on a plane: a Plotly sector always reserves room for the centre of the disk."""
    return region.arc[1] <= CLOSE_UP_DEG


def _plane(radii: Any, angles_deg: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return (x, y) in solar radii from the centre, x to the east, y to the north."""
    angles = np.radians(np.asarray(angles_deg, float))
    return np.asarray(radii, float) * np.sin(angles), np.asarray(radii, float) * np.cos(angles)


def _dots(rows: Sequence[Any], region: Region, trace: dict[str, Any]) -> go.Scatter | go.Scatterpolar:
    r, theta = ([row[name] for row in rows] for name in ("radius_fraction", "position_angle_deg"))
    if not _is_close_up(region):
        return go.Scatterpolar(r=r, theta=theta, mode="markers", **trace)
    x, y = _plane(r, theta)
    return go.Scatter(x=x.tolist(), y=y.tolist(), mode="markers", **trace)


def _disk(
    rows: Sequence[Any], trace: dict[str, Any], region: Region, east_right: bool, theme: str
) -> go.Figure:
    # Below the axis of a plane, or in free space below the S of a disk.
    below = {"y": -0.2} if _is_close_up(region) else {"y": 0, "yref": "paper"}
    bar = {"thickness": 10, "orientation": "h", "yanchor": "top", "len": 0.9, **below}
    trace["marker"]["colorbar"] |= bar
    trace["marker"] |= {"colorscale": SCALES[theme], "showscale": bool(rows), "opacity": 0.8}
    figure = go.Figure(_dots(rows, region, trace | {"showlegend": False}))
    style(figure, theme)
    figure.update_layout(margin={"l": 40, "r": 40, "t": 30, "b": 60})
    figure.update_layout(uirevision=f"{region.describe()} {east_right}", clickmode="event", dragmode="select")
    if _is_close_up(region):
        _close_up(figure, region, east_right)
    else:
        figure.update_polars(bgcolor="rgba(0,0,0,0)", domain_y=[0.2, 1], **_axes(region, east_right, theme))
    return figure


def _close_up(figure: go.Figure, region: Region, east_right: bool) -> None:
    """Set the axes to a small region, and draw its outline."""
    (inner, outer), (start, span) = region.rings(RIM), region.arc
    angles = start + span * np.linspace(0, 1, 61)
    radii = np.repeat([inner, outer, inner], [61, 61, 1])
    x, y = _plane(radii, [*angles, *angles[::-1], start])
    outline = {"color": UNDATED_COLOUR, "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=x.tolist(), y=y.tolist(), mode="lines", line=outline, hoverinfo="skip", showlegend=False
    )
    across, up = ((values.min(), values.max()) for values in (x, y))
    room = 0.03 * max(across[1] - across[0], up[1] - up[0])
    ends = [across[0] - room, across[1] + room]
    figure.update_xaxes(title="east, r/R", range=ends if east_right else ends[::-1], constrain="domain")
    figure.update_yaxes(title="north, r/R", range=[up[0] - room, up[1] + room], constrain="domain")
    figure.update_yaxes(scaleanchor="x")


def _axes(region: Region, east_right: bool, theme: str) -> dict[str, Any]:
    """Return the polar axes of the whole disk, or of a wide region in its place on the disk."""
    grid = {"gridcolor": TOKENS[theme]["line"]}
    radial: dict[str, Any] = {
        "angle": 45,
        "tickangle": 45,  # opposite to the axis, so that its labels are upright
        **grid,
    }
    angular = {"rotation": 90, "direction": "clockwise" if east_right else "counterclockwise", **grid}
    if region.whole:
        compass = {"tickvals": [0, 90, 180, 270], "ticktext": ["N", "E", "S", "W"]}
        ticks: dict[str, Any] = {"range": [0, RIM], "tickvals": [0.25, 0.5, 0.75, 1]}
        ticks["ticktext"] = ["0.25", "0.5", "0.75", "r/R = 1"]
        return {"radialaxis": radial | ticks, "angularaxis": angular | compass}
    (inner, outer), (start, span) = region.rings(RIM), region.arc
    # A Plotly sector is measured from the right, counterclockwise.
    first = 90 - start - span if east_right else 90 + start
    around = list(range(ceil(start / 30) * 30, floor(start + span) + 1, 30))
    return {
        "radialaxis": radial | {"range": [inner, outer], "nticks": 3, "angle": first, "tickangle": first},
        "angularaxis": angular | {"tickvals": around, "ticktext": [f"{angle % 360}°" for angle in around]},
        "sector": [first, first + span],
        "hole": inner / outer,  # preserves the shape of a ring
    }
