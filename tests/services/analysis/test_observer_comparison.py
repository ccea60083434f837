"""A model compared with the observers of the same drawings, with known differences."""

from __future__ import annotations

import pytest

from sunspot_dash.io.totals import parse_totals
from sunspot_dash.services.analysis.observer_comparison import compare_with_observers
from sunspot_dash.services.catalogue.catalogue import key_of


def test_observers_are_matched_by_name_by_time_and_by_day(catalogue):
    table = (
        "file,date,time,groups,spots,wolf\n"
        "usd200101010900.jpg,,,2,3,23\n"  # the model: 2 groups, 3 spots
        "usd200101020900.png,,,4,6,\n"  # another format of the same scan; the model: 3 and 5
        ",2001-01-03,09:10,4,7,47\n"  # 4 and 7
        ",2001-01-04,15:00,1,1,11\n"  # nothing near that time
        ",2001-01-05,,6,10,70\n"  # the day; 6 and 11
        ",1999-01-01,,1,1,11\n"
    )
    found = compare_with_observers(catalogue, "m", parse_totals(table.encode(), "t"))
    assert found.groups.model.tolist() == [2, 3, 4, 6] and found.groups.observer.tolist() == [2, 4, 4, 6]
    assert found.spots.residual.tolist() == [0, -1, 0, 1]
    assert found.spots.mae == pytest.approx(2 / 26) and found.spots.bias == 0 and found.spots.error == 0.5
    assert found.number.observer.tolist() == [23, 46, 47, 70]  # without a Wolf number, 10 g + s
    assert found.groups.dates[-1] == "2001-01-05 09:00"  # the only one of its day
    assert found.groups.keys[1] == key_of("usd200101020900.jpg")
    assert len(found.unmatched) == 2 and found.groups.r > 0.9
    assert compare_with_observers(catalogue, "none", parse_totals(table.encode(), "t")).number.mae is None


def test_the_observers_of_the_real_drawings_can_be_read(shared, catalogue):
    totals = parse_totals((shared / "observer_totals.csv").read_bytes(), "observer_totals.csv")
    assert len(compare_with_observers(catalogue, "m", totals).unmatched) == len(totals.rows)
