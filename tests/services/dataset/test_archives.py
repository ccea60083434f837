"""Import a folder of drawings by reference."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from sunspot_dash.errors import ParameterError, Stopped, WorkspaceError
from sunspot_dash.services.dataset import archives
from sunspot_dash.services.dataset.archive_records import (
    archive_drawings,
    archive_left_out,
    archive_refused,
)
from sunspot_dash.services.dataset.archives import import_folder
from sunspot_dash.services.dataset.inventory import unused_files
from sunspot_dash.workspace import Workspace


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def scans(tmp_path):
    """Three drawings, a copy, another scan of the same time, one undated, one broken, and a note."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for shade, name in enumerate(
        [
            "usd195601010900.png",
            "usd195601020900.png",
            "usd195601030900.png",
            "usd195601030900.jpg",
            "sun.png",
        ]
    ):
        Image.fromarray(np.full((20, 30), 40 * shade, np.uint8)).save(folder / name)
    (folder / "usd195601040900.png").write_bytes((folder / "usd195601010900.png").read_bytes())
    (folder / "usd195601050900.png").write_bytes(b"\x89PNG\r\n\x1a\n cut short")
    (folder / "notes.txt").write_text("no drawing")
    return folder


def rows(space: Workspace, name: str) -> dict[str, dict[str, str]]:
    with (space.archives / f"{name}.csv").open(newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def test_of_identical_files_the_one_with_a_date_is_kept(space, scans):
    (scans / "copy (2).png").write_bytes((scans / "usd195601020900.png").read_bytes())
    import_folder(space, scans, "uccle")
    table = rows(space, "uccle")
    assert table["usd195601020900.png"]["state"] == "kept"
    assert (table["copy (2).png"]["state"], table["copy (2).png"]["reason"]) == (
        "same",
        "usd195601020900.png",
    )


def test_every_file_is_reported_and_nothing_is_copied(space, scans):
    before = {path.name: path.read_bytes() for path in scans.iterdir()}
    events = []
    outcome = import_folder(space, scans, "uccle", events.append)
    assert outcome.counts == {"kept": 5, "same": 1, "refused": 1} and outcome.undated == ["sun.png"]
    assert outcome.same_time == ["usd195601030900.jpg, usd195601030900.png"]
    table = rows(space, "uccle")
    assert table["usd195601040900.png"]["state"] == "same"
    assert table["usd195601040900.png"]["reason"] == "usd195601010900.png"
    assert table["usd195601050900.png"]["state"] == "refused" and table["usd195601050900.png"]["reason"]
    assert (table["sun.png"]["date"], table["sun.png"]["width"]) == ("undated", "30")
    assert {path.name: path.read_bytes() for path in scans.iterdir()} == before
    assert not list(space.images.iterdir()) and not list(space.images_to_run.iterdir())
    assert events[-1]["done"] == events[-1]["of"] == len(events)
    assert "5 drawings accepted (1 without a date), 1 duplicate, 1 rejected" in str(outcome)


def test_accepted_drawings_are_found_by_the_name_of_the_archive(space, scans):
    assert archive_drawings(space, "uccle") is None and archive_drawings(space, "../x") is None
    import_folder(space, scans, "uccle")
    found = archive_drawings(space, "uccle")
    assert found and all(path.parent == scans for path in found)
    assert {"usd195601040900.png", "usd195601050900.png"}.isdisjoint(path.name for path in found)
    head = space.archives / "uccle.json"
    assert json.loads(head.read_text())["kept"] == 5
    head.write_text("{")
    with pytest.raises(WorkspaceError, match="import the archive 'uccle' again"):
        archive_drawings(space, "uccle")


def test_a_stopped_import_resumes_and_a_second_one_reads_only_new_files(space, scans, monkeypatch):
    read: list[str] = []
    real = archives.content_hash
    monkeypatch.setattr(archives, "content_hash", lambda path: read.append(path.name) or real(path))
    monkeypatch.setattr(archives, "FLUSH", 1)
    with pytest.raises(Stopped, match="stopped after 3 of"):
        import_folder(space, scans, "uccle", should_stop=lambda: len(read) == 3)
    assert archive_drawings(space, "uccle") is None
    import_folder(space, scans, "uccle")
    assert len(read) == len(set(read)) == 6
    Image.fromarray(np.full((20, 30), 250, np.uint8)).save(scans / "usd195601060900.png")
    assert import_folder(space, scans, "uccle").counts["kept"] == 6
    assert read[6:] == ["usd195601060900.png"]
    assert not list((space.archives).glob("*.part"))


def test_a_folder_without_images_and_a_bad_name_are_rejected(space, tmp_path, scans):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ParameterError, match="there is no image in"):
        import_folder(space, tmp_path / "empty", "uccle")
    with pytest.raises(ParameterError, match="cannot name an archive"):
        import_folder(space, scans, "../uccle")


def test_pages_left_out_files_and_bad_names_are_reported(space, scans):
    pages = [Image.new("L", (30, 20), 200 + shade) for shade in range(2)]
    pages[0].save(scans / "usd195601060900.tif", save_all=True, append_images=pages[1:])
    (scans / "1957").mkdir()
    (scans / "scan.pdf").write_bytes(b"%PDF-1.4")
    shutil.copy(scans / "sun.png", scans / "bad\udcff.png")
    (scans / "loop.png").symlink_to("loop.png")
    outcome = import_folder(space, scans, "uccle")
    assert outcome.several_pages == ["usd195601060900.tif (2 pages)"]
    assert (
        outcome.left_out == "1 PDF (scan.pdf), 1 folder (1957) - run it by itself, 1 other file (notes.txt)"
    )
    assert f"left out: {outcome.left_out}" in str(outcome)
    assert "1 drawing has several pages, of which the first is used: usd195601060900.tif (2 pages)" in str(
        outcome
    )
    table = rows(space, "uccle")
    assert table["usd195601060900.tif"]["pages"] == "2" and table["sun.png"]["pages"] == "1"
    refused = dict(archive_refused(space, "uccle"))
    unused = dict(unused_files(space))
    assert unused["loop.png (archive uccle)"] == refused["loop.png"] and len(unused) == len(refused)
    assert refused["bad\\xff.png"] == "its name is not UTF-8: rename it"
    assert refused["loop.png"].startswith("it is a link to itself") and len(refused) == 3
    assert archive_left_out(space, "uccle") == outcome.left_out
    assert sorted(path.name for path in archive_drawings(space, "uccle")) == [
        "sun.png",
        "usd195601010900.png",
        "usd195601020900.png",
        "usd195601030900.jpg",
        "usd195601030900.png",
        "usd195601060900.tif",
    ]


def test_a_table_of_an_earlier_version_is_read_again(space, scans):
    import_folder(space, scans, "uccle")
    table = space.archives / "uccle.csv"
    old = [row[:-1] for row in csv.reader(table.open(newline=""))]
    old[1][0] = "bad\udcff.png"
    with table.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        csv.writer(file).writerows(old)
    assert ("bad\\xff.png", "its name is not UTF-8: rename it") in archive_refused(space, "uccle")
    assert len(archive_drawings(space, "uccle")) == 4
    assert import_folder(space, scans, "uccle").counts == {"kept": 5, "same": 1, "refused": 1}
    assert {row["pages"] for row in rows(space, "uccle").values() if row["state"] == "kept"} == {"1"}


def test_a_folder_without_images_says_what_it_holds(space, tmp_path):
    (tmp_path / "years" / "1957").mkdir(parents=True)
    with pytest.raises(
        ParameterError, match=r"no image in .*, only 1 folder \(1957\) - run it by itself: add"
    ):
        import_folder(space, tmp_path / "years", "uccle")
