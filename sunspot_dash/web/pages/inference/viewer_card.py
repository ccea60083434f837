"""The layout of the viewer: views, overlays, swipe, and the confidence threshold."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from sunspot_dash.figures.theme import blank, graph_config
from sunspot_dash.figures.viewer import VIEWS
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.ids import Inference

LAYOUTS = {
    "overlay": "Overlay",
    "original": "Original",
    "mask": "Mask",
    "side": "Side by side",
    "swipe": "Swipe",
}
# Id -> label and default.
OVERLAYS = {
    Inference.GRID: ("Grid", True),
    Inference.GROUPS: ("Groups", True),
    Inference.ON_MASK: ("Also on the mask", False),
}
CONFIG: Any = graph_config(scrollZoom=True)


def card() -> dbc.Card:
    step = {"size": "sm", "outline": True, "color": "secondary"}
    bar = [
        dbc.Button("‹ Previous", id=Inference.PREVIOUS, title="Previous drawing (left arrow key)", **step),
        dbc.Button("Next ›", id=Inference.NEXT, title="Next drawing (right arrow key)", **step),
        dbc.RadioItems(
            id=Inference.LAYOUT,
            options=[{"value": value, "label": label} for value, label in LAYOUTS.items()],
            value="overlay",
            inline=True,
            className="ms-auto",
        ),
    ]
    return dbc.Card(
        dbc.CardBody(
            [
                html.Div(bar, className="d-flex gap-2 align-items-center mb-2 flex-wrap"),
                _overlays(),
                html.Div(id=Inference.COUNT, **LIVE),
                _swipe(),
                html.Div([_view(view) for view in VIEWS] + [html.Div(id=Inference.LINE)], id=Inference.VIEWS),
                html.Div(
                    [
                        html.Label("Confidence threshold", htmlFor=Inference.THRESHOLD),
                        html.Output(id=Inference.THRESHOLD_VALUE, className="fw-semibold"),
                    ],
                    className="d-flex gap-2 small mt-2",
                ),
                html.Div(
                    [
                        _slider(Inference.THRESHOLD, (FLOOR, 1), 0.01),
                        html.Div(id=Inference.MODEL_THRESHOLD, className="model-threshold", hidden=True),
                    ],
                    className="position-relative",
                ),
                html.Div("The vertical line marks the threshold of the model.", className="help"),
                html.Div(id=Inference.FACTS, className="mt-2"),
                dcc.Store(id=Inference.SHOWN),
            ]
        ),
    )


def _view(view: str) -> html.Div:
    graph = dcc.Graph(
        id=Inference.FIGURES[view], figure=blank(), config=CONFIG, className="h-100", responsive=True
    )
    return html.Div([html.Div(view, className="view-name"), graph], id=Inference.VIEW[view], className="view")


def _overlays() -> html.Div:
    """Return the overlay checkboxes, whose state the browser stores."""
    boxes = [
        dbc.Checkbox(id=identity, label=label, value=value, persistence=True, persistence_type="local")
        for identity, (label, value) in OVERLAYS.items()
    ]
    return html.Div(boxes, className="d-flex column-gap-3 flex-wrap small")


def _swipe() -> html.Div:
    right = dbc.Select(
        id=Inference.OVER,
        options=[{"value": view, "label": f"{view} on the right"} for view in ("overlay", "mask")],
        value="overlay",
        size="sm",
        style={"maxWidth": "12rem"},
    )
    right_label = html.Label("View on the right", htmlFor=Inference.OVER, className="visually-hidden")
    line_label = html.Label(
        "Position of the dividing line", htmlFor=Inference.SHARE, className="visually-hidden"
    )
    return html.Div(
        [right_label, right, line_label, _slider(Inference.SHARE, (0, 100), 1, 50)],
        id=Inference.SWIPE,
        className="swipe",
        style={"display": "none"},
    )


def _slider(identity: str, ends: tuple[float, float], step: float, value: float | None = None) -> dbc.Input:
    return dbc.Input(
        id=identity,
        type="range",
        min=ends[0],
        max=ends[1],
        step=step,
        value=value,
        className="form-range p-0 border-0",
    )
