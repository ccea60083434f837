"""A model compared with SILSO and with the observers, with known differences."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.io.silso import parse_silso
from sunspot_dash.io.totals import parse_totals
from sunspot_dash.services.analysis.comparison import compare_with_observers, compare_with_silso, sentences
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.workspace import Workspace

DAYS = np.arange("2001-01-01", "2001-07-01", dtype="datetime64[D]")
RESULT = (
    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, disk_confidence, by_hand, "
    "spot_groups, north_groups, north_spots, south_groups, south_spots) "
    "values ('m', ?, ?, ?, ?, '', 1, ?, 0.5, 1, 0, ?, ?, ?, 1, 1)"
)


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    """One drawing per day at 9 h: 1 + i % 5 groups in the north, twice as many spots; one of each in the south."""
    made = Catalogue(Workspace(tmp_path / "data").create())
    with made.open() as database:
        for i, day in enumerate(DAYS.astype(str)):
            name, groups = f"usd{day.replace('-', '')}0900.jpg", 1 + i % 5
            row = (key_of(name), name, day, "09:00", 2 * groups + 1, groups + 1, groups, 2 * groups)
            database.execute(RESULT, row)
    return made


def silso(scale: float, form: str = "daily") -> bytes:
    lines = []
    for i, day in enumerate(DAYS.astype(str)):
        north, date = 12 * (1 + i % 5), day.replace("-", ";")
        total = scale * (north + 11)
        tail = f"{total:.2f};1.0;9;1" if form == "daily" else (
            f"{total:.2f};{scale * north:.2f};{scale * 11:.2f};1;1;1;9;9;9;1"
        )  # fmt: skip
        lines.append(f"{date};2001.5;{tail}\n")
    return "".join(lines).encode()


def test_the_scale_against_silso_is_found(catalogue):
    found = compare_with_silso(catalogue, "m", parse_silso(silso(0.75), "s"))
    assert found.disk.k.value == pytest.approx(0.75) and found.disk.r == pytest.approx(1)
    assert len(found.disk.dates) == len(DAYS) and found.unit == "day" and found.definitive == 1
    assert np.abs(found.disk.residual).max() < 1e-6 and found.disk.drift_per_year.value == pytest.approx(
        0, abs=1e-6
    )
    assert found.north is None
    text = " ".join(sentences(found))
    assert "181 days in common" in text and "k = 0.750 ± 0.000" in text and "r = 1.000" in text


def test_hemispheres_months_and_a_period(catalogue):
    found = compare_with_silso(
        catalogue, "m", parse_silso(silso(2, "hemispheric"), "s"), ("2001-02-01", "2001-03-31")
    )
    assert len(found.disk.dates) == 59
    assert (found.north.k.value, found.south.k.value) == (pytest.approx(2), pytest.approx(2))
    assert any(line.startswith("north: k = 2.000") for line in sentences(found))
    monthly = parse_silso(b"2001;02;2001.1;50.0;1.0;99;1\n2001;08;2001.6;60.0;1.0;99;1\n", "m")
    found = compare_with_silso(catalogue, "m", monthly)
    assert found.unit == "month" and found.disk.dates.astype(str).tolist() == ["2001-02"]
    assert "too few months" in " ".join(sentences(found))


def test_series_without_common_days_are_reported(catalogue):
    found = compare_with_silso(catalogue, "m", parse_silso(b"1999;01;01;1999.0;50;1.0;9;1\n", "s"))
    assert found.disk.k is None and found.definitive is None
    assert sentences(found) == ["SILSO's daily series has no day in common with the model's drawings"]


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
