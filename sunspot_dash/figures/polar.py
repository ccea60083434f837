"""Detections on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sunspot_dash.figures.theme import style

COLOURED = {"date": "date", "area_px": "area, px²", "confidence": "confidence"}


def polar_figure(spots: Sequence[Any], colour: str, east_right: bool, theme: str) -> go.Figure:
    """Where the spots stand: distance from the centre over R, position angle from north through east.

    Args:
        spots: rows with key, number, name, date, day (a number that grows with the date), radius_fraction,
            position_angle_deg, area_px, confidence.
        colour: one of COLOURED.
        east_right: as on the mirrored sheets of USET; else as in the sky, east to the left.
        theme: "light" or "dark".
    """
    by_date = colour == "date"
    marker = {
        "size": 6 if len(spots) < 1500 else 4,
        "color": [spot["day" if by_date else colour] for spot in spots],
    }
    bar: dict[str, Any] = {"title": {"text": COLOURED[colour], "side": "bottom"}}
    if by_date and spots:
        days = sorted({(spot["day"] or 0, spot["date"]) for spot in spots})
        span = [days[0][0] + (days[-1][0] - days[0][0]) * part / 3 for part in range(4)]
        ticks = sorted({min(days, key=lambda day: abs(day[0] - at)) for at in span})
        bar |= {"tickvals": [day for day, _ in ticks], "ticktext": [date for _, date in ticks]}
    return _disk(
        spots,
        marker | {"colorbar": bar},
        [(spot["key"], spot["number"], spot["name"], spot["area_px"], spot["confidence"]) for spot in spots],
        "%{customdata[2]}<br>spot %{customdata[1]}, r/R %{r:.3f}, PA %{theta:.1f}°"
        "<br>area %{customdata[3]:.0f} px², confidence %{customdata[4]:.2f}<extra></extra>",
        (east_right, theme),
    )


def density_figure(cells: Sequence[Any], east_right: bool, theme: str) -> go.Figure:
    """How many spots lie in each cell of the disk: rows with radius_fraction, position_angle_deg, count."""
    counts = [cell["count"] for cell in cells]
    most = max(counts, default=1)
    marker = {"size": [3 + 9 * (count / most) ** 0.5 for count in counts], "color": counts}
    bar = {"colorbar": {"title": {"text": "spots in a cell of the disk", "side": "bottom"}}}
    text = "%{customdata} spots near r/R %{r:.2f}, PA %{theta:.0f}°<extra></extra>"
    return _disk(cells, marker | bar, counts, text, (east_right, theme))


def _disk(
    rows: Sequence[Any], marker: dict[str, Any], data: list[Any], hover: str, look: tuple[bool, str]
) -> go.Figure:
    east_right, theme = look
    marker["colorbar"] |= {"thickness": 10, "orientation": "h", "y": -0.08, "yanchor": "top", "len": 0.9}
    figure = go.Figure()
    figure.add_scatterpolar(
        r=[row["radius_fraction"] for row in rows],
        theta=[row["position_angle_deg"] for row in rows],
        mode="markers",
        marker={"colorscale": "Viridis", "showscale": True, "opacity": 0.8, **marker},
        customdata=data,
        hovertemplate=hover,
        showlegend=False,
    )
    style(figure, theme)
    grid = "#3a4149" if theme == "dark" else "#dee2e6"
    figure.update_polars(
        bgcolor="rgba(0,0,0,0)",
        radialaxis={"range": [0, 1.02], "tickvals": [0.25, 0.5, 0.75, 1], "angle": 90, "gridcolor": grid},
        angularaxis={
            "rotation": 90,
            "direction": "clockwise" if east_right else "counterclockwise",
            "tickvals": [0, 90, 180, 270],
            "ticktext": ["N", "E", "S", "W"],
            "gridcolor": grid,
        },
    )
    figure.update_layout(uirevision="polar", margin={"l": 40, "r": 40, "t": 30, "b": 60}, clickmode="event")
    return figure
