"""The doubt of a result follows its neighbours and the observers' totals."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.results import result_path, write_result
from sunspot_dash.io.totals import parse_totals
from sunspot_dash.services.analysis.references import import_reference, references, remove_reference
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.catalogue.observers import ObserversCounts
from sunspot_dash.workspace import Workspace

SQUARE = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def add(space: Workspace, name: str, count: int, limb: float = 0.9, confidence: float = 0.99) -> None:
    spots = tuple(Spot.from_outline(SQUARE + (420 + 4 * i, 500), confidence) for i in range(count))
    write_result(
        space.results_of("m"),
        DrawingResult(name, 1000, 1000, Disk(500, 500, 400, limb), spots, "m", "h", "i", 0.4, 1.0),
    )


def doubts(catalogue: Catalogue) -> dict[str, tuple[float, str]]:
    sql = "select name, doubt, reasons from result"
    return {row["name"]: (row["doubt"], row["reasons"]) for row in catalogue.rows(sql)}


def test_a_jump_is_noticed_when_the_neighbour_arrives_and_forgotten_when_it_goes(space):
    catalogue = Catalogue(space)
    indexer = Indexer(catalogue)
    first, second, far = "usd195601010900.png", "usd195601030900.png", "usd195602010900.png"
    add(space, first, 30)
    add(space, far, 3)
    add(space, "sun.png", 3)  # undated
    indexer.refresh()
    assert {reasons for _, reasons in doubts(catalogue).values()} == {""}
    add(space, second, 3)
    indexer.refresh()
    found = doubts(catalogue)
    assert found[first][1] == "count far from its neighbours (30, theirs 3)"
    assert found[second][1] == "count far from its neighbours (3, theirs 30)"
    assert found[far][1] == found["sun.png"][1] == ""
    revision = catalogue.revision()
    indexer.refresh()
    assert catalogue.revision() == revision  # nothing is old any more
    result_path(space.results_of("m"), second).unlink()
    indexer.refresh()
    assert doubts(catalogue)[first][1] == ""


def test_reasons_are_joined_strongest_first(space):
    catalogue = Catalogue(space)
    add(space, "usd195601010900.png", 40, limb=0.61, confidence=0.5)
    Indexer(catalogue).refresh()
    score, reasons = doubts(catalogue)["usd195601010900.png"]
    assert (
        score == pytest.approx(20 + 40 * 0.5 * 0.14 / 0.45)
        and reasons == "40 spots near the threshold; limb fit 61 %"
    )


def test_the_observers_totals_are_compared_once_they_are_imported(space):
    catalogue = Catalogue(space)
    indexer = Indexer(catalogue)
    add(space, "usd195601010900.png", 30)
    indexer.refresh()
    import_reference(space, b"file,groups,spots\nusd195601010900.jpg,3,39\n", "totals.csv")
    indexer.refresh()
    assert doubts(catalogue)["usd195601010900.png"][1] == "off from the observer's total by 9"
    remove_reference(space, references(space)[0].identifier)
    indexer.refresh()
    assert doubts(catalogue)["usd195601010900.png"][1] == ""


def test_a_damaged_table_of_totals_is_left_out(space):
    catalogue = Catalogue(space)
    space.references.mkdir(exist_ok=True)
    (space.references / "observers-1.csv").write_bytes(b"\xff\0")
    add(space, "usd195601010900.png", 30)
    Indexer(catalogue).refresh()
    assert doubts(catalogue)["usd195601010900.png"][1] == ""


@pytest.mark.parametrize(
    ("name", "date", "clock", "spots"),
    [
        ("a.png", "1956-01-09", "", 5),  # by its name in another format
        ("b.png", "1956-01-02", "09:10", 6),
        ("b.png", "1956-01-02", "12:00", None),
        ("b.png", "1956-01-03", "12:00", 7),  # only the day is known
        ("b.png", "1956-01-03", "", 7),
        ("b.png", "1956-01-04", "", None),
        ("b.png", "undated", "", None),
    ],
)
def test_a_total_belongs_to_the_drawing_of_its_name_time_or_day(name, date, clock, spots):
    table = b"file,date,time,spots\nA.BMP,,,5\n,1956-01-02,09:00,6\n,1956-01-03,,7\n,1956-01-04,,\n"
    total = ObserversCounts(parse_totals(table, "t.csv").rows).of(name, date, clock)
    assert (total.spots if total else None) == spots
