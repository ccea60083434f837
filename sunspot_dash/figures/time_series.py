"""Values over time as lines or points: the base of the figures of spot counts and sunspot numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.figures.cycle_marks import add_cycles
from sunspot_dash.figures.theme import COLOURS, DATE_TICKS, columns, label_series, style
from sunspot_dash.figures.tokens import TOKENS

MOST_POINTS = 4000  # of all series together; more would overlap
TOO_MANY = f"Shown as monthly means, since more than {MOST_POINTS:,} points overlap: choose a shorter period."
BARS = "Vertical bars: 90 % intervals."
LINES = "Thin line: {}. Strong line: 13-month smoothed means."
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
MONTH_CHARACTERS = 7  # of "YYYY-MM"
# The longest gap between observations that a line still crosses.
DAYS_GAP, MONTHS_GAP = np.timedelta64(7, "D"), np.timedelta64(31, "D")
THIN = 0.45  # opacity of values behind their smoothed means


@dataclass(frozen=True)
class TimeSeries:
    """One series of a figure.

    Attributes:
        name: its label.
        times: ISO times, dates or months ("YYYY-MM"), ascending.
        values: one per time.
        n: number of observations that each value averages; empty where it is not shown.
        keys: key of the drawing that a click on a point opens, "" for a mean; empty if none has one.
        colour: name of a token (assets/tokens.css), such as "north"; "" for the next colour of the palette.
        below, above: how far each value may be too high and too low, None or NaN where unknown; empty if all are.
    """

    name: str
    times: Sequence[str]
    values: Sequence[float]
    n: Sequence[int] = ()
    keys: Sequence[str] = ()
    colour: str = ""
    below: Sequence[float | None] = ()
    above: Sequence[float | None] = ()

    @property
    def monthly(self) -> bool:
        return bool(self.times) and len(self.times[0]) == MONTH_CHARACTERS

    @property
    def has_errors(self) -> bool:
        return any(value is not None for value in _known(self.above))


def colour_of(series: TimeSeries, order: int, theme: str) -> str:
    """Return the colour of the series at a place of its figure."""
    return TOKENS[theme][series.colour] if series.colour else COLOURS[theme][order % len(COLOURS[theme])]


def time_series_figure(
    series: Sequence[TimeSeries],
    theme: str,
    title: str,
    break_gaps: bool = False,
    smooth: Sequence[TimeSeries] = (),
    **look: Any,
) -> go.Figure:
    """Draw series over time, each in its own colour and symbol; single drawings as points, means as lines.

    Args:
        theme: "light" or "dark"; title: of the y axis.
        break_gaps: break a line where nothing was observed for longer than a week (days) or a month (months).
        smooth: smoothed means of the same series, drawn strong over them.
        look: properties of every trace, such as its hover text.
    """
    figure = go.Figure()
    for order, one in enumerate(series):
        colour = colour_of(one, order, theme)
        marker = {"size": 5, "color": colour, "symbol": SYMBOLS[order % len(SYMBOLS)]} | look.get(
            "marker", {}
        )
        line = "lines" if smooth else "lines+markers"
        figure.add_scatter(
            **(points(one, break_gaps) | look | {"marker": marker}),
            name=one.name,
            mode="markers" if any(one.keys) else line,
            line={"width": 1, "color": colour},
            connectgaps=False,
            opacity=THIN if smooth else 1,
            showlegend=True,
        )
    for order, one in enumerate(smooth):
        figure.add_scatter(
            **(points(one, break_gaps) | {name: look[name] for name in look if name != "marker"}),
            name=one.name,
            mode="lines",
            line={"width": 2.5, "color": colour_of(one, order, theme)},
            connectgaps=False,
            showlegend=False,
        )
    times = [time for one in series for time in (*one.times[:1], *one.times[-1:])]
    figure.update_xaxes(title="date (UT)", type="date", tickformatstops=DATE_TICKS)
    figure.update_yaxes(title=title, rangemode="tozero")
    figure.update_layout(clickmode="event", dragmode="zoom")
    if times:
        _set_extent(figure, min(times), max(times), theme)
    style(figure, theme)
    return label_series(
        figure, [(one.name, colour_of(one, order, theme)) for order, one in enumerate(series)]
    )


def _set_extent(figure: go.Figure, first: str, last: str, theme: str) -> None:
    """Show all of a single day, which Plotly would narrow to milliseconds; mark the cycles of a long period."""
    if len(first) == MONTH_CHARACTERS:
        first, last = f"{first}-01", f"{last}-28"
    day = np.datetime64(first[:10])
    if first[:10] == last[:10]:
        figure.update_xaxes(range=[str(day), str(day + 1)])
    add_cycles(figure, first, last, theme)


def points(series: TimeSeries, break_gaps: bool) -> dict[str, Any]:
    """Return x, y and meta of a trace, and customdata (the keys), text (n) and error bars if there are any.

    An empty point in each gap breaks the line.
    """
    times = [f"{time}-15" if series.monthly else time for time in series.times]
    keys, n = series.keys or [""] * len(times), series.n or [0] * len(times)
    below, above = (_known(values) or [None] * len(times) for values in (series.below, series.above))
    rows: list[tuple[str, float | None, str, int, float | None, float | None]] = [
        (time, round(float(value), 3), key, int(count), *ends)
        for time, value, key, count, *ends in zip(times, series.values, keys, n, below, above, strict=True)
    ]
    if break_gaps:
        days = np.array([time[:10] for time in times], "datetime64[D]")
        gaps = np.flatnonzero(np.diff(days) > (MONTHS_GAP if series.monthly else DAYS_GAP)) + 1
        for at in reversed(gaps.tolist()):
            rows.insert(at, (times[at], None, "", 0, None, None))
    x, y, customdata, text, below, above = (
        (list(column) for column in zip(*rows, strict=True)) if rows else ([],) * 6
    )
    bars = {"array": above, "arrayminus": below, "symmetric": False, "thickness": 0.75, "width": 0}
    return (
        {"x": x, "y": y, "meta": columns(*(["key"] if series.keys else []), text="n" if series.n else "")}
        | ({"customdata": customdata} if series.keys else {})
        | ({"text": text} if series.n else {})
        | ({"error_y": bars} if series.has_errors else {})
    )


def _known(values: Sequence[float | None]) -> list[float | None]:
    """Return values rounded, None where they are unknown."""
    return [None if value is None or isnan(value) else round(float(value), 2) for value in values]
