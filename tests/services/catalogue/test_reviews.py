"""Gestures reach the index, whatever happens to their journals."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act, Gesture, Reference
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.journals import append_gesture, journal_path
from sunspot_dash.io.results import result_path, write_result
from sunspot_dash.services.catalogue import indexer as indexer_module
from sunspot_dash.services.catalogue import reviews as module
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace

NAME = "usd195601010900.png"
SQUARE = np.array([[0.0, 0], [6, 0], [6, 6], [0, 6]])


@pytest.fixture
def space(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "data").create()
    add_result(made, NAME)
    return made


def add_result(space: Workspace, name: str, model: str = "m") -> None:
    spots = tuple(Spot.from_outline(SQUARE + (420 + 30 * i, 500), 0.9) for i in range(3))
    made = DrawingResult(name, 1000, 1000, Disk(500, 500, 400, 0.9), spots, model, model, "i", 0.4, 1.0)
    write_result(space.results_of(model), made)


def do(space: Workspace, act: Act, *keys: str, person: str = "Ada", name: str = NAME, **more) -> None:
    record(space, "m", name, Intent(person, act, keys, **more))


def reviews(catalogue: Catalogue) -> list[tuple]:
    sql = "select model, key, gestures, reviewed_by, disputes, lost, spots from review order by model, key"
    return [tuple(row) for row in catalogue.rows(sql)]


def journals(catalogue: Catalogue) -> list[tuple]:
    return [
        tuple(row) for row in catalogue.rows("select key, gestures, reviewed_by from journal order by key")
    ]


def test_every_gesture_is_counted_in_the_next_round(space):
    catalogue = Catalogue(space)
    indexer, key = Indexer(catalogue), key_of(NAME)
    indexer.refresh()
    assert not reviews(catalogue) and not journals(catalogue)
    expected = [
        (lambda: do(space, Act.REJECT, "1"), (1, "", 0, 0, 2)),
        (lambda: do(space, Act.ACCEPT, "1", person="Bea"), (2, "", 1, 0, 3)),
        (lambda: do(space, Act.ADD, outlines=[SQUARE + 600]), (3, "", 1, 0, 4)),
        (lambda: do(space, Act.ADD, outlines=[SQUARE + 650], blind=True), (3, "", 1, 0, 4)),
        (lambda: do(space, Act.FINISH), (4, "Ada", 1, 0, 4)),
        (lambda: do(space, Act.REOPEN), (5, "", 1, 0, 4)),
    ]
    for gesture, (count, *rest) in expected:
        revision = catalogue.revision()
        gesture()
        indexer.refresh()
        assert reviews(catalogue) == [("m", key, count, *rest)]
        assert journals(catalogue) == [(key, count, rest[0])]
        assert catalogue.revision() != revision
    do(space, Act.FINISH)
    indexer.refresh()
    (at,) = (row[0] for row in catalogue.rows("select reviewed_at from review"))
    assert abs(datetime.fromisoformat(at).replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() < 60
    assert [row[0] for row in catalogue.rows("select reviewed_at from journal")] == [at]


def test_a_review_belongs_to_each_model_and_follows_its_result(space):
    catalogue = Catalogue(space)
    indexer, key = Indexer(catalogue), key_of(NAME)
    do(space, Act.REJECT, "1")
    indexer.refresh()
    add_result(space, NAME, "n")
    indexer.refresh()
    assert [row[0] for row in reviews(catalogue)] == ["m", "n"]
    result_path(space.results_of("m"), NAME).unlink()
    indexer.refresh()
    assert [row[0] for row in reviews(catalogue)] == ["n"]
    shutil.rmtree(space.results_of("n").parent)
    indexer.refresh()
    assert not reviews(catalogue) and journals(catalogue) == [(key, 1, "")]


def test_deleted_journals_are_forgotten(space):
    catalogue = Catalogue(space)
    indexer = Indexer(catalogue)
    do(space, Act.FINISH)
    do(space, Act.REOPEN, person="Bea")
    indexer.refresh()
    assert reviews(catalogue)[0][2:4] == (2, "")
    journal_path(space.reviews, NAME, "Bea").unlink()
    indexer.refresh()
    assert reviews(catalogue)[0][2:4] == (1, "Ada")
    journal_path(space.reviews, NAME, "Ada").unlink()
    indexer.refresh()
    assert not reviews(catalogue) and not journals(catalogue)
    do(space, Act.FINISH)
    indexer.refresh()
    assert reviews(catalogue)
    shutil.rmtree(space.reviews)
    indexer.refresh()
    assert not reviews(catalogue) and not journals(catalogue)


def test_damaged_and_strange_journals_do_not_stop_the_index(space):
    catalogue = Catalogue(space)
    do(space, Act.REJECT, "1")
    with journal_path(space.reviews, NAME, "Ada").open("a") as file:
        file.write('{"half": \n[]\n\0\n')
    gone = Gesture("g1", "Ada", datetime.now(UTC), Act.FINISH, "m", "i")
    append_gesture(space.reviews, "deleted.png", gone)
    append_gesture(space.reviews, "deleted" + "é" * 120 + ".png", gone)  # too long to be found in its folder
    huge = Gesture("g2", "Bea", datetime.now(UTC), Act.ADD, "m", "i", (), (SQUARE * 1e200,))
    add_result(space, "b.png")
    append_gesture(space.reviews, "b.png", huge)
    (space.reviews / "note.txt").write_text("mine")
    (space.reviews / "loop").symlink_to("loop")
    (space.reviews / "empty").mkdir()
    (space.reviews / "bad\udcff.png").mkdir()
    (space.reviews / "bad%FF.png").mkdir()
    Indexer(catalogue).refresh()
    assert reviews(catalogue) == [("m", key_of(NAME), 1, "", 0, 0, 2)]
    assert sorted(journals(catalogue)) == sorted(
        [(key_of(NAME), 1, ""), (key_of("deleted.png"), 1, "Ada"), (key_of("b.png"), 1, "")]
    )


def test_journals_of_a_long_name_are_found_when_its_drawing_is_added(space, monkeypatch):
    catalogue = Catalogue(space)
    name = "é" * 100 + ".png"
    append_gesture(space.reviews, name, Gesture("g1", "Ada", datetime.now(UTC), Act.FINISH, "m", "i"))
    Indexer(catalogue).refresh()
    assert not journals(catalogue)
    add_result(space, name)
    indexer = Indexer(catalogue)
    indexer.refresh()
    monkeypatch.setattr(indexer_module, "FULL_SCAN_SECONDS", -1.0)
    indexer.refresh()
    assert journals(catalogue) == [(key_of(name), 1, "Ada")]
    assert reviews(catalogue) == [("m", key_of(name), 1, "Ada", 0, 0, 0)]


def test_a_gesture_on_another_spot_or_image_is_lost(space):
    catalogue = Catalogue(space)
    now = datetime.now(UTC)
    lost = Gesture("g1", "Ada", now, Act.GROUP, "m", "i", (Reference("17", 1, 1),), text="A")
    other = Gesture("g2", "Ada", now, Act.FINISH, "m", "another image")
    append_gesture(space.reviews, NAME, lost)
    append_gesture(space.reviews, NAME, other)
    Indexer(catalogue).refresh()
    assert reviews(catalogue) == [("m", key_of(NAME), 2, "", 0, 2, 3)]
    assert journals(catalogue) == [(key_of(NAME), 2, "Ada")]


def test_a_round_without_a_gesture_examines_no_journal(space, monkeypatch):
    names = [f"usd1956{month:02d}010900.png" for month in range(1, 13)]
    for name in names:
        add_result(space, name)
        do(space, Act.FINISH, name=name)
        for folder in (space.reviews / name, space.reviews):
            os.utime(folder, ns=(10**18, 10**18))
    catalogue = Catalogue(space)
    indexer = Indexer(catalogue)
    indexer.refresh()
    examined: list[str] = []
    state = module.journals_state
    monkeypatch.setattr(module, "journals_state", lambda *of: examined.append(of[1]) or state(*of))
    indexer.refresh()
    assert not examined
    do(space, Act.REOPEN, name=names[3])
    indexer.refresh()
    assert examined == [names[3]] and len(reviews(catalogue)) == 12
    assert [row[3] for row in reviews(catalogue)].count("") == 1


def test_journals_that_were_copied_are_found_by_a_full_scan(space, monkeypatch):
    catalogue = Catalogue(space)
    do(space, Act.FINISH)
    indexer = Indexer(catalogue)
    indexer.refresh()
    path = journal_path(space.reviews, NAME, "Ada")
    stamps = {folder: folder.stat().st_mtime_ns - 10**11 for folder in (path.parent, space.reviews)}
    for folder, stamp in stamps.items():
        os.utime(folder, ns=(stamp, stamp))
    indexer.refresh()
    path.write_text("")
    indexer.refresh()
    assert reviews(catalogue)  # nothing shows that the file has changed
    monkeypatch.setattr(indexer_module, "FULL_SCAN_SECONDS", -1.0)
    indexer.refresh()
    assert not reviews(catalogue)


def test_a_gesture_written_within_the_same_clock_tick_is_not_missed(space):
    catalogue = Catalogue(space)
    indexer, folders = Indexer(catalogue), (space.reviews / NAME, space.reviews)
    do(space, Act.REJECT, "1")
    indexer.refresh()
    stamps = [folder.stat().st_mtime_ns for folder in folders]
    indexer.refresh()
    do(space, Act.FINISH)
    for folder, stamp in zip(folders, stamps, strict=True):
        os.utime(folder, ns=(stamp, stamp))  # a coarse clock gives both the same time
    indexer.refresh()
    assert [row[2:4] for row in reviews(catalogue)] == [(2, "Ada")]
