"""Intervals of counts: spreads with a known answer, and groups that could be one or two."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sunspot_dash.domain.activity.observation import Observation, observation_time, observations
from sunspot_dash.domain.activity.uncertainty import (
    DRAWS,
    LEAST_SPREAD,
    Interval,
    Intervals,
    Uncertainty,
    spread_of,
    uncertainty_of,
    why_no_interval,
)
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.review.doubt import OBSERVER_SCATTER
from sunspot_dash.domain.spots.calibration import Calibration, Form
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

DISK = Disk(500.0, 500.0, 400.0, 0.9)
CALIBRATION = Calibration(0.4, 0.9, (0.0, 1.0), (0.0, 1.0), 2.0, 1.0, 1.5, 50, ())
WHEN = observation_time("1956-04-17", "08:30")
DEGREE = 400 * np.pi / 180  # px at the centre of the disk
Place = tuple[float, float, float]


def seen(places: list[Place], threshold: float) -> Observation:
    """The observation of candidates (degrees right of and below the disk's centre, confidence)."""
    square = np.array([[-2, -2], [2, -2], [2, 2], [-2, 2]])
    spots = []
    for right, down, confidence in places:
        at = np.array([500 + right * DEGREE, 500 + down * DEGREE])
        spots.append(Spot(*at, 16.0, confidence, square + at))
    result = DrawingResult("a.jpg", 1000, 1000, DISK, tuple(spots), "m", "h", "i", 0.4, 1.0)
    return observations([(result, PRESETS["uset-solar"], WHEN)], threshold)[0]


def uncertainty(places: list[Place], calibration: Calibration = CALIBRATION) -> Uncertainty:
    return uncertainty_of(seen(places, 0.4), seen(places, 0), calibration)


def test_the_spread_of_spots_is_that_of_the_poisson_binomial_distribution_and_of_observers():
    confidences = [0.9, 0.6, 0.5, 0.2]
    spread, draws = spread_of(seen([(10 * i - 20, 20, c) for i, c in enumerate(confidences)], 0), CALIBRATION)
    variance = sum(c * (1 - c) for c in confidences)
    observers = OBSERVER_SCATTER * sum(confidences)
    assert spread.spots == pytest.approx(np.sqrt(variance + observers**2 + LEAST_SPREAD[0] ** 2))
    assert draws.seen.shape == (DRAWS, 4)
    assert draws.seen.mean(axis=0) == pytest.approx(confidences, abs=0.2)


def test_probabilities_are_those_of_the_calibration():
    never = replace(CALIBRATION, probabilities=(0.0, 0.0))
    spread, draws = spread_of(seen([(0, 20, 0.9), (10, 20, 0.5)], 0), never)
    assert not draws.seen.any() and spread.spots == LEAST_SPREAD[0] and spread.groups == LEAST_SPREAD[1]


def test_sure_spots_have_a_narrow_interval_around_their_number():
    found = uncertainty([(-30, 20, 1.0), (0, 20, 1.0), (30, 20, 1.0)])
    number = found.intervals.number
    assert (number.low, number.high) == pytest.approx((30, 36), abs=0.03)
    assert found == Uncertainty(Intervals(Interval(2, 4), Interval(3, 3), number))


def test_a_blank_disk_has_an_interval_from_zero():
    found = uncertainty([]).intervals
    assert found.spots == Interval(0, 1) and found.groups == Interval(0, 0) and found.number == Interval(0, 3)


def test_doubtful_spots_widen_every_interval_and_are_named():
    doubtful = [(-40 + 20 * i, 20, c) for i, c in enumerate((0.45, 0.35, 0.5, 0.3, 1.0))]
    found = uncertainty(doubtful)
    counts = found.intervals
    assert counts.spots.low <= 1 and counts.spots.high > 4
    assert counts.groups.low <= 2 and counts.groups.high >= 4
    assert counts.number.high - counts.number.low > 20
    assert found.near == (1, 2, 3, 4)


def test_factors_scale_the_intervals():
    places = [(-40 + 20 * i, 20, 0.5) for i in range(5)]
    wide = uncertainty(places, replace(CALIBRATION, number=3.0)).intervals.number
    narrow = uncertainty(places, replace(CALIBRATION, number=0.0)).intervals.number
    assert narrow.low == narrow.high == 55 and wide.high - 55 > 20


def test_groups_at_the_limit_of_the_reach_could_be_one_or_two():
    # Here, at 20 degrees from the centre, the rule links spots that are up to 9.8 degrees apart.
    just_apart = uncertainty([(0, 20, 1.0), (10, 20, 1.0), (-40, 20, 1.0)])
    ((one, other, share),) = just_apart.joined
    assert just_apart.divided == () and {one, other} == {2, 3} and 0.25 <= share <= 0.6
    just_linked = uncertainty([(0, 20, 1.0), (9.3, 20, 1.0), (-40, 20, 1.0)])
    ((name, share),) = just_linked.divided
    assert just_linked.joined == () and name == 2 and 0.25 <= share <= 0.6
    assert uncertainty([(0, 20, 1.0), (4, 20, 1.0), (30, 20, 1.0)]).divided == ()


def test_the_same_drawing_has_the_same_intervals():
    places = [(-40 + 20 * i, 20, 0.5) for i in range(5)]
    assert uncertainty(places) == uncertainty(places)


@pytest.mark.parametrize(
    ("change", "when", "reason"),
    [
        ({}, WHEN, ""),
        ({"calibration": None}, WHEN, "not compared with those of observers"),
        ({"threshold": 0.5}, WHEN, "only for the threshold 0.4"),
        ({}, observation_time("undated", ""), "no date"),
        ({}, observation_time("1970-04-17", ""), "no drawing with a disk of this size"),
        ({"disk": replace(DISK, radius=300)}, WHEN, "no drawing with a disk of this size"),
    ],
)
def test_a_count_without_an_interval_has_a_reason(change, when, reason):
    calibration = replace(CALIBRATION, forms=(Form(400, 1950, 1960),))
    result = DrawingResult("a.jpg", 1000, 1000, DISK, (), "m", "h", "i", 0.4, 1.0, calibration)
    found = why_no_interval(replace(result, **change), when)
    assert reason in found and bool(found) == bool(reason)
