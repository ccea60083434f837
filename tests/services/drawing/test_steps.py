"""Groups and hits of a drawing at every threshold are those of the observation and of the evaluation there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.scoring.matching import score_drawing
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.drawing.steps import group_steps, match_steps, thresholds

SQUARE = np.array([(-3, -3), (3, -3), (3, 3), (-3, 3)])
WHEN = (PRESETS["uset"], observation_time("1956-04-17", "08:30"))


def drawing(*spots: tuple[float, float, float], threshold: float = 0.355) -> DrawingResult:
    made = tuple(Spot.from_outline(SQUARE + (x, y), sure) for x, y, sure in spots)
    return DrawingResult(
        "usd195604170830.png", 1000, 1000, Disk(500, 500, 400, 1), made, "m", "h", "i", threshold, 1.0
    )


@pytest.fixture
def many() -> DrawingResult:
    rng = np.random.default_rng(5)
    places = rng.choice([[400, 450], [450, 460], [600, 620], [300, 600]], 40) + rng.normal(0, 15, (40, 2))
    return drawing(*((x, y, sure) for (x, y), sure in zip(places, rng.uniform(FLOOR, 1, 40), strict=True)))


def at(steps, threshold: float) -> list[int]:
    """The values of the last step at or below a threshold, as in assets/viewer/counts.js."""
    return [values for start, values in steps if start <= threshold][-1]


def test_thresholds_begin_at_the_floor_and_hold_the_models_own():
    assert thresholds(drawing((400, 400, 0.3), (500, 400, 0.35), (600, 400, 0.9))) == [
        FLOOR,
        0.31,
        0.355,
        0.91,
    ]
    assert thresholds(drawing()) == [FLOOR]


def test_the_groups_are_those_of_an_observation_at_each_threshold(many):
    (candidates,) = observations([(many, *WHEN)], 0.0)
    steps = group_steps(many, candidates)
    assert len(steps) > 20 and len({max(groups, default=0) for _, groups in steps}) > 2
    for threshold in (FLOOR, 0.2, 0.355, 0.36, 0.7, 0.95, 1.0):
        (seen,) = observations([(many, *WHEN)], threshold)
        assert at(steps, threshold) == seen.group.tolist(), threshold
    empty = drawing()
    assert group_steps(empty, observations([(empty, *WHEN)], 0.0)[0]) == [(FLOOR, [])]


def test_the_hits_are_those_of_the_evaluation_at_each_threshold(many):
    labels = [replace(spot, confidence=1.0, x=spot.x + 1) for spot in many.spots[::2]]
    labels.append(Spot.from_outline(SQUARE + (700, 300)))
    steps = match_steps(many, labels)
    for threshold in (FLOOR, 0.355, 0.7, 1.0):
        counted = [spot for _, spot in many.numbered(threshold)]
        score = score_drawing(many.name, labels, counted, many.disk.radius).spots
        hit = at(steps, threshold)
        assert sum(label < 0 for label in hit) == score.false_alarms
        assert len({label for label in hit if label >= 0}) == score.tp == len(hit) - score.false_alarms
