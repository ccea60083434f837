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
    assert counts.number().tolist() == [23, 0, 12]  # the spot without a place counts as a spot alone
    assert counts.north().tolist() == [12, 0, 11] and counts.south(k=0.5).tolist() == [5.5, 0, 0]


def test_what_does_not_fit_is_refused():
    groups = groups_of([10.0], [0.0], [1])
    with pytest.raises(ValueError, match="refer to drawing 1, but there are only 1"):
        count(groups, [1])
    with pytest.raises(ValueError, match="more spots than the drawing"):
        count(groups, [0, 0])
    assert count(groups_of([], [], []), []).number().tolist() == []
