"""Sunspot counts over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.activity.timeseries import daily, monthly, smoothed
from sunspot_dash.figures.theme import COLOURS, style

MOST_POINTS = 4000  # of all models together; more are not told apart
TOO_MANY = (
    f"Monthly means, as more than {MOST_POINTS:,} are not told apart: narrow the period for single ones."
)
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
BINS = {
    "drawing": "every drawing",
    "day": "daily mean",
    "month": "monthly mean",
    "smoothed": "13-month smoothed mean",
}
SINGLE = ("drawing", "day")  # as many points as there are drawings, or nearly


@dataclass(frozen=True)
class Line:
    """A model's counts of spots over time.

    Attributes:
        times: ISO times or dates, ascending; counts: spots; keys: what a click opens ("" for a mean).
    """

    model: str
    times: Sequence[str]
    counts: Sequence[float]
    keys: Sequence[str]


def shown_bin(bin_name: str, drawings: int) -> str:
    """The bin that is shown for one of BINS: by month where there are too many drawings for single ones."""
    return "month" if bin_name in SINGLE and drawings > MOST_POINTS else bin_name


def line(
    model: str, times: Sequence[str], counts: Sequence[float], keys: Sequence[str], bin_name: str
) -> Line:
    """A model's drawings, as they are or as means."""
    if bin_name == "drawing":
        return Line(model, times, counts, keys)
    dates, means = binned(times, counts, bin_name)
    return Line(model, dates, means, [""] * len(dates))


def series_figure(lines: Sequence[Line], bin_name: str, theme: str, behind: Sequence[Line] = ()) -> go.Figure:
    """Counts of spots over time, a colour and a symbol for each model.

    Args:
        lines: one for each model; bin_name: one of BINS.
        theme: "light" or "dark".
        behind: monthly means of the same models, drawn thin behind `lines`, which are of a part of the time.
    """
    figure = go.Figure()
    single = bin_name == "drawing"
    many = sum(len(line.times) for line in lines) > 500
    for order, line in enumerate(lines):
        colour = COLOURS[order % len(COLOURS)]
        figure.add_scatter(
            x=list(line.times),
            y=list(line.counts),
            customdata=list(line.keys),
            name=line.model,
            mode="markers" if single else "lines+markers",
            marker={"color": colour, "size": 5 if many else 8, "symbol": SYMBOLS[order % len(SYMBOLS)]},
            line={"color": colour, "width": 1},
            cliponaxis=False,  # a count of 0 is seen whole
            xhoverformat="%B %Y" if bin_name in ("month", "smoothed") else None,
            hovertemplate="%{x}<br>%{y:.4g} spots<extra>%{fullData.name}</extra>",
            showlegend=len(lines) > 1,
        )
    for order, line in enumerate(behind):
        figure.add_scatter(
            x=list(line.times),
            y=list(line.counts),
            mode="lines",
            line={"color": COLOURS[order % len(COLOURS)], "width": 1},
            opacity=0.5,
            hoverinfo="skip",
            showlegend=False,
            zorder=-1,
        )
    figure.update_xaxes(title="date (UT)", rangeslider={"visible": True, "thickness": 0.08}, type="date")
    title = "spots a drawing" if single else f"spots, {BINS[bin_name]}"
    figure.update_yaxes(title=title, rangemode="tozero", uirevision=bin_name)
    figure.update_layout(uirevision=bin_name, clickmode="event", dragmode="zoom")
    return style(figure, theme)


def show_period(figure: go.Figure, period: tuple[str, str], extent: tuple[str, str]) -> None:
    """Zoom a series to a period (dates, "" for an open end); its slider holds the whole extent (ISO times)."""
    first, last = period
    ends = first or extent[0], f"{last} 23:59" if last else extent[1]
    figure.update_xaxes(range=ends, rangeslider_range=[min(ends[0], extent[0]), max(ends[1], extent[1])])
    inside = [
        count
        for line in figure.data
        for time, count in zip(line.x, line.y, strict=True)
        if ends[0] <= time <= ends[1]
    ]
    if inside:
        figure.update_yaxes(range=[0, 1.05 * max(inside) or 1], uirevision=f"{first} {last}")
    figure.update_layout(uirevision=f"{figure.layout.uirevision} {first} {last}")


def binned(dates: Sequence[str], counts: Sequence[float], bin_name: str) -> tuple[list[str], list[float]]:
    """Means by day, by month of its days, or 13-month smoothed of those, at ISO times: (dates, means)."""
    # A drawing of unknown time of day is "YYYY-MM-DD ".
    times = np.array([date.strip() for date in dates], dtype="datetime64[m]")
    means = daily(times, counts)
    if bin_name == "day":
        return means.dates.astype(str).tolist(), means.values.tolist()
    means = monthly(means.dates, means.values)
    if bin_name == "smoothed":
        means = smoothed(means.dates, means.values)
    return [f"{month}-15" for month in means.dates], means.values.tolist()
