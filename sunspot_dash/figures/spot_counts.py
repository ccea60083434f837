"""Spot counts over time, as single drawings or as means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.activity.timeseries import daily, monthly, smoothed
from sunspot_dash.figures.time_series import MOST_POINTS, TimeSeries, colour_of, time_series_figure

AUTO = "auto"
BINS = {
    AUTO: "suited to the period",
    "drawing": "every drawing",
    "day": "daily mean",
    "month": "monthly mean",
    "smoothed": "13-month smoothed mean",
}
SINGLE = ("drawing", "day")  # bins with about one point per drawing
MANY = 500  # points are drawn smaller beyond this number, and by months where the bin is AUTO


def shown_bin(bin_name: str, drawings: int, single: str = "drawing") -> str:
    """Return the bin to show for a number of drawings.

    Months replace AUTO for more than MANY drawings, and drawings or days for more than MOST_POINTS; AUTO is `single`,
    one of SINGLE, for fewer.
    """
    if bin_name == AUTO:
        return "month" if drawings > MANY else single
    return "month" if bin_name in SINGLE and drawings > MOST_POINTS else bin_name


def count_series(
    model: str,
    times: Sequence[str],
    counts: Sequence[float],
    keys: Sequence[str],
    bin_name: str,
    colour: str = "",
    errors: tuple[Sequence[float | None], Sequence[float | None]] = ((), ()),
) -> TimeSeries:
    """Return a model's counts in one of BINS, in the colour of a token or of the palette.

    Args:
        errors: of the single counts, below and above; means are shown without.
    """
    if bin_name == "drawing":
        return TimeSeries(model, times, counts, keys=keys, colour=colour, below=errors[0], above=errors[1])
    return TimeSeries(model, *binned(times, counts, bin_name), colour=colour)


def counts_figure(
    series: Sequence[TimeSeries],
    bin_name: str,
    theme: str,
    background: Sequence[TimeSeries] = (),
    smooth: Sequence[TimeSeries] = (),
) -> go.Figure:
    """Draw spot counts over time with a range slider.

    Args:
        series: one per model; bin_name: one of BINS.
        theme: "light" or "dark".
        background: monthly means of the same models, drawn thin behind `series`, which cover a part of the time.
        smooth: smoothed means of the same models, drawn strong over `series`.
    """
    title = "spots per drawing" if bin_name == "drawing" else f"spots, {BINS[bin_name]}"
    figure = time_series_figure(
        series,
        theme,
        title,
        smooth=smooth,
        marker={"size": 5 if sum(len(one.times) for one in series) > MANY else 8},
        cliponaxis=False,  # shows the whole marker of a count of 0
        xhoverformat="%Y-%m" if bin_name in ("month", "smoothed") else None,
        hovertemplate="%{x}<br>%{y:.4~g} spots<extra>%{fullData.name}</extra>",
    )
    for order, one in enumerate(background):
        figure.add_scatter(
            x=list(one.times),
            y=list(one.values),
            mode="lines",
            line={"color": colour_of(one, order, theme), "width": 1},
            opacity=0.5,
            hoverinfo="skip",
            showlegend=False,
            zorder=-1,
        )
    figure.update_xaxes(rangeslider={"visible": True, "thickness": 0.08})
    figure.update_yaxes(uirevision=bin_name)
    return figure.update_layout(uirevision=bin_name)


def show_period(figure: go.Figure, period: tuple[str, str], extent: tuple[str, str]) -> None:
    """Zoom to a period (dates, "" for an open end); the range slider keeps the whole extent (ISO times)."""
    first, last = period
    ends = first or extent[0], f"{last} 23:59" if last else extent[1]
    figure.update_xaxes(range=ends, rangeslider_range=[min(ends[0], extent[0]), max(ends[1], extent[1])])
    inside = [
        count
        for trace in figure.data
        for time, count in zip(trace.x, trace.y, strict=True)
        if ends[0] <= time <= ends[1]
    ]
    if inside:
        figure.update_yaxes(range=[0, 1.05 * max(inside) or 1], uirevision=f"{first} {last}")
    figure.update_layout(uirevision=f"{figure.layout.uirevision} {first} {last}")


def binned(times: Sequence[str], counts: Sequence[float], bin_name: str) -> tuple[list[str], list[float]]:
    """Return (dates, means) of counts by day, by month of the daily means, or 13-month smoothed of those."""
    # A drawing without a time of day has the time "YYYY-MM-DD ".
    when = np.array([time.strip() for time in times], dtype="datetime64[m]")
    means = daily(when, counts)
    if bin_name == "day":
        return means.dates.astype(str).tolist(), means.values.tolist()
    means = monthly(means.dates, means.values)
    if bin_name == "smoothed":
        means = smoothed(means.dates, means.values)
    return [f"{month}-15" for month in means.dates], means.values.tolist()
