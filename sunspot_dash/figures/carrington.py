"""The map of one Carrington rotation, and the distribution of spot sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.figures.theme import COLOURS, SCALES, columns, style

HOVER = (
    "%{customdata[2]}<br>spot %{customdata[1]}, group %{customdata[3]}<br>B %{y:.1f}°, L %{x:.1f}°, "
    "CMD %{customdata[4]:.1f}°<br>umbra %{customdata[5]:.1f} MSH<extra></extra>"
)
COLUMNS = ("key", "number", "name", "spot_group", "cmd_deg", "area_msh")
MOST_LATITUDE = 60


def carrington_figure(rows: Sequence[Any], theme: str) -> go.Figure:
    """Draw the spots of one rotation, Carrington longitude increasing to the right as in synoptic maps.

    Args:
        rows: mappings with key, number, name, date, spot_group, latitude_deg, longitude_deg, cmd_deg, area_msh.
        theme: "light" or "dark".
    """
    figure = go.Figure()
    figure.add_scatter(
        x=[row["longitude_deg"] for row in rows],
        y=[row["latitude_deg"] for row in rows],
        mode="markers",
        meta=columns(*COLUMNS),
        customdata=[[row[name] for name in COLUMNS] for row in rows],
        marker={
            "size": [4 + min(14.0, (row["area_msh"] or 0) ** 0.5) for row in rows],
            "color": [row["cmd_deg"] for row in rows],
            "colorscale": SCALES[theme],
            "cmin": -90,
            "cmax": 90,
            "opacity": 0.75,
            "showscale": bool(rows),
            "colorbar": {"title": {"text": "CMD, °", "side": "right"}, "thickness": 10},
        },
        hovertemplate=HOVER,
        showlegend=False,
    )
    figure.add_hline(y=0, line={"width": 1, "color": "#868e96", "dash": "dot"})
    most = max([MOST_LATITUDE, *(abs(row["latitude_deg"]) + 2 for row in rows)])
    figure.update_xaxes(title="Carrington longitude, °", range=[0, 360], dtick=60)
    figure.update_yaxes(title="latitude, °", range=[-most, most], dtick=20)
    figure.update_layout(clickmode="event", dragmode="select")
    return style(figure, theme)


def sizes_figure(edges: np.ndarray, counts: np.ndarray, theme: str) -> go.Figure:
    """Draw a histogram of spot sizes: edges (n + 1,) in millionths of the hemisphere, counts (n,)."""
    figure = go.Figure()
    figure.add_bar(
        x=np.sqrt(edges[:-1] * edges[1:]),
        y=counts,
        width=np.diff(edges),
        marker={"color": COLOURS[theme][0]},
        meta=columns("msh_from", "msh_to"),
        customdata=np.column_stack([edges[:-1], edges[1:]]) if len(counts) else [],
        hovertemplate="%{y:,} spots from %{customdata[0]:.2f} to %{customdata[1]:.2f} MSH<extra></extra>",
    )
    figure.update_xaxes(title="umbral area, MSH", type="log")
    if len(counts) and counts.max() > 100:
        # Label powers of ten only, since the digits between them would overlap.
        figure.update_yaxes(title="spots", type="log", dtick=1)
    else:
        figure.update_yaxes(title="spots", rangemode="tozero")
    figure.update_layout(dragmode="zoom", bargap=0)
    return style(figure, theme)
