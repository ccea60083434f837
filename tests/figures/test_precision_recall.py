"""The precision-recall curves of two models."""

from __future__ import annotations

from sunspot_dash.domain.scoring.comparison import CurvePoint
from sunspot_dash.domain.scoring.matching import Tally
from sunspot_dash.figures.precision_recall import Curve, precision_recall_figure


def test_curves_differ_in_more_than_colour_and_mark_the_threshold_in_use():
    points = [
        CurvePoint(0.1, Tally(4, 0, 4)),
        CurvePoint(0.4, Tally(3, 1, 1)),
        CurvePoint(1.0, Tally(0, 4, 0)),
    ]
    figure = precision_recall_figure([Curve("a", 0.4, points), Curve("b", 0.1, points)], "dark")
    line, own, other, its = figure.data
    assert list(line.x) == [1, 0.75] and list(line.y) == [0.5, 0.75], "no precision without detections"
    assert (list(own.x), list(own.y)) == ([0.75], [0.75]) and list(its.x) == [1]
    assert line.line.color != other.line.color and line.line.dash != other.line.dash
    assert own.marker.symbol != its.marker.symbol
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("recall", "precision")
    (label,) = figure.layout.annotations
    assert (
        "a, used at 0.40" in label.text and "b, used at 0.10" in label.text and not figure.layout.showlegend
    )
