"""The index is updated when files change."""

from __future__ import annotations

import json
import os
import shutil

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io import folders
from sunspot_dash.io.corrections import write_corrections
from sunspot_dash.io.results import result_path, write_result
from sunspot_dash.services.analysis import detections as detections_service
from sunspot_dash.services.analysis.counts import series
from sunspot_dash.services.analysis.detections import detections
from sunspot_dash.services.analysis.references import import_reference
from sunspot_dash.services.catalogue import catalogue as module
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.dataset.corrections import correct
from sunspot_dash.services.dataset.label_choice import store_categories
from sunspot_dash.services.dataset.tags import add_tag
from sunspot_dash.services.drawing.details import outlines_of
from sunspot_dash.services.models.publish import publish, write_failed
from sunspot_dash.workspace import Workspace
from tests.coco import HEIGHT, WIDTH, content, encoded, label


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def result(name: str, count: int) -> DrawingResult:
    square = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])
    spots = tuple(Spot(520 + 10 * i, 500, 16, 0.9, square + (520 + 10 * i, 500)) for i in range(count))
    return DrawingResult(name, 1000, 1000, Disk(500, 500, 400, 0.9), spots, "m", "h", "i", 0.4, 1.0)


def test_new_changed_and_deleted_results_are_indexed(space):
    catalogue, folder = Catalogue(space), space.inference_results / "m" / "drawings"
    indexer = Indexer(catalogue)
    for day, count in ((1, 2), (2, 0), (3, 5)):
        write_result(folder, result(f"usd1956010{day}0900.png", count))
    write_result(folder, result("sun.png", 1))
    indexer.refresh()
    found = series(catalogue, "m")
    assert found.times == ["1956-01-01 09:00", "1956-01-02 09:00", "1956-01-03 09:00"]
    assert (found.counts, found.undated) == ([2, 0, 5], 1)
    assert found.keys[0] == key_of("usd195601010900.png")
    assert catalogue.summary().spots == 8 and catalogue.models() == ["m"]
    assert [row["position_angle_deg"] for row in detections(catalogue, "m").rows[:1]] == [
        90.0
    ]  # right is east
    assert detections(catalogue, "m", ("1956-01-02", "1956-01-03")).total == 5
    write_result(folder, result("usd195601030900.png", 1))
    result_path(folder, "usd195601010900.png").unlink()
    indexer.refresh()
    assert series(catalogue, "m").counts == [0, 1] and detections(catalogue, "m").total == 2
    result_path(folder, "sun.png").write_text("{")
    indexer.refresh()


def test_labels_are_counted_on_their_drawings_for_the_chosen_categories(space):
    catalogue = Catalogue(space)
    indexer = Indexer(catalogue)
    found = content({"Data/A.png": 3, "b.png": 0, "x/c.png": 1, "y/c.png": 1}, ("Fleck", "Hof"))
    found["annotations"].append(label(9, 1, 5, 2))
    space.annotations_file.write_bytes(encoded(found))
    picture = cv2.imencode(".png", np.zeros((HEIGHT, WIDTH), np.uint8))[1].tobytes()
    for name in ("a.png", "b.png", "c.png"):
        (space.images / name).write_bytes(picture)

    def labels():
        indexer.refresh()
        return {row["name"]: row["labels"] for row in catalogue.rows("select name, labels from drawing")}

    assert labels() == {"a.png": 4, "b.png": 0, "c.png": None}
    assert len(outlines_of(space, "a.png")) == 4
    store_categories(space, ["Fleck"])
    assert labels() == {"a.png": 3, "b.png": 0, "c.png": None}
    assert len(outlines_of(space, "a.png")) == 3


def test_many_detections_are_binned_into_cells(space, monkeypatch):
    catalogue, folder = Catalogue(space), space.inference_results / "m" / "drawings"
    indexer = Indexer(catalogue)
    for day in range(1, 29):
        write_result(folder, result(f"usd195602{day:02d}0900.png", 30))
    indexer.refresh()
    monkeypatch.setattr(detections_service, "MOST_SPOTS", 100)
    found = detections(catalogue, "m")
    assert (
        found.cells
        and found.total == 840 == sum(row["count"] for row in found.rows)
        and len(found.rows) < 100
    )


def test_added_and_removed_drawings_are_indexed(space):
    catalogue = Catalogue(space)
    indexer = Indexer(catalogue)
    for day in (3, 1, 2):
        (space.images / f"usd1956010{day}0900.png").touch()
    (space.images_to_run / "sun.png").touch()
    indexer.refresh()
    assert catalogue.summary().drawings == 4
    (space.images_to_run / "sun.png").unlink()
    indexer.refresh()
    assert catalogue.summary().drawings == 3 and catalogue.summary().first == "1956-01-01"


def test_corrections_and_orientations_reach_the_index(space):
    catalogue, folder = Catalogue(space), space.inference_results / "m" / "drawings"
    indexer, name = Indexer(catalogue), "usd195601010900.png"
    (space.images / name).touch()
    write_result(folder, result(name, 1))
    write_result(folder, result("sun.png", 1))
    indexer.refresh()
    correction = Correction(date="1956-01-09", time="10:00", mirrored=False)
    write_corrections(space.corrections_file, {name: correction, "sun.png": Correction(date="1956-02-01")})
    indexer.refresh()
    assert catalogue.summary().first == "1956-01-09"
    (first, second) = catalogue.rows("select name, date, time from result order by date")
    assert (first["name"], first["date"], first["time"]) == (name, "1956-01-09", "10:00")
    assert (second["name"], second["date"], second["time"]) == ("sun.png", "1956-02-01", "")
    angles = "select name, position_angle_deg as angle from spot join result using (model, key) order by name"
    assert [row["angle"] for row in catalogue.rows(angles)] == [
        90.0,
        270.0,
    ]  # sun.png is mirrored like all others
    publish(space, "m", "direct")
    indexer.refresh()
    assert [row["angle"] for row in catalogue.rows(angles)] == [270.0, 270.0]
    write_corrections(space.corrections_file, {})
    publish(space, "m")
    indexer.refresh()
    assert catalogue.summary().first == "1956-01-01"
    assert "1956-01-01" in (space.inference_results / "sunspot_table.csv").read_text()


def test_failed_drawings_are_listed_until_they_succeed(space):
    catalogue, folder = Catalogue(space), space.inference_results / "m"
    indexer = Indexer(catalogue)
    write_result(folder / "drawings", result("usd195601010900.png", 1))
    write_failed(folder, [("usd195601020900.png", "no solar limb found")])
    indexer.refresh()
    assert [tuple(row) for row in catalogue.rows("select key, reason from failure")] == [
        (key_of("usd195601020900.png"), "no solar limb found")
    ]
    write_failed(folder, [])
    indexer.refresh()
    assert not catalogue.rows("select * from failure")


def test_a_result_written_within_the_same_clock_tick_is_not_missed(space):
    catalogue, folder = Catalogue(space), space.inference_results / "m" / "drawings"
    indexer = Indexer(catalogue)
    write_result(folder, result("usd195601010900.png", 1))
    stamp = folder.stat().st_mtime_ns
    indexer.refresh()
    write_result(folder, result("usd195601020900.png", 1))
    os.utime(folder, ns=(stamp, stamp))  # a coarse clock gives both the same time
    indexer.refresh()
    assert len(catalogue.rows("select * from result")) == 2


def test_odd_files_among_drawings_and_results_do_not_stop_the_index(space):
    catalogue, folder = Catalogue(space), space.inference_results / "m" / "drawings"
    write_result(folder, result("usd195601010900.png", 2))
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "bad\udcff.json").write_text("{}")
    cv2.imwrite(str(space.images / "usd195601010900.png"), np.full((20, 30), 9, np.uint8))
    shutil.copy(space.images / "usd195601010900.png", space.images / "bad\udcff.png")
    (space.images / "loop.png").symlink_to("loop.png")
    (space.images_to_run / "1957").mkdir()
    write_failed(space.inference_results / "m", [(r"bad\xff.png", "its name is not UTF-8: rename it")])
    plan = space.runs / "000001" / "drawings.json"
    plan.parent.mkdir()
    plan.write_text(json.dumps({"paths": ["/elsewhere/bad\udcff.png", "/elsewhere/sun.png"]}))
    indexer = Indexer(catalogue)
    indexer.refresh()
    assert [row["name"] for row in catalogue.rows("select name from drawing order by name")] == [
        "sun.png",
        "usd195601010900.png",
    ]
    assert catalogue.summary().spots == 2
    assert [name for name, _ in catalogue.unused()] == ["1957", r"bad\xff.png", "loop.png"]
    revision = catalogue.revision()
    (space.images_to_run / "1957").rmdir()
    indexer.refresh()
    assert catalogue.revision() != revision and len(catalogue.unused()) == 2


def test_a_folder_that_cannot_be_read_does_not_stop_the_index(space, monkeypatch):
    cv2.imwrite(str(space.images / "usd195601010900.png"), np.full((20, 30), 9, np.uint8))

    def denied(folder):
        if folder == space.images_to_run:
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    scandir = os.scandir
    monkeypatch.setattr(folders.os, "scandir", denied)
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    assert catalogue.summary().drawings == 1
    ((name, reason),) = catalogue.unused()
    assert name == "images_to_run/" and "Permission denied" in reason


def test_a_catalogue_that_another_process_creates_meanwhile_is_kept(tmp_path, monkeypatch):
    space = Workspace(tmp_path / "data").create()
    looked = []

    def look(database):
        looked.append(1)
        if len(looked) == 1:  # another process is first
            with Catalogue(space).open() as other:
                other.execute("insert into mark values ('revision', '7')")
            return 0
        return format_of(database)

    format_of = module._format_of
    monkeypatch.setattr(module, "_format_of", look)
    assert Catalogue(space).revision() == "7"


def test_tags_and_observers_are_listed_and_survive_a_rebuild_of_the_index(space):
    name = "usd195601010900.png"
    cv2.imwrite(str(space.images_to_run / name), np.full((20, 30), 200, np.uint8))
    indexer = Indexer(Catalogue(space))

    def about() -> tuple[str, str]:
        ((observer, tags),) = indexer.catalogue.rows("select observer, tags from drawing")
        return observer, tags

    indexer.refresh()
    assert about() == ("", "")
    import_reference(space, b"file,groups,spots,observer\nusd195601010900.jpg,1,2,Jones\n", "totals.csv")
    add_tag(space, [name], "retouched")
    add_tag(space, [name], "bad scan")
    indexer.refresh()
    assert about() == ("Jones", "bad scan, retouched")
    correct(space, name, Correction(observer="Smith"))
    for file in (space.root / "output").glob("index.sqlite*"):
        file.unlink()
    indexer = Indexer(Catalogue(space))
    indexer.refresh()
    assert about() == ("Smith", "bad scan, retouched")
