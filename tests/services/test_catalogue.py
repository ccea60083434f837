"""The index follows the files."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.detections import DrawingResult, Spot
from sunspot_dash.domain.disk import Disk
from sunspot_dash.io.results import result_path, write_result
from sunspot_dash.services.catalogue import Catalogue, key_of
from sunspot_dash.services.drawings import page_of_drawings
from sunspot_dash.services.explore import detections, series
from sunspot_dash.workspace import Workspace


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def result(name: str, count: int) -> DrawingResult:
    square = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])
    spots = tuple(Spot(520 + 10 * i, 500, 16, 0.9, square + (520 + 10 * i, 500)) for i in range(count))
    return DrawingResult(name, 1000, 1000, Disk(500, 500, 400, 0.9), spots, "m", "h", "i", 0.4, 1.0)


def test_new_changed_and_deleted_results_are_taken_up(space):
    catalogue, folder = Catalogue(space), space.inference_results / "m" / "drawings"
    for day, count in ((1, 2), (2, 0), (3, 5)):
        write_result(folder, result(f"usd1956010{day}0900.png", count))
    write_result(folder, result("sun.png", 1))
    catalogue.refresh()
    found = series(catalogue, "m")
    assert found.times == ["1956-01-01 09:00", "1956-01-02 09:00", "1956-01-03 09:00"]
    assert (found.counts, found.undated) == ([2, 0, 5], 1)
    assert found.keys[0] == key_of("usd195601010900.png")
    assert catalogue.summary().spots == 8 and catalogue.models() == ["m"]
    assert [row["position_angle_deg"] for row in detections(catalogue, "m").rows[:1]] == [
        90.0
    ]  # right is east
    assert detections(catalogue, "m", "1956-01-02", "1956-01-03").total == 5
    write_result(folder, result("usd195601030900.png", 1))
    result_path(folder, "usd195601010900.png").unlink()
    catalogue.refresh()
    assert series(catalogue, "m").counts == [0, 1] and detections(catalogue, "m").total == 2
    result_path(folder, "sun.png").write_text("{")
    catalogue.refresh()


def test_many_detections_are_told_as_cells(space):
    catalogue, folder = Catalogue(space), space.inference_results / "m" / "drawings"
    for day in range(1, 29):
        write_result(folder, result(f"usd195602{day:02d}0900.png", 30))
    catalogue.refresh()
    import sunspot_dash.services.explore as explore

    before, explore.MOST_SPOTS = explore.MOST_SPOTS, 100
    try:
        found = detections(catalogue, "m")
    finally:
        explore.MOST_SPOTS = before
    assert (
        found.cells
        and found.total == 840 == sum(row["count"] for row in found.rows)
        and len(found.rows) < 100
    )


def test_drawings_are_listed_sorted_and_filtered(space):
    catalogue = Catalogue(space)
    for day in (3, 1, 2):
        (space.images / f"usd1956010{day}0900.png").touch()
    (space.images_to_run / "sun_1%.png").touch()
    catalogue.refresh()
    rows, total = page_of_drawings(catalogue, (0, 2), [("name", "desc")], "")
    assert total == 4 and [row["name"][:12] for row in rows] == ["usd195601030", "usd195601020"]
    assert [row["name"] for row in page_of_drawings(catalogue, (0, 9), [], "1%")[0]] == ["sun_1%.png"]
    assert page_of_drawings(catalogue, (0, 9), [("name; drop table drawing", "asc")], "")[1] == 4
    (space.images_to_run / "sun_1%.png").unlink()
    catalogue.refresh()
    assert catalogue.summary().drawings == 3 and catalogue.summary().first == "1956-01-01"
