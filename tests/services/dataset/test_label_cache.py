"""The cache of checked labels: equal to the labels themselves, and never older than their file."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import numpy as np
import pytest

from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.errors import CocoError
from sunspot_dash.services.dataset import label_cache
from sunspot_dash.services.dataset.label_cache import (
    are_labels_cached,
    cache_labels,
    cache_labels_apart,
    load_labels,
)
from sunspot_dash.services.dataset.labels import accept_labels
from sunspot_dash.workspace import Workspace

SQUARE = [10, 10, 20.25, 10, 20, 20, 10, 20]
MASK = {"size": [50, 100], "counts": [99, 5, 5000 - 104]}


@pytest.fixture
def space(tmp_path, monkeypatch) -> Workspace:
    monkeypatch.setattr(label_cache, "SMALL_BYTES", 0)
    return Workspace(tmp_path / "data").create()


def content(names: int = 3) -> str:
    images = [{"id": n, "file_name": f"{n}.png", "width": 100, "height": 50} for n in range(names)]
    shapes = [[SQUARE], [SQUARE, [30, 30, 40, 30, 40, 40]], MASK, [[1, 2]]]
    labels = [{"id": n, "image_id": n // 4, "segmentation": shapes[n % 4]} for n in range(4 * (names - 1))]
    return json.dumps({"images": images, "annotations": labels})


def plain(coco) -> str:
    """Return everything in it as text."""
    return repr(asdict(coco))


@pytest.fixture
def checked(monkeypatch) -> list[str]:
    """The files that were checked."""
    files: list[str] = []
    check = label_cache.check_coco
    monkeypatch.setattr(
        label_cache, "check_coco", lambda *arguments: files.append(arguments[1]) or check(*arguments)
    )
    return files


def test_cached_labels_equal_those_of_the_file(space, checked):
    space.annotations_file.write_text(content())
    assert not are_labels_cached(space)
    first, again = load_labels(space), load_labels(space)
    assert plain(first) == plain(again) == plain(load_coco(space.annotations_file)) and len(checked) == 1
    assert are_labels_cached(space) and [len(first.annotations[f"{n}.png"]) for n in (0, 1)] == [3, 3]
    for name in ("0.png", "1.png", "2.png", "none.png"):
        found = again.annotations.get(name, [])
        assert repr([asdict(label) for label in found]) == repr(
            [asdict(label) for label in first.annotations.get(name, [])]
        )
        assert all(polygon.dtype == np.float64 for label in found for polygon in label.polygons)
    assert len(checked) == 1


def test_a_changed_file_is_checked_again(space, checked):
    space.annotations_file.write_text(content(3))
    load_labels(space)
    space.annotations_file.write_text(content(4))
    assert not are_labels_cached(space) and len(load_labels(space).images) == 4
    state = space.annotations_file.stat()
    os.utime(space.annotations_file, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert not are_labels_cached(space) and len(load_labels(space).images) == 4 and len(checked) == 3


def test_the_reason_why_a_file_cannot_be_used_is_cached(space, checked):
    space.annotations_file.write_text('{"images": []}')
    cache_labels(space)
    for read in (load_labels, load_labels):
        with pytest.raises(CocoError, match="no list 'annotations'"):
            read(space)
    assert len(checked) == 1 and are_labels_cached(space)


def test_a_damaged_cache_is_ignored(space):
    space.annotations_file.write_text(content())
    expected = plain(load_labels(space))
    label_cache._file(space).write_bytes(b"no database")
    assert not are_labels_cached(space) and plain(load_labels(space)) == expected


def test_uploaded_labels_are_checked_once(space, checked, tmp_path):
    upload = tmp_path / "upload.json"
    upload.write_text(content())
    events: list[dict[str, int]] = []
    assert accept_labels(space, upload, "labels.json", report=events.append).state == "accepted"
    assert are_labels_cached(space) and len(load_labels(space).images) == 3 and checked == []
    assert events[0] == {"done": 0, "of": 8}


def test_labels_are_checked_in_a_process_of_their_own(space, monkeypatch, checked):
    monkeypatch.setattr(label_cache, "SMALL_BYTES", 2**16)
    space.annotations_file.write_text(content() + " " * 2**16)
    cache_labels_apart(space)
    assert len(load_labels(space).images) == 3 and checked == []


def test_there_are_no_labels(space):
    assert are_labels_cached(space)
    with pytest.raises(CocoError, match="not found"):
        load_labels(space)
