"""Groups of spots: compared with a slow implementation of the definition, and in cases with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.groups import GroupRule, describe_groups, group_spots

SPHERE = GroupRule(longitude_deg=10, latitude_deg=4, foreshortening=0)


def rho(latitude, cmd):
    """Heliocentric angle, with the Sun's equator in the middle of the disk."""
    b, lon = np.radians(latitude), np.radians(cmd)
    return np.degrees(np.arccos(np.cos(b) * np.cos(lon)))


def grouped(latitude, cmd, rule=SPHERE, drawing=None):
    return group_spots(latitude, cmd, rho(latitude, cmd), drawing, rule).tolist()


def slowly(latitude, cmd, rule):
    """Return the partition (a set of sets of spots) as the module's docstring defines it, spot by spot."""
    cosine = np.maximum(np.cos(np.radians(rho(latitude, cmd))), np.cos(np.radians(80)))

    def linked(i, j):
        along = (cmd[i] - cmd[j]) * np.sqrt(np.cos(np.radians(latitude[i])) * np.cos(np.radians(latitude[j])))
        along *= np.sqrt(cosine[i] * cosine[j]) ** rule.foreshortening / rule.longitude_deg
        across = (latitude[i] - latitude[j]) / rule.latitude_deg
        return along**2 + across**2 <= 1 and (latitude[i] >= 0) == (latitude[j] >= 0)

    left, clusters = set(range(len(cmd))), []
    while left:
        cluster, fresh = set(), {min(left)}
        while fresh:
            cluster |= fresh
            fresh = {j for j in left - cluster if any(linked(i, j) for i in fresh)}
        left -= cluster
        clusters.append(cluster)
    done = set()
    while clusters:
        members = sorted(clusters.pop(), key=lambda i: cmd[i])
        gaps = np.diff(cmd[members])
        if cmd[members[-1]] - cmd[members[0]] > rule.longest_deg:
            at = int(np.argmax(gaps)) + 1
            clusters += [set(members[:at]), set(members[at:])]
        else:
            done.add(frozenset(members))
    return done


def partition(numbers):
    return {frozenset(np.flatnonzero(numbers == number).tolist()) for number in np.unique(numbers)}


@pytest.mark.parametrize("rule", [SPHERE, GroupRule(), GroupRule(6, 3, 0.5, 8)])
def test_groups_follow_the_definition(rule):
    random = np.random.default_rng(0)
    sizes = random.integers(1, 40, 30)
    drawing = np.repeat(np.arange(30), sizes)
    latitude, cmd = random.uniform(-25, 25, len(drawing)), random.uniform(-85, 85, len(drawing))
    together = group_spots(latitude, cmd, rho(latitude, cmd), drawing, rule)
    for number in range(30):
        here = drawing == number
        assert partition(together[here]) == slowly(latitude[here], cmd[here], rule)
        alone = group_spots(latitude[here], cmd[here], rho(latitude[here], cmd[here]), rule=rule)
        assert together[here].tolist() == alone.tolist()
    mixed = random.permutation(len(drawing))
    again = group_spots(latitude[mixed], cmd[mixed], rho(latitude, cmd)[mixed], drawing[mixed], rule)
    assert again.tolist() == together[mixed].tolist()


def test_the_reach_is_an_ellipse():
    assert grouped([0, 0], [0, 9.9]) == [1, 1] and grouped([0, 0], [0, 10.1]) == [2, 1]
    assert grouped([10, 13.9], [0, 0]) == [1, 1] and len(set(grouped([10, 14.1], [0, 0]))) == 2
    assert len(set(grouped([10, 13], [0, 8]))) == 2  # inside the box, outside the ellipse
    # At 60 degrees latitude a degree of longitude is half as long.
    assert grouped([60, 60], [0, 19]) == [1, 1]


def test_groups_do_not_cross_the_equator():
    assert grouped([0.1, -0.1], [0, 0]) == [1, 2]
    assert grouped([0.0, 1.0], [0, 0]) == [1, 1]


def test_groups_are_numbered_from_west_to_east():
    assert grouped([10, -10, 10, 10], [-50, 20, 40, -48]) == [3, 2, 1, 3]


def test_a_long_chain_is_cut_at_its_widest_gaps():
    cmd = np.array([0, 5, 10, 16, 21, 26, 31, 39, 44], float)
    assert grouped(np.full(9, 15.0), cmd) == [3, 3, 3, 2, 2, 2, 2, 1, 1]
    assert set(grouped(np.full(9, 15.0), cmd, GroupRule(10, 4, 0, 90))) == {1}


def test_longitudes_count_less_towards_the_limb():
    along_the_drawing = GroupRule(10, 4, 1)
    assert len(set(grouped([10, 10], [60, 75]))) == 2
    assert grouped([10, 10], [60, 75], along_the_drawing) == [1, 1]
    assert len(set(grouped([10, 10], [0, 15], along_the_drawing))) == 2


def test_a_spot_without_a_position_has_no_group():
    assert group_spots([10, np.nan, 11], [0, 0, 0], [10, 10, np.nan]).tolist() == [1, 0, 0]
    assert group_spots([], [], []).tolist() == [] and group_spots([np.nan], [0], [0]).tolist() == [0]
    with pytest.raises(ValueError, match="2 latitudes, 1"):
        group_spots([1, 2], [1], [1])


@pytest.mark.parametrize(
    "values",
    [{"longitude_deg": 0}, {"latitude_deg": float("nan")}, {"longest_deg": -1}, {"foreshortening": 2}],
)
def test_a_rule_out_of_range_is_rejected(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        GroupRule(**values)


def test_properties_of_groups():
    #            one long group             a round one    alone   on the next drawing
    latitude = [10.0, 12.0, 11.0, 12.0, -20.0, -20.5, 30.0, 5.0]
    cmd = [20.0, 12.0, 19.0, 11.0, -40.0, -41.0, -60.0, 0.0]
    area = [30.0, 10.0, 10.0, 10.0, 5.0, 5.0, 0.0, 2.0]
    drawing = [0, 0, 0, 0, 0, 0, 0, 1]
    number = group_spots(latitude, cmd, rho(latitude, cmd), drawing, SPHERE)
    groups = describe_groups(number, latitude, cmd, area, drawing)
    assert groups.drawing.tolist() == [0, 0, 0, 1] and groups.number.tolist() == [1, 2, 3, 1]
    assert groups.spots.tolist() == [4, 2, 1, 1] and groups.area.tolist() == [60, 10, 0, 2]
    assert groups.latitude_deg == pytest.approx([(300 + 120 + 110 + 120) / 60, -20.25, 30, 5])
    assert groups.cmd_deg == pytest.approx([(600 + 120 + 190 + 110) / 60, -40.5, -60, 0])
    assert groups.extent_deg == pytest.approx([9, 1, 0, 0])
    assert groups.largest.tolist() == [0, 4, 6, 7]
    assert groups.bipolar.tolist() == [True, False, False, False]


def test_a_dominant_spot_needs_a_longer_group_to_be_bipolar():
    def bipolar(areas, length):
        return describe_groups(np.array([1, 1]), [0, 0], [length, 0], areas).bipolar.tolist()

    assert bipolar([1, 0.9], 4) == [True] and bipolar([1, 0.9], 2.9) == [False]
    assert bipolar([9, 1], 4) == [False] and bipolar([9, 1], 5.1) == [True]


def test_no_groups_without_spots():
    groups = describe_groups(np.zeros(2, int), [np.nan, 1], [1, 1], [1, 1])
    assert all(len(values) == 0 for values in vars(groups).values())
