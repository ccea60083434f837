"""Values over time as lines or points: the base of the figures of spot counts and sunspot numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.figures.theme import COLOURS, style

MOST_POINTS = 4000  # of all series together; more would overlap
TOO_MANY = f"Shown as monthly means, since more than {MOST_POINTS:,} points overlap: choose a shorter period."
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
MONTH_CHARACTERS = 7  # of "YYYY-MM"
# The longest gap between observations that a line still crosses.
DAYS_GAP, MONTHS_GAP = np.timedelta64(7, "D"), np.timedelta64(31, "D")


@dataclass(frozen=True)
class TimeSeries:
    """One series of a figure.

    Attributes:
        name: its entry in the legend.
        times: ISO times, dates or months ("YYYY-MM"), ascending.
        values: one per time.
        n: number of observations that each value averages; empty where it is not shown.
        keys: key of the drawing that a click on a point opens, "" for a mean; empty if none has one.
    """

    name: str
    times: Sequence[str]
    values: Sequence[float]
    n: Sequence[int] = ()
    keys: Sequence[str] = ()

    @property
    def monthly(self) -> bool:
        return bool(self.times) and len(self.times[0]) == MONTH_CHARACTERS


def time_series_figure(
    series: Sequence[TimeSeries], theme: str, title: str, break_gaps: bool = False, **look: Any
) -> go.Figure:
    """Draw series over time, each in its own colour and symbol; single drawings as points, means as lines.

    Args:
        theme: "light" or "dark"; title: of the y axis.
        break_gaps: break a line where nothing was observed for longer than a week (days) or a month (months).
        look: properties of every trace, such as its hover text.
    """
    figure = go.Figure()
    for order, one in enumerate(series):
        colour = COLOURS[order % len(COLOURS)]
        marker = {"size": 5, "color": colour, "symbol": SYMBOLS[order % len(SYMBOLS)]} | look.get(
            "marker", {}
        )
        figure.add_scatter(
            **(points(one, break_gaps) | look | {"marker": marker}),
            name=one.name,
            mode="markers" if any(one.keys) else "lines+markers",
            line={"width": 1, "color": colour},
            connectgaps=False,
            showlegend=len(series) > 1,
        )
    figure.update_xaxes(title="date (UT)", type="date")
    figure.update_yaxes(title=title, rangemode="tozero")
    figure.update_layout(clickmode="event", dragmode="zoom")
    return style(figure, theme)


def points(series: TimeSeries, break_gaps: bool) -> dict[str, Any]:
    """Return x, y, customdata (the keys) and text (n) of a trace, with an empty point in each gap that breaks it."""
    times = [f"{time}-15" if series.monthly else time for time in series.times]
    keys, n = series.keys or [""] * len(times), series.n or [0] * len(times)
    rows: list[tuple[str, float | None, str, int]] = [
        (time, round(float(value), 3), key, int(count))
        for time, value, key, count in zip(times, series.values, keys, n, strict=True)
    ]
    if break_gaps:
        days = np.array([time[:10] for time in times], "datetime64[D]")
        gaps = np.flatnonzero(np.diff(days) > (MONTHS_GAP if series.monthly else DAYS_GAP)) + 1
        for at in reversed(gaps.tolist()):
            rows.insert(at, (times[at], None, "", 0))
    x, y, customdata, text = (
        (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    )
    return {"x": x, "y": y, "customdata": customdata, "text": text}
