"""The queue of drawings to review: order, filters, pages, skipped and reviewed drawings, and its end."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.results import write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.review.queue import (
    ALL,
    REVIEWED,
    Choice,
    counts,
    next_to_review,
    page_of_queue,
    place_in_queue,
)
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace

# Key, date and doubt; e was reviewed by Ada, f by Bea later.
DRAWINGS = [
    ("a", "1956-01-01", 1.0),
    ("b", "1956-01-02", 9.0),
    ("c", "1956-02-01", None),
    ("d", "undated", 4.0),
    ("e", "1956-01-03", 20.0),
    ("f", "1956-01-04", 5.0),
]


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    made = Catalogue(Workspace(tmp_path / "data").create())
    with made.open() as database:
        for key, date, doubt in (*DRAWINGS, ("gone", "1956-01-01", 99.0)):
            if key != "gone":
                row = (key, f"{key}.png", "/x", date, "", None, 9, 1, 10, 10, "", 0, "", "")
                database.execute(f"insert into drawing values ({', '.join('?' * 14)})", row)
            for model in ("m", "n"):
                database.execute(
                    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, "
                    "disk_confidence, by_hand, doubt, reasons) "
                    "values (?, ?, ?, ?, '', '', 1, 7, 0.4, 0.9, 0, ?, 'why')",
                    (model, key, f"{key}.png", date, doubt),
                )
        for key, by, at in (
            ("e", "Ada", "2026-11-01 10:00:00"),
            ("f", "Bea", "2026-11-02 10:00:00"),
            ("a", "", ""),
        ):
            row = ("m", key, 3, by, at, 1, 0, 6)
            database.execute(f"insert into review values ({', '.join('?' * 8)})", row)
    return made


def keys(catalogue, span=(0, 99), **choice) -> str:
    return "".join(row["key"] for row in page_of_queue(catalogue, Choice("m", **choice), span)[0])


def test_the_most_doubtful_drawing_comes_first_and_reviewed_ones_last(catalogue):
    assert keys(catalogue) == "bdac"
    assert keys(catalogue, state=ALL) == "bdacfe"
    assert keys(catalogue, state=REVIEWED) == "fe"


def test_a_row_says_why_and_who_reviewed_it(catalogue):
    (first, *_), total = page_of_queue(catalogue, Choice("m", state=REVIEWED), (1, 2))
    assert total == 2 and first == {
        "key": "e",
        "name": "e.png",
        "date": "1956-01-03",
        "time": "",
        "spots": 7,
        "reviewed_spots": 6,
        "score": 20.0,
        "reasons": "why",
        "reviewed_by": "Ada",
        "reviewed_at": "2026-11-01 10:00:00",
        "gestures": 3,
        "disputed": 1,
        "lost": 0,
    }


def test_pages_and_periods(catalogue):
    assert page_of_queue(catalogue, Choice("m"), (1, 3))[1] == 4 and keys(catalogue, (1, 3)) == "da"
    assert keys(catalogue, period=("1956-01-01", "1956-01-31")) == "ba"
    assert keys(catalogue, period=("", "1956-01-01")) == "a"
    assert page_of_queue(catalogue, Choice("none"), (0, 9)) == ([], 0)


def test_skipped_drawings_come_after_the_others(catalogue):
    assert keys(catalogue, skipped={"b", "d", "it's; drop"}) == "acbd"
    assert keys(catalogue, skipped=["b"], state=ALL) == "dacbfe"


def test_counts_are_those_of_a_period(catalogue):
    assert counts(catalogue, "m") == (4, 2) and counts(catalogue, "n") == (6, 0)
    assert counts(catalogue, "m", ("1956-01-01", "1956-01-31")) == (2, 2)


def test_the_place_of_a_drawing_is_its_row(catalogue):
    for state in (ALL, "needs review"):
        listed = keys(catalogue, state=state)
        assert [place_in_queue(catalogue, Choice("m", state=state), key) for key in listed] == [
            *range(len(listed))
        ]
    assert place_in_queue(catalogue, Choice("m"), "e") is None  # reviewed
    assert place_in_queue(catalogue, Choice("m"), "gone") is None  # its drawing was deleted


def test_the_next_drawing_is_the_next_that_needs_a_review(catalogue):
    choice = Choice("m")
    assert [next_to_review(catalogue, choice, key) for key in ("", "b", "d", "a", "c")] == [
        "b",
        "d",
        "a",
        "c",
        "b",
    ]
    assert next_to_review(catalogue, choice, "f") == "d"  # reviewed just now: go on below its doubt
    assert next_to_review(catalogue, choice, "unknown") == "b"
    assert next_to_review(catalogue, Choice("m", skipped=["b"]), "b") == "d"
    assert next_to_review(catalogue, Choice("m", period=("1956-02-01", "")), "c") == ""


def test_the_queue_has_an_end(catalogue):
    with catalogue.open() as database:
        database.execute("delete from review")
        sql = "insert into review values ('m', ?, 1, 'Ada', '2026-11-01 10:00:00', 0, 0, 7)"
        database.executemany(sql, [(key,) for key, *_ in DRAWINGS])
    assert page_of_queue(catalogue, Choice("m"), (0, 9)) == ([], 0)
    assert counts(catalogue, "m") == (0, 6) and next_to_review(catalogue, Choice("m"), "a") == ""


def test_an_unknown_state_is_refused(catalogue):
    with pytest.raises(ValueError, match="expected one of needs review"):
        keys(catalogue, state="some")


def test_a_finished_drawing_leaves_the_queue_in_the_next_round(tmp_path):
    space = Workspace(tmp_path / "data").create()
    catalogue = Catalogue(space)
    indexer = Indexer(catalogue)
    square = np.array([[400.0, 500], [406, 500], [406, 506], [400, 506]])
    for day, confidence in ((1, 0.99), (9, 0.45)):
        name = f"usd1956010{day}0900.png"
        (space.images / name).touch()
        spots = tuple(Spot.from_outline(square + 20 * i, confidence) for i in range(4))
        disk = Disk(500, 500, 400, 0.9)
        write_result(
            space.results_of("m"), DrawingResult(name, 999, 999, disk, spots, "m", "h", "i", 0.4, 1.0)
        )
    indexer.refresh()
    (first, second), total = page_of_queue(catalogue, Choice("m"), (0, 9))
    assert total == 2 and first["reasons"] == "4 spots near the threshold" and second["reasons"] == ""
    record(space, "m", first["name"], Intent("Ada", Act.REJECT, ["1"]))
    record(space, "m", first["name"], Intent("Ada", Act.FINISH))
    indexer.refresh()
    assert [row["key"] for row in page_of_queue(catalogue, Choice("m"), (0, 9))[0]] == [second["key"]]
    ((done,), _) = page_of_queue(catalogue, Choice("m", state=REVIEWED), (0, 9))
    assert (done["spots"], done["reviewed_spots"], done["reviewed_by"], done["gestures"]) == (4, 3, "Ada", 2)
    assert (
        counts(catalogue, "m") == (1, 1)
        and next_to_review(catalogue, Choice("m"), done["key"]) == second["key"]
    )
