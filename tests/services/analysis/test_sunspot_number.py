"""The sunspot number over time, on drawings with known groups and spots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sunspot_dash.domain.spots.calibration import Calibration, Form
from sunspot_dash.errors import ParameterError
from sunspot_dash.services.analysis.counts import series
from sunspot_dash.services.analysis.sunspot_number import counted_drawings, numbers
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.workspace import Workspace
from tests.services.known import RADIUS, catalogue_with, drawing

CALIBRATION = Calibration(0.4, 0.9, (0.0, 1.0), (0.0, 1.0), 2.0, 1.0, 1.5, 50, (Form(RADIUS, 2000, 2010),))

RESULT = (
    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, disk_confidence, by_hand, "
    "spot_groups, north_groups, north_spots, south_groups, south_spots) "
    "values ('m', ?, ?, ?, ?, '', 1, ?, 0.5, 1, 0, ?, ?, ?, ?, ?)"
)


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def filled(space: Workspace, rows: list[tuple]) -> Catalogue:
    """key, date, time, north groups and spots, south groups and spots."""
    catalogue = Catalogue(space)
    with catalogue.open() as database:
        database.executemany(
            RESULT,
            [
                (key, f"{key}.png", date, clock, ns + ss, ng + sg, ng, ns, sg, ss)
                for key, date, clock, ng, ns, sg, ss in rows
            ],
        )
        unknown = ("u", "u.png", "undated", "", 4, None, None, None, None, None)
        database.execute(RESULT, unknown)
    return catalogue


ROWS = [
    ("a", "2001-01-01", "09:00", 1, 3, 0, 0),  # 13
    ("b", "2001-01-01", "15:00", 2, 5, 1, 2),  # 37
    ("c", "2001-01-02", "", 0, 0, 0, 0),
    ("d", "2001-03-05", "08:00", 0, 0, 1, 1),  # 11
]


def test_from_positions_on_the_sun_to_numbers(space):
    catalogue = catalogue_with(
        space,
        drawing("2001-01-01T09:00", [(20, 10), (21, 14), (-15, -30)]),
        drawing("2001-01-02T09:00", []),
        drawing("2001-01-03T09:00", [(8, 0)], name="sun.png"),
    )
    found = numbers(catalogue, "m")
    assert found.disk.dates == ["2001-01-01 09:00", "2001-01-02 09:00"] and found.undated == 1
    assert found.disk.values.tolist() == [23, 0]
    assert found.north.values.tolist() == [12, 0] and found.south.values.tolist() == [11, 0]
    assert found.disk.keys[0] == key_of("usd200101010900.png")


def test_each_drawing_and_its_means(space):
    catalogue = filled(space, ROWS)
    each = numbers(catalogue, "m", "drawing", k=0.5)
    assert each.disk.values.tolist() == [6.5, 18.5, 0, 5.5] and each.disk.n.tolist() == [1] * 4
    assert each.disk.dates[2] == "2001-01-02"  # no time is known
    day = numbers(catalogue, "m", "day")
    assert (day.disk.dates, day.disk.values.tolist()) == (
        ["2001-01-01", "2001-01-02", "2001-03-05"],
        [25, 0, 11],
    )
    assert day.disk.n.tolist() == [2, 1, 1] and day.disk.keys == ["", "", ""]
    assert day.north.values.tolist() == [19, 0, 0] and day.south.values.tolist() == [6, 0, 11]
    month = numbers(catalogue, "m", "month")
    # February is a gap, not 0.
    assert (month.disk.dates, month.disk.values.tolist()) == (["2001-01", "2001-03"], [12.5, 11])
    assert month.disk.n.tolist() == [2, 1]


def test_a_period_includes_both_ends(space):
    catalogue = filled(space, ROWS)
    assert numbers(catalogue, "m", "drawing", ("2001-01-02", "2001-03-05")).disk.keys == ["c", "d"]
    assert numbers(catalogue, "m", "day", ("", "2001-01-01")).disk.dates == ["2001-01-01"]
    assert len(counted_drawings(catalogue, "m", ("2002-01-01", ""))) == 0
    assert numbers(catalogue, "m", "month", ("2002-01-01", "")).disk.dates == []
    assert numbers(catalogue, "none").disk.values.tolist() == []


def test_a_smoothed_month_uses_months_outside_the_period(space):
    months = np.arange("2001-01", "2002-07", dtype="datetime64[M]")
    rows = [(f"k{i:02d}", f"{month}-10", "09:00", 1, i, 0, 0) for i, month in enumerate(months)]
    catalogue = filled(space, rows)
    found = numbers(catalogue, "m", "smoothed", ("2001-08-15", "2001-09-30"))
    assert found.disk.dates == ["2001-08", "2001-09"]
    np.testing.assert_allclose(
        found.disk.values, [17, 18]
    )  # the smoothed mean of a straight line, 10 + i, is the line itself


def test_an_unknown_mean_is_rejected(space):
    with pytest.raises(ParameterError, match="by 'week': use one of drawing, day"):
        numbers(Catalogue(space), "m", "week")


def test_a_long_series_takes_no_more_queries_than_a_short_one(tmp_path, monkeypatch):
    asked = []
    rows = Catalogue.rows
    monkeypatch.setattr(Catalogue, "rows", lambda *arguments: asked.append(1) or rows(*arguments))

    def queries(years: int) -> int:
        days = np.arange("1940-01-01", f"{1940 + years}-01-01", dtype="datetime64[D]").astype(str)
        catalogue = filled(
            Workspace(tmp_path / str(years)).create(),
            [(f"k{i}", day, "09:00", 1, 3, 1, 2) for i, day in enumerate(days)],
        )
        asked.clear()
        assert len(numbers(catalogue, "m", "month").disk.dates) == 12 * years
        return len(asked)

    assert 0 < queries(years=10) == queries(years=1)


def test_intervals_reach_the_numbers_and_errors_of_means_are_combined(space):
    places = [(20, 10), (21, 14), (-15, -30)]
    known = [
        replace(drawing(when, places), calibration=CALIBRATION)
        for when in ("2001-01-01T09:00", "2001-01-02T09:00")
    ]
    catalogue = catalogue_with(space, *known, drawing("2001-02-02T09:00", places))
    single = numbers(catalogue, "m").disk
    assert single.values.tolist() == [23, 23, 23]
    assert single.below[0] == single.above[0] == single.above[1] > 1 and np.isnan(single.above[2])
    month = numbers(catalogue, "m", "month", k=2.0).disk
    # Two days with independent errors; a month of which one has no interval has none.
    assert month.above[0] == pytest.approx(2 * single.above[0] / np.sqrt(2)) and np.isnan(month.above[1])
    assert np.isnan(numbers(catalogue, "m", "month").north.above).all()
    spots = series(catalogue, "m")
    assert spots.below[:2] == spots.above[:2] and spots.above[0] >= 1 and spots.above[2] is None
    later = spots.between(("2001-01-02", ""))
    assert later.above == spots.above[1:] and later.times == spots.times[1:]


def test_a_drawing_counted_at_another_threshold_has_no_interval(space):
    found = replace(drawing("2001-01-01T09:00", [(20, 10)]), calibration=CALIBRATION, threshold=0.5)
    assert np.isnan(numbers(catalogue_with(space, found), "m").disk.above).all()
