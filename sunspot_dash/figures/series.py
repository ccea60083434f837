"""Sunspot counts over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.figures.theme import COLOURS, style

MOST_POINTS = 4000
BINS = {
    "drawing": "drawing",
    "day": "daily mean",
    "month": "monthly mean",
    "smoothed": "13-month smoothed mean",
}


def series_figure(
    times: Sequence[str], counts: Sequence[float], keys: Sequence[str], bin_name: str, theme: str
) -> go.Figure:
    """Counts of spots over time.

    Args:
        times: ISO times or dates, ascending; counts: spots; keys: what a click opens ("" for a mean).
        bin_name: one of BINS.
        theme: "light" or "dark".
    """
    figure = go.Figure()
    line = bin_name != "drawing"
    figure.add_scatter(
        x=list(times),
        y=list(counts),
        customdata=list(keys),
        mode="lines+markers" if line else "markers",
        marker={"color": COLOURS[0], "size": 5 if len(times) > 500 else 8},
        line={"color": COLOURS[0], "width": 1},
        hovertemplate="%{x}<br>%{y:.4g} spots<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(title="date (UT)", rangeslider={"visible": True, "thickness": 0.08}, type="date")
    figure.update_yaxes(title=f"spots, {BINS[bin_name]}" if line else "spots a drawing", rangemode="tozero")
    figure.update_layout(uirevision=bin_name, clickmode="event")
    return style(figure, theme)


def binned(dates: Sequence[str], counts: Sequence[float], bin_name: str) -> tuple[list[str], list[float]]:
    """Means by day or month, or the 13-month smoothed mean (weights 1/2, 1 x 11, 1/2) of monthly ones.

    The smoothed mean needs every one of its 13 months, as SILSO's does (doi:10.1007/s11207-014-0584-z).
    """
    width = 10 if bin_name == "day" else 7
    labels = np.array([date[:width] for date in dates])
    names, inverse = np.unique(labels, return_inverse=True)
    means = (
        np.bincount(inverse, np.asarray(counts, float)) / np.bincount(inverse) if len(names) else np.array([])
    )
    if bin_name == "day":
        return names.tolist(), means.tolist()
    if bin_name == "month":
        return [f"{name}-15" for name in names], means.tolist()
    months = names.astype("datetime64[M]")
    if not len(months):
        return [], []
    every = np.arange(months[0], months[-1] + 1)
    values = np.full(len(every), np.nan)
    values[(months - months[0]).astype(int)] = means
    weights = np.array([0.5, *[1.0] * 11, 0.5]) / 12
    if len(every) < len(weights):
        return [], []
    smooth = np.convolve(values, weights, mode="valid")
    middle = every[6 : len(every) - 6]
    whole = np.isfinite(smooth)
    return [f"{month}-15" for month in middle[whole]], smooth[whole].tolist()
