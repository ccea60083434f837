"""A group over its passage: umbral area and Carrington longitude."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sunspot_dash.figures.theme import COLOURS, DATE_TICKS, columns, style

# Column -> title of its axis, and how its value is written.
CURVES = {"area_msh": ("umbral area, MSH", ".1f"), "longitude_deg": ("longitude L, °", ".1f")}


def track_figure(days: Sequence[Any], theme: str) -> go.Figure:
    """Draw area and longitude over time.

    Args:
        days: rows with key, date, time, area_msh, longitude_deg, in order of time.
        theme: "light" or "dark".
    """
    figure = make_subplots(rows=1, cols=len(CURVES), horizontal_spacing=0.12)
    times = [f"{day['date']} {day['time']}".strip() for day in days]
    for column, (name, (title, digits)) in enumerate(CURVES.items(), 1):
        figure.add_scatter(
            x=times,
            y=[day[name] for day in days],
            customdata=[day["key"] for day in days],
            meta=columns("key"),
            name=title,
            mode="lines+markers",
            line={"color": COLOURS[theme][0], "width": 1.5},
            marker={"size": 7},
            hovertemplate=f"%{{x}}<br>{title}: %{{y:{digits}}}<extra></extra>",
            row=1,
            col=column,
        )
        figure.update_yaxes(title=title, row=1, col=column)
    figure.update_xaxes(title="date (UT)", type="date", tickformatstops=DATE_TICKS, nticks=4)
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_layout(clickmode="event", dragmode="zoom", showlegend=False)
    return style(figure, theme)
