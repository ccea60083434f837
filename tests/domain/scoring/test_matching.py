"""Pairing labels with detections, and the score of one drawing."""

from itertools import combinations, permutations

import numpy as np
import pytest
from scipy import optimize
from scipy.optimize import linear_sum_assignment

from sunspot_dash.domain.scoring.matching import (
    BIN_NAMES,
    Tally,
    half_pixel_ceiling,
    match,
    pixel_scores,
    score_drawing,
    tolerance_px,
)
from sunspot_dash.domain.spots.detections import Spot


def square(x: float, y: float, side: float) -> Spot:
    half = side / 2
    corners = [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]]
    return Spot.from_outline(np.array(corners))


def best_by_brute_force(distance: np.ndarray, tolerance: float) -> tuple[int, float]:
    """The most pairs, then the least distance, of all pairings."""
    n, m = distance.shape
    best = (0, 0.0)
    for k in range(1, min(n, m) + 1):
        for rows in combinations(range(n), k):
            for columns in permutations(range(m), k):
                chosen = distance[list(rows), list(columns)]
                if (chosen <= tolerance).all() and (k > best[0] or chosen.sum() < best[1]):
                    best = (k, float(chosen.sum()))
    return best


@pytest.mark.parametrize("seed", range(60))
def test_match_is_the_best_of_all_pairings(seed):
    random = np.random.default_rng(seed)
    n, m = random.integers(1, 6, 2)
    # Few distinct positions, so that ties, crowds and exact tolerances occur.
    truth, predicted = (
        random.integers(0, 8, (n, 2)).astype(float),
        random.integers(0, 8, (m, 2)).astype(float),
    )
    distance = np.hypot(*(truth[:, None] - predicted[None]).transpose(2, 0, 1))
    pairs = match(truth, predicted, 3.0)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(distance[i, j] <= 3.0 for i, j in pairs)
    assert (len(pairs), pytest.approx(sum(distance[i, j] for i, j in pairs))) == best_by_brute_force(
        distance, 3.0
    )


def test_two_pairs_beat_one_shorter_pair():
    # Label 0 is closest to detection 0, but only another match gives both labels a detection.
    truth, predicted = [[0.0, 0.0], [2.9, 0.0]], [[0.1, 0.0], [-2.9, 0.0]]
    assert match(truth, predicted, 3.0) == [(0, 1), (1, 0)]


def test_empty_input():
    some = np.ones((3, 2))
    assert match([], some, 3) == match(some, np.empty((0, 2)), 3) == match([], [], 3) == []


def test_a_crowded_drawing_is_matched_by_one_assignment(monkeypatch):
    random = np.random.default_rng(1)
    truth, predicted = random.uniform(0, 100, (2, 200, 2))
    solved = []
    monkeypatch.setattr(
        optimize,
        "linear_sum_assignment",
        lambda cost: solved.append(cost.shape) or linear_sum_assignment(cost),
    )
    pairs = match(truth, predicted, 9.0)
    assert solved == [(200, 200)]
    assert len(pairs) > 150 and len({j for _, j in pairs}) == len(pairs)
    assert all(np.hypot(*(truth[i] - predicted[j])) <= 9 for i, j in pairs)


def test_tolerance_has_a_floor():
    assert tolerance_px(100) == 3.0
    assert tolerance_px(1480) == pytest.approx(8.88)


def test_a_drawing_is_scored():
    truth = [square(10, 10, 2), square(50, 50, 4), square(90, 90, 10)]
    predicted = [square(11, 10, 2), square(52.5, 50, 4), square(200, 200, 5)]
    score = score_drawing("usd194108010900.jpg", truth, predicted, 740)
    assert score.spots == Tally(tp=2, misses=1, false_alarms=1)
    assert score.spots_half == Tally(tp=1, misses=2, false_alarms=2)
    assert score.spots.precision == score.spots.recall == score.spots.f1 == pytest.approx(2 / 3)
    assert dict(zip(BIN_NAMES, score.bins, strict=True)) == {
        "<=8": Tally(1, 0, 0),
        "8-20": Tally(1, 0, 0),
        "20-50": Tally(0, 0, 1),
        ">50": Tally(0, 1, 0),
    }
    assert score.count_error == 0


def test_size_bins_scale_with_the_disk_and_close_at_their_upper_edge():
    score = score_drawing("a.jpg", [Spot(20, 20, 32, 1, np.empty((0, 2)))], [], 1480)
    assert score.bins[0] == Tally(0, 1, 0)
    assert score_drawing("a.jpg", [square(20, 20, 6)], [], 1480).bins[1].misses == 1


def test_fusions_and_splits():
    pair, apart = [square(10, 10, 4), square(15, 10, 4)], [square(12.5, 10, 10)]
    fused = score_drawing("a.jpg", pair, apart, 740)
    assert (fused.fusions, fused.splits, fused.spots.misses) == (1, 0, 1)
    split = score_drawing("a.jpg", apart, pair, 740)
    assert (split.fusions, split.splits, split.spots.false_alarms) == (0, 1, 1)
    # Both labels are detected individually: a large outline around them is not a fusion.
    both = score_drawing("a.jpg", pair, pair, 740)
    assert (both.fusions, both.splits) == (0, 0)
    around = score_drawing("a.jpg", pair, [*pair, *apart], 740)
    assert (around.fusions, around.splits, around.spots.false_alarms) == (0, 0, 1)


def test_without_an_outline_the_tolerance_decides_on_fusion():
    point = Spot(12, 10, 20, 0.9, np.empty((0, 2)))
    assert score_drawing("a.jpg", [square(10, 10, 2), square(14, 10, 2)], [point], 740).fusions == 1


def test_on_a_blank_disk_every_detection_is_a_false_alarm():
    score = score_drawing("a.jpg", [], [square(5, 5, 2)], 740)
    assert score.spots == Tally(0, 0, 1) and score.spots.recall is None and score.spots.f1 == 0
    assert score_drawing("a.jpg", [], [], 740).spots.f1 is None


def test_pixel_scores():
    truth, predicted = np.zeros((4, 4), bool), np.zeros((4, 4), np.uint8)
    truth[0], predicted[:, 0] = True, 255
    score = pixel_scores(truth, predicted)
    assert score.iou == pytest.approx(1 / 7) and score.dice == pytest.approx(2 / 8)
    assert pixel_scores(truth & False, truth & False).iou is None
    with pytest.raises(ValueError, match="differ in size"):
        pixel_scores(truth, predicted[:2])


def test_half_pixel_ceiling_of_a_known_square():
    # A 4 px square moved by half a pixel both ways: its pixel centres move to the next row and column.
    ceiling = half_pixel_ceiling([square(10.1, 10.1, 4)], 20, 20)
    assert (ceiling.both, ceiling.truth, ceiling.predicted) == (9, 16, 16)


def test_a_radius_of_0_is_rejected():
    with pytest.raises(ValueError, match="disk radius"):
        score_drawing("a.jpg", [], [], 0.0)
