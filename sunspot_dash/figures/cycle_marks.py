"""Solar cycles behind a figure over time: a faint line at each minimum, and the number of each cycle."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.activity.cycles import cycles_within
from sunspot_dash.figures.tokens import TOKENS

SHORTEST_YEARS = 3  # a shorter figure shows no cycle
NARROWEST = 0.08  # part of the figure that a cycle needs for its number


def add_cycles(figure: go.Figure, first: str, last: str, theme: str) -> go.Figure:
    """Add the cycles of a long period (ISO dates or times), and return the figure."""
    begin, end = (np.datetime64(day[:10], "D") for day in (first, last))
    span = (end - begin).astype(int)
    if span < 365 * SHORTEST_YEARS:
        return figure
    token, name = TOKENS[theme], "cycle "  # before the first number only: a phone has no room for more
    for cycle in cycles_within(str(begin), str(end)):
        left, right = max(np.datetime64(cycle.first), begin), min(np.datetime64(cycle.last or end), end)
        if left > begin:
            line = {"color": token["line"], "width": 1, "dash": "dot"}
            figure.add_shape(
                type="line", x0=str(left), x1=str(left), y0=0, y1=1, yref="y domain", line=line, layer="below"
            )
        if (right - left).astype(int) >= NARROWEST * span:
            figure.add_annotation(
                x=str(left + (right - left) // 2), y=1, yref="y domain", yanchor="top", showarrow=False,
                text=f"{name}{cycle.number}", font={"size": 11, "color": token["ink3"]},
            )  # fmt: skip
            name = ""
    return figure
