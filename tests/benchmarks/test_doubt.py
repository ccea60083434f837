"""The comparison of the doubt queue with random drawings, on known numbers of errors."""

from __future__ import annotations

import pytest

from benchmarks.doubt import Judged, comparison, with_thresholds
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.coco import Coco
from sunspot_dash.domain.review.doubt import Doubt
from sunspot_dash.domain.spots.detections import DrawingResult


def queue(errors: list[int]) -> list[Judged]:
    return [
        Judged(f"{i}.png", Doubt(float(len(errors) - i), ()), number, 1) for i, number in enumerate(errors)
    ]


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([4] * 10 + [0] * 10, ("40 errors of 40", "20.0 expected", "ratio 2.00", "ratio 2.00")),
        ([0] * 10 + [4] * 10, ("0 errors of 40", "20.0 expected", "ratio 0.00", "ratio 2.00")),
        ([3] * 20, ("30 errors of 60", "30.0 expected", "ratio 1.00", "ratio 1.00")),
    ],
)
def test_the_head_of_the_queue_is_compared_with_the_mean(errors, expected):
    text = "\n".join(comparison(queue(errors)))
    assert all(part in text for part in expected)


def test_results_with_a_threshold_keep_it():
    disk = Disk(50, 50, 40, 0.9)
    result = DrawingResult("a.png", 100, 100, disk, (), "m", "h", "i", 0.4, 1.0)
    assert with_thresholds([result], Coco()) == [result]
