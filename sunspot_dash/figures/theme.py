"""The look that all figures share, light and dark."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

# Okabe and Ito's palette, which colour-blind readers can distinguish.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
# Both ends of a scale contrast with the page.
SCALES = {
    "light": [[0, "#440154"], [0.33, "#31688e"], [0.67, "#21918c"], [1, "#5a9e1f"]],
    "dark": [[0, "#9d7be0"], [0.33, "#5f9fd8"], [0.67, "#3fc79a"], [1, "#fde725"]],
}
BUTTONS = ["zoom", "pan", "select", "lasso", "zoomin", "zoomout", "autoscale", "resetscale", "toimage"]
NO_RESULTS = "No dated drawing has results yet: run a model on the Inference page"
NO_MATCH = "Nothing matches the filter: choose another period, position or model"


def graph_config(**more: Any) -> dict[str, Any]:
    """Return the options of every figure, on a page or in the report, with `more`.

    Without them plotly.js shows its logo, which links to its maker, and "Share chart...", which uploads the data.
    """
    return {"displaylogo": False, "showSendToCloud": False, "plotlyServerURL": "", **more}


def style(figure: go.Figure, theme: str) -> go.Figure:
    """Apply the colours of the page and narrow margins, and return the figure."""
    dark = theme == "dark"
    grid_colour = "#3a4149" if dark else "#dee2e6"
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": "#dee2e6" if dark else "#212529", "size": 13},
        margin={"l": 60, "r": 20, "t": 30, "b": 50},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        hoverlabel={"font": {"size": 13}},
        # Visible over the white paper of a drawing too.
        modebar={
            "bgcolor": "rgba(33,37,41,0.85)" if dark else "rgba(255,255,255,0.85)",
            "color": "#ced4da" if dark else "#495057",
            "activecolor": "#8bb9fe" if dark else "#0d6efd",
        },
    )
    figure.update_xaxes(gridcolor=grid_colour, linecolor=grid_colour, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=grid_colour, linecolor=grid_colour, zeroline=False, automargin=True)
    return figure


def blank() -> go.Figure:
    """Return an empty figure, the placeholder until the first one is drawn."""
    figure = go.Figure()
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        modebar={"remove": BUTTONS},
        dragmode=False,
    )
    return figure


def text_figure(text: str, theme: str) -> go.Figure:
    """Return a figure that shows only a text: why there are no data, and what to do."""
    figure = blank()
    colour = "#adb5bd" if theme == "dark" else "#495057"
    centre = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    figure.add_annotation(text=text, showarrow=False, font={"size": 14, "color": colour}, **centre)
    return figure
