"""Import a folder of drawings by reference."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from PIL import Image

from sunspot_dash.errors import ParameterError, Stopped, WorkspaceError
from sunspot_dash.services.dataset import archives
from sunspot_dash.services.dataset.archives import archive_drawings, import_folder
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


def test_every_file_is_reported_and_nothing_is_copied(space, scans):
    before = {path.name: path.read_bytes() for path in scans.iterdir()}
    events = []
    outcome = import_folder(space, scans, "uccle", events.append)
    assert outcome.counts == {"kept": 5, "same": 1, "refused": 1} and outcome.undated == 1
    assert outcome.same_time == ["usd195601030900.jpg, usd195601030900.png"]
    table = rows(space, "uccle")
    assert table["usd195601040900.png"]["state"] == "same"
    assert table["usd195601040900.png"]["reason"] == "usd195601010900.png"
    assert table["usd195601050900.png"]["state"] == "refused" and table["usd195601050900.png"]["reason"]
    assert (table["sun.png"]["date"], table["sun.png"]["width"]) == ("undated", "30")
    assert {path.name: path.read_bytes() for path in scans.iterdir()} == before
    assert not list(space.images.iterdir()) and not list(space.images_to_run.iterdir())
    assert events[-1]["done"] == events[-1]["of"] == len(events)
    assert "5 drawings accepted (1 without a date in the name), 1 duplicate, 1 rejected" in str(outcome)


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
