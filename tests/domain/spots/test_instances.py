"""From two maps to single spots."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.labels.targets import targets
from sunspot_dash.domain.spots.instances import find_instances, peaks


def circle(x: float, y: float, radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


@pytest.mark.parametrize("radius", [1.5, 2.0, 3.5, 8.0])
def test_maps_of_the_truth_return_the_truth(radius):
    where = [(20.3, 30.7), (60.0, 60.5), (100.2, 15.1)]
    mask, centres = targets([circle(x, y, radius) for x, y in where], 128, 896)
    found = find_instances(mask, centres, 0.1)
    assert len(found) == 3
    for spot in found:
        x, y = min(where, key=lambda xy: np.hypot(xy[0] - spot.x, xy[1] - spot.y))
        assert np.hypot(x - spot.x, y - spot.y) < 0.6
        assert area_and_centroid(spot.outline)[0] == pytest.approx(np.pi * radius**2, rel=0.35)
        assert spot.confidence == pytest.approx(1, abs=0.01)


def test_touching_neighbours_stay_separate():
    mask, centres = targets([circle(30, 30, 3), circle(35, 31, 3)], 64, 896)
    found = find_instances(mask, centres, 0.1)
    assert len(found) == 2
    joined = np.maximum(mask, 0)
    joined[25:36, 25:40] = 1
    assert len(find_instances(joined, centres, 0.1)) == 2


def test_blank_maps_give_no_spot_and_a_plateau_gives_one():
    blank = np.zeros((40, 40), np.float32)
    assert find_instances(blank, blank, 0.1) == []
    flat = blank.copy()
    flat[10:14, 10:14] = 0.7
    rows, _ = peaks(flat, 0.1)
    assert len(rows) == 1


def test_confidence_needs_both_maps():
    mask, centres = targets([circle(30, 30, 3)], 64, 896)
    assert find_instances(mask * 0.0001, centres, 0.1) == []
    (spot,) = find_instances(mask * 0.64, centres, 0.1)
    assert spot.confidence == pytest.approx(0.8, abs=0.01)
