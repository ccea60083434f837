"""The look that all figures share, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sunspot_dash.figures.tokens import TOKENS

# Okabe and Ito's palette, which colour-blind readers can distinguish, at a contrast of at least 3 : 1 with the page.
OTHERS = {
    "light": ("#d55e00", "#00875f", "#b8578f", "#a87400"),
    "dark": ("#f0883e", "#3fb98f", "#e08fc0", "#e6b93d"),
}
# The model comes first, in the same colour in all figures.
COLOURS = {theme: (TOKENS[theme]["model"], *others, TOKENS[theme]["ink"]) for theme, others in OTHERS.items()}
# Both ends of a scale contrast with the page.
SCALES = {
    "light": [[0, "#440154"], [0.33, "#31688e"], [0.67, "#21918c"], [1, "#5a9e1f"]],
    "dark": [[0, "#9d7be0"], [0.33, "#5f9fd8"], [0.67, "#3fc79a"], [1, "#fde725"]],
}
MOST_LABELS = 4  # series with a label in the figure; more get a legend
# ISO dates on every scale; the time of day only within a few days, and never fractions of a second.
DATE_TICKS = [
    {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%Y-%m-%d"},
    {"dtickrange": [86_400_000, "M0.9"], "value": "%Y-%m-%d"},
    {"dtickrange": ["M1", "M11"], "value": "%Y-%m"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]
BUTTONS = ["zoom", "pan", "select", "lasso", "zoomin", "zoomout", "autoscale", "resetscale", "toimage"]
FONT = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'
NO_RESULTS = "No dated drawing has results yet: run a model on Inference,<br>or set dates on Dataset"
NO_MATCH = "Nothing matches the filter:<br>choose another period, position or model"


def graph_config(**more: Any) -> dict[str, Any]:
    """Return the options of every figure, on a page or in the report, with `more`.

    Without them plotly.js shows its logo, which links to its maker, and "Share chart...", which uploads the data.
    """
    return {"displaylogo": False, "showSendToCloud": False, "plotlyServerURL": "", **more}


def style(figure: go.Figure, theme: str) -> go.Figure:
    """Apply the colours of the page and narrow margins, and return the figure."""
    token = TOKENS[theme]
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": token["ink"], "size": 12.5, "family": FONT},
        margin={"l": 60, "r": 20, "t": 24, "b": 50},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        hoverlabel={
            "font": {"size": 12.5, "color": token["ink"]},
            "bgcolor": token["surface"],
            "bordercolor": token["line"],
        },
        # Opaque enough to be seen over the white paper of a drawing.
        modebar={"bgcolor": f"{token['surface']}d9", "color": token["ink2"], "activecolor": token["accent"]},
    )
    lines = {"gridcolor": token["line"], "linecolor": token["line"], "zeroline": False, "automargin": True}
    lines |= {"title_font_size": 12.5}
    figure.update_xaxes(**lines)
    figure.update_yaxes(**lines)
    return figure


def add_labels(figure: go.Figure, labels: Sequence[tuple[str, str]]) -> go.Figure:
    """Write the (name, colour) of a few series above the plot, each in its colour, in place of a legend."""
    if not labels:
        return figure.update_layout(showlegend=False)
    names = [f'<b style="color:{colour}">{name}</b>' for name, colour in labels]
    place = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    figure.add_annotation(text="   ".join(names), showarrow=False, font={"size": 12}, **place)
    return figure.update_layout(showlegend=False)


def label_series(figure: go.Figure, labels: Sequence[tuple[str, str]]) -> go.Figure:
    """Name two or a few series by `add_labels`; a single one is named beside the figure, and more keep their legend."""
    if len(labels) > MOST_LABELS:
        return figure
    return add_labels(figure, labels if len(labels) > 1 else ())


def columns(*custom: str, text: str = "", axes: Sequence[str] = ()) -> dict[str, Any]:
    """Return the `meta` of a trace: names of the columns of its customdata and text in a saved CSV file.

    Args:
        axes: names of the columns of x and y, where the axes have no visible titles.
    """
    return {"custom": list(custom), "text": text, "axes": list(axes)}


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
    colour = TOKENS[theme]["ink2"]
    centre = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    figure.add_annotation(text=text, showarrow=False, font={"size": 14, "color": colour}, **centre)
    return figure
