"""The doubt of a drawing: known sums, and reasons in plain words."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.doubt import Candidates, Doubt, Evidence, candidates_of, doubt_of
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

SURE = Candidates(counted=30, errors=0.3, variance=0.3, near=0)


def result(*confidences: float) -> DrawingResult:
    square = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])
    spots = tuple(Spot.from_outline(square, confidence) for confidence in confidences)
    return DrawingResult("a.png", 100, 100, Disk(50, 50, 40, 0.9), spots, "m", "h", "i", 0.4, 1.0)


def test_expected_errors_are_false_alarms_above_and_misses_below_the_threshold():
    found = candidates_of(result(0.9, 0.5, 0.3, 0.1))
    assert found.errors == pytest.approx(0.1 + 0.5 + 0.3 + 0.1)
    assert found.variance == pytest.approx(0.09 + 0.25 + 0.21 + 0.09)
    assert (found.counted, found.near) == (2, 2)


def test_candidates_at_the_threshold_outrank_sure_spots():
    doubtful = doubt_of(Evidence(candidates_of(result(*[0.42] * 6, *[0.38] * 6))))
    sure = doubt_of(Evidence(candidates_of(result(*[0.99] * 40))))
    assert doubtful.errors > 10 * sure.errors
    assert doubtful.reasons == ("12 spots near the threshold",) and sure.reasons == ()
    assert doubt_of(Evidence(candidates_of(result(*[0.9] * 40)))).reasons == (
        "about 4 errors expected among the candidates",
    )


def test_an_empty_drawing_without_anything_known_has_no_doubt():
    assert doubt_of(Evidence(candidates_of(result()))) == Doubt(0.0, ())


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (
            Evidence(SURE, neighbours=(2, 3, 5)),
            "count far from its neighbours (30, theirs 3)",
        ),
        (Evidence(SURE, neighbours=(25, 34)), None),  # the Sun itself changes as much
        (Evidence(SURE, neighbours=()), None),
        (Evidence(SURE, limb_confidence=0.61), "limb fit 61 %"),
        (Evidence(SURE, limb_confidence=0.8), None),
        (Evidence(SURE, limb_confidence=None), None),  # set by a person
        (Evidence(SURE, observer=39), "off from the observer's total by 9"),
        (Evidence(SURE, observer=21), "off from the observer's total by 9"),
        (Evidence(SURE, observer=31), None),
    ],
)
def test_each_reason_adds_to_the_doubt(evidence, reason):
    found = doubt_of(evidence)
    assert found.reasons == ((reason,) if reason else ())
    assert (found.errors > SURE.errors + 0.5) is (reason is not None)


def test_the_strongest_reason_comes_first():
    spots = Candidates(20, 4.0, 3.0, 12)
    found = doubt_of(Evidence(spots, limb_confidence=0.3, observer=50))
    assert found.reasons == (
        "off from the observer's total by 30",
        "limb fit 30 %",
        "12 spots near the threshold",
    )
    assert doubt_of(Evidence(spots._replace(near=1))).reasons == ("1 spot near the threshold",)
