"""Queries of the explore page, on an index with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.services.analysis import detections as detections_service
from sunspot_dash.services.analysis.counts import extent, revision, series, shown_drawings
from sunspot_dash.services.analysis.detections import detections
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.workspace import Workspace

RESULT = (
    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, disk_confidence, by_hand) "
    "values ('m', ?, ?, ?, '10:00', '', ?, ?, 0.5, 1, 0)"
)
SPOT = (
    "insert into spot (model, key, number, date, x, y, radius_fraction, position_angle_deg, area_px, confidence) "
    "values ('m', ?, ?, ?, 0, 0, ?, ?, 10, 0.9)"
)
# key, date, (r/R, position angle) of each spot
DRAWINGS = (
    ("a", "2001-01-01", [(0.1, 10), (0.5, 350), (0.9, 180)]),
    ("b", "2001-02-01", [(0.5, 5)]),
    ("c", "undated", [(0.5, 0), (0.5, 90)]),
)


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    made = Catalogue(Workspace(tmp_path / "data").create())
    with made.open() as database:
        for stamp, (key, date, spots) in enumerate(DRAWINGS):
            database.execute(RESULT, (key, f"{key}.png", date, stamp, len(spots)))
            rows = [(key, number, date, *place) for number, place in enumerate(spots, 1)]
            database.executemany(SPOT, rows)
    return made


def test_the_series_holds_dated_drawings_and_counts_the_others(catalogue):
    found = series(catalogue, "m")
    assert (found.keys, found.counts, found.undated) == (["a", "b"], [3, 1], 1)
    assert found.between(("2001-01-02", "")).keys == ["b"]
    assert found.between(("", "2001-01-01")).keys == ["a"]  # both ends are included
    assert series(catalogue, "unknown").times == []


@pytest.mark.parametrize(
    ("region", "counts"),
    [
        (Region(0.4, 0.6), [1, 1]),
        (Region(None, None, 340, 20), [2, 1]),  # through north
        (Region(None, None, 340, None), [1, 0]),
        (Region(0.95, 1.0), [0, 0]),  # a drawing with none in the region counts as 0
    ],
)
def test_a_region_filters_the_series(catalogue, region, counts):
    assert series(catalogue, "m", region).counts == counts


def test_a_period_and_a_region_filter_the_disk(catalogue):
    assert detections(catalogue, "m").total == 6
    assert detections(catalogue, "m", ("2001-01-15", "")).total == 1  # an undated drawing is not after a date
    found = detections(catalogue, "m", ("2001-01-01", "2001-01-01"), Region(None, 0.6, 340, 20))
    assert sorted((row["radius_fraction"], row["key"], row["name"]) for row in found.rows) == [
        (0.1, "a", "a.png"),
        (0.5, "a", "a.png"),
    ]
    assert [row["day"] for row in detections(catalogue, "m").rows if row["key"] == "c"] == [None, None]


@pytest.mark.parametrize("region", [Region(), Region(0.2, 0.8, 330, 60), Region(0.5, None)])
def test_many_spots_are_binned_into_cells_without_loss(catalogue, region, monkeypatch):
    monkeypatch.setattr(detections_service, "MOST_SPOTS", 500)
    random = np.random.default_rng(1)
    places = np.column_stack([np.sqrt(random.uniform(0, 1, 9000)), random.uniform(0, 360, 9000)])
    with catalogue.open() as database:
        database.executemany(
            SPOT, [("a", 10 + i, "2001-01-01", *place) for i, place in enumerate(places.tolist())]
        )
    found = detections(catalogue, "m", region=region)
    assert found.cells and sum(row["count"] for row in found.rows) == found.total
    assert len(found.rows) < 1.2 * detections_service.MOST_CELLS
    fullest = max(found.rows, key=lambda row: row["count"])
    inside = detections(catalogue, "m", region=Region.around([fullest["cell"]]))
    assert fullest["count"] <= inside.total < 50  # a click on a cell shows its spots


def test_drawings_of_a_period_are_counted_and_undated_ones_belong_to_none(catalogue):
    assert extent(catalogue) == ("2001-01-01", "2001-02-01")
    assert shown_drawings(catalogue, "m", ("", "")) == (3, 3)
    assert shown_drawings(catalogue, "m", ("2001-01-15", "")) == (1, 3)
    assert shown_drawings(catalogue, "unknown", ("", "")) == (0, 0)


def test_the_revision_changes_only_with_the_results(catalogue):
    before = revision(catalogue, ["m"])
    assert revision(catalogue, ["m"]) == before
    with catalogue.open() as database:
        database.execute(RESULT, ("d", "d.png", "2002-01-01", 9, 0))
    assert revision(catalogue, ["m"]) != before
    assert revision(catalogue, []) != ""
