"""Labels that look wrong, in a case made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.scoring.suspects import Labelled, suspects
from sunspot_dash.domain.spots.detections import DrawingResult, Spot


def spot(x: float, confidence: float = 1.0, half: float = 2.0) -> Spot:
    square = half * np.array([(-1.0, -1), (1, -1), (1, 1), (-1, 1)])
    return Spot.from_outline(square + (x, 500), confidence)


def result(model: str, *spots: Spot, threshold: float = 0.4) -> DrawingResult:
    disk = Disk(500, 500, 740, 1)  # the tolerance is 4.4 px; areas need no scaling
    return DrawingResult("a.png", 1000, 1000, disk, spots, model, "h", "i", threshold, 1.0)


def found(labels: list[Spot], **results: DrawingResult):
    return [(one.x, one.has_label, one.models) for one in suspects([Labelled("a.png", labels, results)])]


def test_sure_detections_without_a_label():
    labels = [spot(100), spot(300, half=20)]
    model = result("m", spot(100, 0.9), spot(104, 0.9), spot(200, 0.95), spot(400, 0.79), spot(315, 0.9))
    # At 100 and 104 a label is near, at 315 it is around the detection; the one at 400 is not sure.
    assert found(labels, m=model) == [(200, False, ("m",))]
    assert not found(labels, m=result("m", spot(200, 0.85), spot(100), spot(300), threshold=0.9))


def test_labels_that_no_network_finds():
    labels = [spot(100), spot(200), spot(300)]
    models = {"m": result("m", spot(101, 0.11)), "n": result("n", spot(300, 0.5))}
    assert found(labels, **models) == [(200, True, ("m", "n"))]


def test_the_order_is_by_what_models_and_labels_of_this_size_say():
    """Of 8 small labels 7 are found: one that is not is rarer than a large one, of which 1 of 2 is found."""
    small = [spot(20.0 * i, half=2) for i in range(1, 9)]
    large = [spot(300, half=5), spot(400, half=5)]
    seen = [*small[:7], large[0]]
    models = {
        "m": result("m", *(spot(one.x, 0.5) for one in seen), spot(900, 0.95)),
        "n": result("n", spot(901, 0.85), spot(700, 0.9)),
    }
    ordered = suspects([Labelled("a.png", [*small, *large], models)])
    assert [(one.x, one.has_label) for one in ordered] == [
        (900, False),  # 0.95 and 0.85
        (160, True),  # (7 + 1) / (8 + 2)
        (400, True),  # (1 + 1) / (2 + 2)
        (700, False),  # 0.9 and nothing
    ]
    assert [one.likely for one in ordered] == pytest.approx([0.9, 0.8, 0.5, 0.45])
    assert [one.models for one in ordered] == [("m", "n"), ("m", "n"), ("m", "n"), ("n",)]
    assert (ordered[1].size, ordered[1].alike) == ("8-20", 8)


def test_a_blank_drawing_has_nothing_to_check():
    assert suspects([Labelled("a.png", [], {"m": result("m")})]) == []
    assert found([], m=result("m", spot(50, 0.9))) == [(50, False, ("m",))]
