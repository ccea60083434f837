"""The layout of the viewer: stage, tools, filmstrip, and the numbers beside the drawing.

assets/viewer/ fills the empty elements.
"""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from sunspot_dash.ml.config import FLOOR
from sunspot_dash.web.components.bar import choice, segments
from sunspot_dash.web.components.feedback import LIVE, STAGE
from sunspot_dash.web.components.icons import icon
from sunspot_dash.web.components.terms import explain
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
    Inference.TRUTH: ("Compare with labels", False),
}


def viewer() -> html.Div:
    """Return the drawing with its tools, and the filmstrip below it."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(id=Inference.STAGE, className="stage", **STAGE),
                    _tools(),
                    html.Div(id=Inference.COUNT, className="stage-status", **LIVE),
                ],
                className="stage-frame",
            ),
            html.Div(id=Inference.STRIP, className="filmstrip", tabIndex="-1"),
        ],
        className="viewer-main",
    )


def _tools() -> html.Div:
    return html.Div(
        [
            _tool(Inference.PREVIOUS, "chevron-left", "Previous drawing (left arrow key)"),
            _tool(Inference.NEXT, "chevron-right", "Next drawing (right arrow key)"),
            segments(Inference.LAYOUT, LAYOUTS, "overlay"),
            _tool(Inference.OUT, "zoom-out", "Zoom out (-)"),
            _tool(Inference.IN, "zoom-in", "Zoom in (+)"),
            _tool(Inference.FIT, "arrows-fullscreen", "Fit the disk, then the page (0)"),
            _swipe(),
        ],
        className="stage-tools",
    )


def _tool(identity: str, picture: str, title: str) -> html.Button:
    return html.Button(
        [icon(picture), html.Span(title, className="visually-hidden")],
        id=identity,
        title=title,
        type="button",
        className="tool",
    )


def _swipe() -> html.Div:
    right = dbc.Select(
        id=Inference.OVER,
        options=[{"value": view, "label": f"{view} on the right"} for view in ("overlay", "mask")],
        value="overlay",
        size="sm",
    )
    return html.Div(
        [
            choice("View on the right", right),
            choice("Position of the dividing line", _slider(Inference.SHARE, (0, 100), 1, 50)),
        ],
        id=Inference.SWIPE,
        className="swipe",
        style={"display": "none"},
    )


def numbers(labels: bool) -> list[Any]:
    """Return the numbers of the drawing, and the controls that change them; `labels` turns on the comparison."""
    threshold = html.Div(
        [
            html.Div(
                [
                    html.Label("Confidence threshold", htmlFor=Inference.THRESHOLD),
                    explain("threshold"),
                    html.Output(id=Inference.THRESHOLD_VALUE, className="ms-auto fw-semibold"),
                ],
                className="d-flex small fw-semibold",
            ),
            html.Div(id=Inference.HISTOGRAM),
            html.Div(
                [
                    _slider(Inference.THRESHOLD, (FLOOR, 1), 0.01),
                    html.Div(id=Inference.MODEL_THRESHOLD, className="model-threshold", hidden=True),
                ],
                className="position-relative",
            ),
            html.Div("The vertical line marks the threshold of the model.", className="help"),
            dbc.Button(
                "Apply to all drawings",
                id=Inference.APPLY,
                size="sm",
                color="secondary",
                className="mt-2",
                title="Recount all drawings at this threshold; new drawings are processed, too",
            ),
        ],
        id=Inference.TOOLS,
        className="of-drawing",
    )
    overlays = OVERLAYS | ({Inference.TRUTH: (OVERLAYS[Inference.TRUTH][0], True)} if labels else {})
    boxes = [
        dbc.Checkbox(id=identity, label=label, value=value, persistence=True, persistence_type="local")
        for identity, (label, value) in overlays.items()
    ]
    return [
        html.Div(id=Inference.DRAWING),
        html.Div(id=Inference.LIVE_NUMBERS),
        threshold,
        html.Div(boxes, className="of-drawing d-flex column-gap-3 flex-wrap small"),
        html.Div(id=Inference.GROUPS_LIST),
        html.Div(id=Inference.FACTS),
        dcc.Store(id=Inference.DRAWN),
    ]


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
