"""Calibration from held-out results: probabilities and factors with a known answer, and the coverage that they give."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibrate import (
    COUNTS,
    LEVEL,
    YEARS_AROUND,
    Outcomes,
    Seen,
    calibrate,
    coverage,
    factors,
    forms_of,
    knots_of,
    reliability,
)
from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.review.doubt import OBSERVER_SCATTER
from sunspot_dash.domain.spots.calibration import Calibration, Form
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.totals import Total

DISK = Disk(500.0, 500.0, 400.0, 0.9)
SURE = Calibration(0.5, LEVEL, (0.0, 1.0), (0.0, 1.0), 0.0, 0.0, 0.0, 1, ())


def seen(number: int, spots: int, observer: int, year: int = 1950, radius: float = 400.0) -> Seen:
    """A drawing with sure spots far from each other, and the observer's number of spots, each a group."""
    square = np.array([[-2, -2], [2, -2], [2, 2], [-2, 2]])
    at = [(500 + 45 * (i % 13 - 6), 500 + 60 * (i // 13 - 2)) for i in range(spots)]
    found = tuple(Spot(x, y, 16.0, 1.0, square + [x, y]) for x, y in at)
    result = DrawingResult(f"{number}.jpg", 1000, 1000, DISK, found, "m", "h", "i", 0.5, 1.0)
    drawing = [(result, PRESETS["uset-solar"], observation_time(f"{year}-04-17", "08:30"))]
    (counted,), (candidates,) = observations(drawing), observations(drawing, 0.0)
    total = Total(1, result.name, None, observer, observer, None)
    return Seen(result.name, year, radius, counted, candidates, total)


def test_probabilities_follow_the_share_of_spots():
    random = np.random.default_rng(0)
    confidence = random.uniform(0, 1, 20_000)
    outcomes = Outcomes(confidence, random.random(20_000) < confidence**2)
    at, probability = knots_of(outcomes)
    assert at[0] == 0 and at[-1] == 1 and list(probability) == sorted(probability)
    assert np.interp([0.2, 0.5, 0.8], at, probability) == pytest.approx([0.04, 0.25, 0.64], abs=0.03)
    raw_error = reliability(outcomes, confidence)[1]
    rows, error = reliability(outcomes, np.interp(confidence, at, probability))
    assert raw_error == pytest.approx(1 / 6, abs=0.01) and error < 0.02
    assert sum(n for *_, n in rows) == 20_000


def test_a_candidate_is_a_spot_where_a_label_is_and_only_once():
    (drawing,) = [seen(0, 2, 2)]
    spots = [spot for _, spot in drawing.candidates.numbered]
    result = DrawingResult("a.jpg", 1000, 1000, DISK, (*spots, spots[0]), "m", "h", "i", 0.5, 1.0)
    assert Outcomes.of(result, spots[:1]).is_spot.sum() == 1


def test_the_factor_covers_the_level_and_one_more():
    # Errors of 1, 2, ... 19 spots; each has the least spread of 0.5, and that of observers for five spots.
    drawings = [seen(i, 5, 5 + i) for i in range(1, 20)]
    found = factors(drawings, SURE)
    assert found["spots"] == pytest.approx(
        18 / np.hypot(0.5, 5 * OBSERVER_SCATTER)
    )  # the 18th of 19 for a level of 90 %
    calibration = calibrate(0.5, Outcomes(np.array([0.1, 0.9]), np.array([False, True])), drawings)
    inside = [drawing.covered(calibration)["spots"] for drawing in drawings]
    assert inside == [True] * 18 + [False]


def test_coverage_is_counted_on_blocks_that_were_left_out():
    random = np.random.default_rng(1)
    blocks = {
        f"block{k}": [seen(i, 10, int(10 + random.integers(-3, 4))) for i in range(30)] for k in range(4)
    }
    outcomes = {name: [Outcomes(np.array([0.1, 0.9]), np.array([False, True]))] for name in blocks}
    found = coverage(blocks, outcomes, 0.5)
    assert all(block["spots"][1] == 30 for block in found.values())
    for count in COUNTS:
        hits = sum(block[count][0] for block in found.values())
        assert hits >= 0.85 * 120
    # A block unlike the others is not covered.
    found = coverage(blocks | {"other": [seen(0, 10, 90)] * 3}, outcomes | {"other": outcomes["block0"]}, 0.5)
    assert found["other"]["spots"] == (0, 3)


def test_forms_are_runs_of_similar_disks():
    drawings = [
        seen(0, 1, 1, 1941, 740),
        seen(1, 1, 1, 1942, 745),
        seen(2, 1, 1, 1956, 493),
        seen(3, 1, 1, 1990, 742),
    ]
    around = YEARS_AROUND
    assert forms_of(drawings) == (
        Form(740, 1941 - around, 1942 + around),
        Form(493, 1956 - around, 1956 + around),
        Form(742, 1990 - around, 1990 + around),
    )
