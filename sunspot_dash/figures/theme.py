"""One look for every figure, light and dark."""

from __future__ import annotations

import plotly.graph_objects as go

# Okabe & Ito's palette, told apart by the colour-blind too.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
SPOT = "#0a8f3c"


def style(figure: go.Figure, theme: str) -> go.Figure:
    """The figure in the page's colours, with room for its axes only."""
    dark = theme == "dark"
    grid = "#3a4149" if dark else "#dee2e6"
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": "#dee2e6" if dark else "#212529", "size": 13},
        margin={"l": 60, "r": 20, "t": 30, "b": 50},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        hoverlabel={"font": {"size": 13}},
        modebar={"bgcolor": "rgba(0,0,0,0)"},
    )
    figure.update_xaxes(gridcolor=grid, linecolor=grid, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=grid, linecolor=grid, zeroline=False, automargin=True)
    return figure


def blank() -> go.Figure:
    """What stands in a figure's place until it comes: nothing."""
    figure = go.Figure()
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_layout(template="none", paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
    return figure
