"""Sunspot numbers over time, and against a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sunspot_dash.domain.activity.timeseries import Comparison, Means, daily, monthly
from sunspot_dash.figures.series import MOST_POINTS
from sunspot_dash.figures.theme import COLOURS, style

# A line is broken where nothing was observed for longer than this, by the length of a date's text.
LONGEST_GAP = {7: np.timedelta64(31, "D"), 10: np.timedelta64(7, "D")}
NUMBER = "sunspot number R"
SYMBOLS = ("circle", "triangle-up", "triangle-down", "diamond")


@dataclass(frozen=True)
class NumberLine:
    """One series: ISO dates ("YYYY-MM" of months), values, of how many each is the mean, what a click opens ("")."""

    name: str
    dates: Sequence[str]
    values: Sequence[float]
    n: Sequence[int]
    keys: Sequence[str] = ()


def number_figure(lines: Sequence[NumberLine], theme: str, title: str = NUMBER) -> go.Figure:
    """Sunspot numbers over time, a colour for each series; a gap in the observations is a gap in the line."""
    figure = go.Figure()
    for order, line in enumerate(lines):
        x, y, told = _gapped(line)
        figure.add_scatter(
            x=x,
            y=y,
            customdata=told,
            name=line.name,
            mode="markers" if any(line.keys) else "lines+markers",
            marker={
                "size": 5,
                "color": COLOURS[order % len(COLOURS)],
                "symbol": SYMBOLS[order % len(SYMBOLS)],
            },
            line={"width": 1, "color": COLOURS[order % len(COLOURS)]},
            connectgaps=False,
            hovertemplate="%{x}<br>R %{y:.1f} (n = %{customdata[1]})<extra>%{fullData.name}</extra>",
            showlegend=len(lines) > 1,
        )
    figure.update_xaxes(title="date (UT)", type="date")
    figure.update_yaxes(title=title, rangemode="tozero")
    figure.update_layout(clickmode="event", dragmode="zoom")
    return style(figure, theme)


def reference_figure(ours: NumberLine, reference: NumberLine, theme: str) -> go.Figure:
    """A model's numbers, scaled by k, with a reference at the same dates, and below the difference of the two.

    More than MOST_POINTS become monthly means.
    """
    ours, reference = _thinned(ours), _thinned(reference)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.65, 0.35], vertical_spacing=0.06)
    for order, line in enumerate((ours, reference)):
        figure.add_trace(number_figure([line], theme).data[0], row=1, col=1)
        look = {"color": COLOURS[order], "symbol": ("circle", "circle-open")[order], "size": 6}
        figure.data[-1].update(marker=look, line_color=COLOURS[order], showlegend=True)
    off = [a - b for a, b in zip(ours.values, reference.values, strict=True)]
    x, y, _ = _gapped(NumberLine("", ours.dates, off, ours.n))
    figure.add_scatter(
        x=x, y=y, mode="markers", marker={"size": 5, "color": COLOURS[2]}, showlegend=False, row=2, col=1,
        hovertemplate="%{x}<br>%{y:+.1f}<extra>difference</extra>",
    )  # fmt: skip
    figure.add_hline(y=0, line={"width": 1, "color": "#868e96", "dash": "dot"}, row=2, col=1)
    style(figure, theme)
    figure.update_xaxes(type="date")
    figure.update_xaxes(title="date (UT)", row=2, col=1)
    figure.update_yaxes(title=NUMBER, rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title="difference", row=2, col=1)
    return figure


def compared_figure(found: Comparison, model: str, reference: str, theme: str) -> go.Figure:
    """What was compared with a reference: the model's numbers scaled by k, the reference, their difference."""
    k = 1.0 if found.k is None else found.k.value
    once = np.ones(len(found.dates), np.int64)
    ours, theirs = (Means(found.dates, values, once) for values in (k * found.ours, found.reference))
    return reference_figure(_of_means(ours, f"{model} × {k:.3f}"), _of_means(theirs, reference), theme)


def _thinned(line: NumberLine) -> NumberLine:
    """As it is, or monthly means of too many."""
    if len(line.dates) <= MOST_POINTS:
        return line
    days = daily(np.array([date[:10] for date in line.dates], "datetime64[D]"), line.values)
    return _of_means(monthly(days.dates, days.values), f"{line.name}, monthly means of the common days")


def _of_means(means: Means, name: str) -> NumberLine:
    """A series of means, which no click opens."""
    return NumberLine(name, means.dates.astype(str).tolist(), means.values.tolist(), means.n.tolist())


def _gapped(line: NumberLine) -> tuple[list[str], list[float | None], list[list[object]]]:
    """(dates, values, [key, n] each) with an empty entry where nothing was observed for long."""
    months = bool(line.dates) and len(line.dates[0]) == 7
    shown = [f"{date}-15" if months else date for date in line.dates]
    when = np.array([date[:10] for date in shown], "datetime64[D]")
    keys = line.keys or [""] * len(shown)
    x: list[str] = []
    y: list[float | None] = []
    told: list[list[object]] = []
    broken = np.diff(when, prepend=when[:1]) > LONGEST_GAP[7 if months else 10]
    for i, date in enumerate(shown):
        if broken[i]:
            x.append(date)
            y.append(None)
            told.append(["", 0])
        x.append(date)
        y.append(round(float(line.values[i]), 2))
        told.append([keys[i], int(line.n[i])])
    return x, y, told
