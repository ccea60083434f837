"""New scans in a folder on the disk."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image

from sunspot_dash.domain.drawing.arrivals import SETTLED_SECONDS
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.services.watch import folder as watched
from sunspot_dash.services.watch.folder import WatchFolder, fault_of, stamps_in

LONG_AGO = 1_000_000_000


def scan(path, size=400):
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (size, size), np.uint8)).save(path)
    return path


def age(*paths):
    for path in paths:
        os.utime(path, (LONG_AGO, LONG_AGO))


def test_a_file_that_grows_in_steps_is_complete_at_its_end_only(tmp_path):
    content = scan(tmp_path / "usd202611260930.jpg").read_bytes()
    path = tmp_path / "usd202611260930.jpg"
    looker, now = WatchFolder(tmp_path), 0.0
    for end in range(0, len(content), len(content) // 7):
        path.write_bytes(content[:end])
        assert looker.complete({}, now) == {}
        now += SETTLED_SECONDS / 2
        assert looker.complete({}, now) == {}
        now += SETTLED_SECONDS / 2
    path.write_bytes(content)
    assert looker.complete({}, now) == {}
    assert list(looker.complete({}, now + SETTLED_SECONDS)) == [path.name]


def test_a_scan_that_keeps_its_old_time_or_is_overwritten_in_place_is_new(tmp_path):
    old = scan(tmp_path / "old.png")
    age(old)
    seen = stamps_in(tmp_path)
    looker = WatchFolder(tmp_path)
    assert looker.complete(seen, 0) == {}
    copied = scan(tmp_path / "copied.png")
    age(copied)
    looker.complete(seen, 1)
    assert list(looker.complete(seen, 1 + SETTLED_SECONDS)) == ["copied.png"]
    seen = stamps_in(tmp_path)
    scan(old, 500)
    age(tmp_path)  # overwriting changes the file, not its folder
    looker.complete(seen, 100)
    assert list(looker.complete(seen, 100 + SETTLED_SECONDS)) == ["old.png"]


def test_a_quiet_round_lists_nothing(tmp_path, monkeypatch):
    scan(tmp_path / "old.png")
    age(tmp_path)
    seen, looker = stamps_in(tmp_path), WatchFolder(tmp_path)
    looker.complete(seen, 0)
    asked = []
    monkeypatch.setattr(watched, "stamps_in", lambda folder: asked.append(folder) or dict(seen))
    for second in range(1, 60):
        assert looker.complete(seen, second) == {}
    assert asked == []
    looker.complete(seen, 61)
    assert asked == [tmp_path]


def test_faults(tmp_path):
    whole = scan(tmp_path / "whole.jpg")
    assert fault_of(whole) == ""
    for name in ("half.jpg", "half"):
        half = tmp_path / name
        half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        assert "damaged or truncated" in fault_of(half)
    (tmp_path / "notes.txt").write_text("seeing 3")
    assert fault_of(tmp_path / "notes.txt") is None
    with pytest.raises(FileNotFoundError):
        fault_of(tmp_path / "gone.jpg")


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(WorkspaceError, match="cannot be read"):
        WatchFolder(tmp_path / "gone").complete({}, 0)
