"""Sunspot numbers over time, alone and compared with a reference series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sunspot_dash.domain.activity.timeseries import Comparison, Means, daily, monthly, smoothed
from sunspot_dash.figures.cycle_marks import add_cycles
from sunspot_dash.figures.spot_counts import shown_bin
from sunspot_dash.figures.theme import DATE_TICKS, add_labels, columns, style, text_figure
from sunspot_dash.figures.time_series import TimeSeries, points, time_series_figure
from sunspot_dash.figures.tokens import TOKENS

NUMBER = "sunspot number R"
HOVER = "%{x}<br>R %{y:.1f} (n = %{text})<extra>%{fullData.name}</extra>"
NOTHING_COMMON = "Nothing in common in this bin: choose another one, or a longer period"


class Pair(NamedTuple):
    """A model's scaled numbers and a reference, both at the same dates."""

    model: TimeSeries
    reference: TimeSeries


def number_figure(series: Sequence[TimeSeries], theme: str, smooth: Sequence[TimeSeries] = ()) -> go.Figure:
    """Draw sunspot numbers over time; a gap in the observations is a gap in the line.

    Args:
        theme: "light" or "dark"; smooth: 13-month smoothed means of the same series, drawn strong over them.
    """
    return time_series_figure(series, theme, NUMBER, break_gaps=True, smooth=smooth, hovertemplate=HOVER)


def pair_of(comparison: Comparison, model: str, reference: str) -> Pair:
    """Return the series of a comparison by their names: the model's numbers scaled by k, and the reference."""
    k = 1.0 if comparison.k is None else comparison.k.value
    once = np.ones(len(comparison.dates), np.int64)
    ours, theirs = (
        Means(comparison.dates, values, once) for values in (k * comparison.ours, comparison.reference)
    )
    return Pair(_series_of_means(ours, f"{model} × {k:.3f}"), _series_of_means(theirs, reference))


def in_bin(pair: Pair, bin_name: str) -> Pair:
    """Return a pair in one of `figures.spot_counts.BINS`, from the dates that both have.

    Months are not split: a monthly series is shown by month, or smoothed.
    """
    shown = shown_bin(bin_name, len(pair.model.times), "day")
    if shown == "drawing" or (pair.model.monthly and shown != "smoothed"):
        return pair
    return Pair(*(_in_bin(series, shown) for series in pair))


def _in_bin(series: TimeSeries, bin_name: str) -> TimeSeries:
    days = np.array([time[:10] for time in series.times], "datetime64[D]")
    means = daily(days, series.values)
    if bin_name == "day":
        # Days with a single drawing open it.
        return series if len(means.dates) == len(days) else _like(series, means, "")
    means = monthly(means.dates, means.values)
    if bin_name == "month":
        return _like(series, means, ", monthly means of the common days")
    return _like(series, smoothed(means.dates, means.values), ", 13-month smoothed")


def _like(series: TimeSeries, means: Means, how: str) -> TimeSeries:
    return replace(_series_of_means(means, f"{series.name}{how}"), colour=series.colour)


def reference_figure(pair: Pair, theme: str) -> go.Figure:
    """Draw a model's scaled numbers with a reference at the same dates, and their difference below."""
    if not pair.model.times:
        return text_figure(NOTHING_COMMON, theme)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.65, 0.35], vertical_spacing=0.06)
    for series, name, dash in ((pair.model, "model", "solid"), (pair.reference, "reference", "dash")):
        colour, single = TOKENS[theme][name], any(series.keys)
        figure.add_scatter(
            **points(series, break_gaps=True),
            name=series.name,
            mode="markers" if single else "lines",
            marker={"color": colour, "symbol": "circle" if name == "model" else "circle-open", "size": 6},
            line={"color": colour, "dash": dash, "width": 1.5},
            connectgaps=False,
            hovertemplate=HOVER,
            row=1,
            col=1,
        )
    differences = [a - b for a, b in zip(pair.model.values, pair.reference.values, strict=True)]
    figure.add_scatter(
        **points(TimeSeries("", pair.model.times, differences), break_gaps=True),
        name="difference", mode="markers", marker={"size": 4, "color": TOKENS[theme]["ink2"]}, row=2, col=1,
        hovertemplate="%{x}<br>%{y:+.1f}<extra>difference</extra>",
    )  # fmt: skip
    figure.add_hline(y=0, line={"width": 1, "color": "#868e96", "dash": "dot"}, row=2, col=1)
    style(figure, theme)
    figure.update_xaxes(type="date", tickformatstops=DATE_TICKS)
    figure.update_xaxes(title="date (UT)", row=2, col=1)
    figure.update_yaxes(title=NUMBER, rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title="difference", row=2, col=1)
    first, last = (f"{pair.model.times[at]}-01" for at in (0, -1))  # a month or a longer time
    add_cycles(figure, first, last, theme)
    names = (pair.model.name, "model"), (f"{pair.reference.name} (dashed)", "reference")
    return add_labels(figure, [(name, TOKENS[theme][colour]) for name, colour in names])


def scatter_figure(pair: Pair, theme: str) -> go.Figure:
    """Draw a model's scaled numbers over the reference at the same dates, with the line of equal numbers."""
    if not pair.model.times:
        return text_figure(NOTHING_COMMON, theme)
    token = TOKENS[theme]
    most = 1.05 * max(*pair.model.values, *pair.reference.values, 1)
    figure = go.Figure()
    figure.add_scatter(
        x=[round(float(value), 2) for value in pair.reference.values],
        y=[round(float(value), 2) for value in pair.model.values],
        text=list(pair.model.times),
        meta=columns("key", text="date"),
        customdata=list(pair.model.keys) or [""] * len(pair.model.times),
        name=pair.model.name,
        mode="markers",
        marker={"size": 6, "color": token["model"], "opacity": 0.6},
        hovertemplate="%{text}<br>model %{y:.1f}, reference %{x:.1f}<extra></extra>",
    )
    figure.add_shape(
        type="line",
        x0=0,
        y0=0,
        x1=most,
        y1=most,
        line={"color": token["reference"], "dash": "dash", "width": 1},
    )
    figure.update_xaxes(title=pair.reference.name, range=[0, most])
    figure.update_yaxes(title=pair.model.name, range=[0, most])
    figure.update_layout(clickmode="event", dragmode="zoom", showlegend=False)
    return style(figure, theme)


def comparison_figure(comparison: Comparison, model: str, reference: str, theme: str) -> go.Figure:
    """Draw a comparison: the model's numbers scaled by k, the reference, and their difference.

    More values than can be distinguished are shown as monthly means.
    """
    return reference_figure(in_bin(pair_of(comparison, model, reference), "day"), theme)


def _series_of_means(means: Means, name: str) -> TimeSeries:
    return TimeSeries(name, means.dates.astype(str).tolist(), means.values.tolist(), means.n.tolist())
