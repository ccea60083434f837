"""Known differences between two results."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.scoring.comparison import (
    DrawingPair,
    compare_drawing,
    curve_tallies,
    curve_thresholds,
    differences,
    most_different,
)
from sunspot_dash.domain.scoring.matching import Tally
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

DISK = Disk(500, 500, 400, 0.9)


def spot(place: float, confidence: float = 1.0) -> Spot:
    return Spot(place, 500, 16, confidence, np.empty((0, 2)))


def result(*spots: tuple[float, float], name: str = "a.png") -> DrawingResult:
    found = tuple(spot(place, confidence) for place, confidence in spots)
    return DrawingResult(name, 1000, 1000, DISK, found, "m", "h", "i", 0.4, 1.0)


def pair(name: str, first: Tally, second: Tally) -> DrawingPair:
    return DrawingPair(name, first, second, 0, 0)


def test_the_points_of_a_curve_are_the_tallies_above_each_threshold():
    truth = [spot(100), spot(200), spot(300)]
    found = result((100, 0.9), (200, 0.6), (300, 0.2), (700, 0.6), (800, 0.2))
    tallies = curve_tallies(truth, found, [0.1, 0.5, 0.61, 0.95])
    assert tallies == [Tally(3, 0, 2), Tally(2, 1, 1), Tally(1, 2, 0), Tally(0, 3, 0)]
    assert [tally.precision for tally in tallies] == [3 / 5, 2 / 3, 1, None]
    assert [tally.recall for tally in tallies] == [1, 2 / 3, 1 / 3, 0]


def test_a_curve_begins_at_the_floor_and_has_the_threshold_of_the_model():
    found = curve_thresholds(0.1, 0.35)
    assert found[0] == 0.1 and found[-1] == 1 and 0.35 in found and found == sorted(set(found))
    assert curve_thresholds(0.03, 0.4)[:3] == [0.03, 0.04, 0.06]


def test_only_detections_without_a_counterpart_are_counted_as_different():
    truth = [spot(100), spot(200), spot(300)]
    first = result((100, 0.9), (200, 0.9), (700, 0.9), (300, 0.3))
    second = result((101, 0.9), (300, 0.9), (700, 0.9))
    found, one, other = compare_drawing(truth, first, second)
    assert found == DrawingPair("a.png", Tally(2, 1, 1), Tally(2, 1, 1), 1, 1)
    assert (one.spots, other.spots) == (found.first, found.second)
    same, *_ = compare_drawing(truth, first, first)
    assert same.disagreement == 0
    assert [one.name for one in most_different([same, found])] == ["a.png", "a.png"]
    assert most_different([same, found])[0] is found


def test_the_difference_is_that_of_the_pooled_scores():
    pairs = [pair("a", Tally(3, 1, 1), Tally(4, 0, 0)), pair("b", Tally(1, 3, 0), Tally(2, 2, 2))]
    found = differences(pairs, [["a"], ["b"]])
    assert found["f1"].value == pytest.approx(12 / 16 - 8 / 13)
    assert found["precision"].value == pytest.approx(6 / 8 - 4 / 5)
    assert found["recall"].value == pytest.approx(6 / 8 - 4 / 8)
    assert found["f1"].low is None and found["f1"].beyond_chance is None, "two blocks show nothing of chance"


def test_a_model_does_not_differ_from_itself():
    pairs = [pair(str(number), Tally(number, 2, 1), Tally(number, 2, 1)) for number in range(8)]
    for one in differences(pairs, [[one.name] for one in pairs]).values():
        assert (one.value, one.low, one.high, one.beyond_chance) == (0, 0, 0, False)


def test_a_steady_gain_is_beyond_chance_and_an_erratic_one_is_not():
    steady = [pair(str(number), Tally(5, 5, 0), Tally(7, 3, 0)) for number in range(8)]
    erratic = [
        pair(str(number), Tally(5, 5, 0), Tally(9 if number % 2 else 2, 1 if number % 2 else 8, 0))
        for number in range(8)
    ]
    blocks = [[str(number)] for number in range(8)]
    assert differences(steady, blocks)["f1"].beyond_chance
    found = differences(erratic, blocks)["f1"]
    assert found.value > 0 and found.low < 0 < found.high and not found.beyond_chance


def test_drawings_of_one_block_are_drawn_together():
    pairs = [
        pair(str(number), Tally(5, 5, 0), Tally(9, 1, 0) if number % 5 else Tally(3, 7, 0))
        for number in range(40)
    ]
    alone = differences(pairs, [[one.name] for one in pairs])["f1"]
    together = differences(pairs, [[one.name for one in pairs[k::5]] for k in range(5)])["f1"]
    assert together.value == alone.value
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_scores_without_a_meaning_have_no_difference():
    pairs = [pair(str(number), Tally(0, 2, 0), Tally(0, 2, 0)) for number in range(6)]
    found = differences(pairs, [[one.name] for one in pairs])
    assert found["precision"].value is None and found["precision"].beyond_chance is None
    assert found["recall"].value == 0
