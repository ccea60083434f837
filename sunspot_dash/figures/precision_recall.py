"""Precision and recall of models over the confidence threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from sunspot_dash.domain.scoring.comparison import CurvePoint
from sunspot_dash.figures.theme import COLOURS, add_labels, columns, style
from sunspot_dash.figures.tokens import TOKENS

DASHES = ("solid", "dash")
SYMBOLS = ("circle", "diamond")


class Curve(NamedTuple):
    """The curve of a model, and the threshold at which it is used."""

    name: str
    threshold: float
    points: Sequence[CurvePoint]


def precision_recall_figure(curves: Sequence[Curve], theme: str) -> go.Figure:
    """Draw up to two curves, with a marker at the threshold of each model.

    Points without a meaning, such as the precision of no detections, are left out.
    """
    figure = go.Figure()
    for curve, colour, dash, symbol in zip(curves, COLOURS[theme], DASHES, SYMBOLS, strict=False):
        shown = [point for point in curve.points if point.spots.precision is not None]
        shown = [point for point in shown if point.spots.recall is not None]
        hover = f"threshold %{{customdata:.2f}}: recall %{{x:.3f}}, precision %{{y:.3f}}<extra>{curve.name}</extra>"
        for own in (False, True):
            points = [point for point in shown if not own or point.threshold == curve.threshold]
            figure.add_scatter(
                x=[point.spots.recall for point in points],
                y=[point.spots.precision for point in points],
                customdata=[point.threshold for point in points],
                meta=columns("threshold"),
                name=f"{curve.name}, at its threshold" if own else curve.name,
                mode="markers" if own else "lines",
                line={"color": colour, "dash": dash, "width": 2},
                marker={
                    "color": colour,
                    "symbol": symbol,
                    "size": 12,
                    "line": {"color": TOKENS[theme]["surface"], "width": 1.5},
                },
                hovertemplate=hover,
            )
    figure.update_xaxes(title="recall")
    figure.update_yaxes(title="precision")
    names = [
        (f"{mark} {curve.name}, used at {curve.threshold:.2f}", colour)
        for curve, colour, mark in zip(curves, COLOURS[theme], "●◆", strict=False)
    ]
    return add_labels(style(figure, theme), names)
