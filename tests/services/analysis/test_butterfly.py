"""The data of the butterfly diagram."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.butterfly import MOST_CELLS, ButterflyCells, ButterflyGrid, ButterflySpots
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.services.analysis.butterfly import butterfly
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.workspace import Workspace

SPOT = (
    "insert into spot (model, key, number, date, x, y, radius_fraction, position_angle_deg, area_px, confidence, "
    "latitude_deg, area_msh) values ('m', ?, ?, ?, 0, 0, 0.5, 10, 10, 0.9, ?, ?)"
)
RESULT = (
    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, disk_confidence, by_hand) "
    "values ('m', ?, ?, ?, '10:00', '', 1, 1, 0.5, 1, 0)"
)


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    made = Catalogue(Workspace(tmp_path / "data").create())
    with made.open() as database:
        for key, date, latitude in (
            ("a", "2001-01-01", 12.5),
            ("b", "2001-02-01", -7.0),
            ("c", "undated", None),
        ):
            database.execute(RESULT, (key, f"{key}.png", date))
            database.execute(SPOT, (key, 1, date, latitude, 4.0))
    return made


def test_few_spots_are_listed_one_by_one(catalogue):
    found = butterfly(catalogue, "m")
    assert isinstance(found, ButterflySpots) and found.total == 2
    assert (found.times, found.keys, found.names) == (
        ["2001-01-01 10:00", "2001-02-01 10:00"], ["a", "b"], ["a.png", "b.png"],
    )  # fmt: skip
    assert found.latitude_deg.tolist() == [12.5, -7] and found.area_msh.tolist() == [4, 4]
    assert butterfly(catalogue, "m", ("2001-01-02", "")).keys == ["b"]
    assert butterfly(catalogue, "m", region=Region(b_from=0, b_to=90)).keys == ["a"]
    assert butterfly(catalogue, "none").total == 0


def test_many_spots_are_binned_into_cells_without_loss(catalogue):
    random = np.random.default_rng(1)
    days = np.datetime64("1950-01-01") + np.sort(random.integers(0, 20_000, 8000))
    rows = [
        (f"k{i}", 1, str(day), latitude, 2.0)
        for i, (day, latitude) in enumerate(zip(days, random.normal(0, 20, 8000).tolist(), strict=True))
    ]
    with catalogue.open() as database:
        database.executemany(SPOT, rows)
        database.executemany(RESULT, [(key, f"{key}.png", day) for key, _, day, _, _ in rows])
    found = butterfly(catalogue, "m")
    assert isinstance(found, ButterflyCells) and found.total == found.spots.sum() == 8002
    assert found.spots.shape == (found.grid.rows, found.grid.columns) and found.spots.size < 2 * MOST_CELLS
    assert found.area_msh.sum() == pytest.approx(2 * 8000 + 8)
    # Each spot is in its cell.
    grid, (_, _, day, latitude, _) = found.grid, rows[4000]
    column = int((np.datetime64(day) - grid.start).astype(int) / grid.width_days)
    row = int((latitude - grid.south_deg) / grid.height_deg)
    assert found.spots[row, column] >= 1
    inside = [r for r in rows if "1990-01-01" <= r[2] <= "2000-12-31" and 0 <= r[3] <= 30]
    belt = butterfly(catalogue, "m", ("1990-01-01", "2000-12-31"), Region(b_from=0, b_to=30), most=10)
    assert belt.total == len(inside)


@pytest.mark.parametrize(
    ("last", "width"), [("2001-01-01", 1), ("2001-06-01", 1), ("2011-01-01", 27.2753), ("2401-01-01", 365.25)]
)
def test_the_grid_is_as_fine_as_possible(last, width):
    grid = ButterflyGrid.over("2001-01-01", last)
    assert grid.width_days == width and grid.rows * grid.columns <= MOST_CELLS
    assert -grid.south_deg == grid.south_deg + grid.rows * grid.height_deg >= 50


def test_a_region_with_few_spots_lists_them_one_by_one(catalogue):
    assert isinstance(butterfly(catalogue, "m", most=1), ButterflyCells)
    assert isinstance(butterfly(catalogue, "m", region=Region(b_from=0, b_to=90), most=1), ButterflySpots)
