"""The sunspot number of drawings and of their hemispheres."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.groups import describe_groups, group_spots
from sunspot_dash.domain.activity.sunspot_number import count, wolf


def groups_of(latitude, cmd, sheet):
    number = group_spots(latitude, cmd, np.zeros(len(cmd)), sheet)
    return describe_groups(number, latitude, cmd, np.ones(len(cmd)), sheet)


def test_wolf():
    assert wolf(3, 17) == 47 and wolf([0, 1], [0, 1], k=0.6) == pytest.approx([0, 6.6])


def test_drawings_and_hemispheres():
    latitude = [10.0, 11.0, -10.0, 0.0, np.nan]
    counts = count(groups_of(latitude, [0.0, 1, 0, 50, 0], [0, 0, 0, 2, 2]), [3, 0, 2])
    assert counts.groups.tolist() == [2, 0, 1] and counts.spots.tolist() == [3, 0, 2]
    assert counts.north_groups.tolist() == [1, 0, 1] and counts.south_groups.tolist() == [1, 0, 0]
    assert counts.number().tolist() == [23, 0, 12]  # a spot without a position counts only as a spot
    assert counts.north().tolist() == [12, 0, 11] and counts.south(k=0.5).tolist() == [5.5, 0, 0]


def test_inconsistent_counts_are_rejected():
    groups = groups_of([10.0], [0.0], [1])
    with pytest.raises(ValueError, match="only 1 drawings"):
        count(groups, [1])
    with pytest.raises(ValueError, match="more spots than the drawing"):
        count(groups, [0, 0])
    assert count(groups_of([], [], []), []).number().tolist() == []
