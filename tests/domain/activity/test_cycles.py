"""Solar cycles and their minima."""

from itertools import pairwise

from sunspot_dash.domain.activity.cycles import CYCLES, cycles_within


def test_cycles_follow_each_other_in_about_eleven_years():
    assert CYCLES[-1] == (25, "2019-12-01", "")
    lengths = [int(after.first[:4]) - int(cycle.first[:4]) for cycle, after in pairwise(CYCLES)]
    assert set(lengths) <= set(range(9, 14))
    assert all(cycle.last < after.first for cycle, after in pairwise(CYCLES))


def test_a_period_has_the_cycles_that_overlap_with_it():
    assert [cycle.number for cycle in cycles_within("1954-03-31", "1954-04-01")] == [18, 19]
    assert cycles_within("1958-01-01", "1959-01-01") == [(19, "1954-04-01", "1964-09-30")]
    assert [cycle.number for cycle in cycles_within("2030-01-01", "2031-01-01")] == [25]
