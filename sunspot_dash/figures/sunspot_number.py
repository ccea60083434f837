"""Sunspot numbers over time, alone and compared with a reference series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sunspot_dash.domain.activity.timeseries import Comparison, Means, daily, monthly
from sunspot_dash.figures.theme import COLOURS, style
from sunspot_dash.figures.time_series import MOST_POINTS, TimeSeries, points, time_series_figure

NUMBER = "sunspot number R"
HOVER = "%{x}<br>R %{y:.1f} (n = %{text})<extra>%{fullData.name}</extra>"


def number_figure(series: Sequence[TimeSeries], theme: str) -> go.Figure:
    """Draw sunspot numbers over time; a gap in the observations is a gap in the line."""
    return time_series_figure(series, theme, NUMBER, break_gaps=True, hovertemplate=HOVER)


def reference_figure(model: TimeSeries, reference: TimeSeries, theme: str) -> go.Figure:
    """Draw a model's scaled numbers with a reference at the same dates, and their difference below.

    More than MOST_POINTS values are shown as monthly means.
    """
    model, reference = _thinned(model), _thinned(reference)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.65, 0.35], vertical_spacing=0.06)
    for order, series in enumerate((model, reference)):
        figure.add_trace(number_figure([series], theme).data[0], row=1, col=1)
        look = {"color": COLOURS[order], "symbol": ("circle", "circle-open")[order], "size": 6}
        figure.data[-1].update(marker=look, line_color=COLOURS[order], showlegend=True)
    differences = [a - b for a, b in zip(model.values, reference.values, strict=True)]
    figure.add_scatter(
        **points(TimeSeries("", model.times, differences), break_gaps=True),
        mode="markers", marker={"size": 5, "color": COLOURS[2]}, showlegend=False, row=2, col=1,
        hovertemplate="%{x}<br>%{y:+.1f}<extra>difference</extra>",
    )  # fmt: skip
    figure.add_hline(y=0, line={"width": 1, "color": "#868e96", "dash": "dot"}, row=2, col=1)
    style(figure, theme)
    figure.update_xaxes(type="date")
    figure.update_xaxes(title="date (UT)", row=2, col=1)
    figure.update_yaxes(title=NUMBER, rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title="difference", row=2, col=1)
    return figure


def comparison_figure(comparison: Comparison, model: str, reference: str, theme: str) -> go.Figure:
    """Draw a comparison: the model's numbers scaled by k, the reference, and their difference."""
    k = 1.0 if comparison.k is None else comparison.k.value
    once = np.ones(len(comparison.dates), np.int64)
    ours, theirs = (
        Means(comparison.dates, values, once) for values in (k * comparison.ours, comparison.reference)
    )
    return reference_figure(
        _series_of_means(ours, f"{model} × {k:.3f}"), _series_of_means(theirs, reference), theme
    )


def _thinned(series: TimeSeries) -> TimeSeries:
    """Return the series, or its monthly means if it has more than MOST_POINTS values."""
    if len(series.times) <= MOST_POINTS:
        return series
    days = daily(np.array([time[:10] for time in series.times], "datetime64[D]"), series.values)
    name = f"{series.name}, monthly means of the common days"
    return _series_of_means(monthly(days.dates, days.values), name)


def _series_of_means(means: Means, name: str) -> TimeSeries:
    return TimeSeries(name, means.dates.astype(str).tolist(), means.values.tolist(), means.n.tolist())
