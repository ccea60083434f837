"""Versions of the labels: every change is kept and can be restored."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from sunspot_dash.errors import ParameterError
from sunspot_dash.files import locked
from sunspot_dash.services.dataset.label_changes import drop_drawings
from sunspot_dash.services.dataset.label_versions import (
    KEPT,
    PREVIOUS,
    remove_labels,
    restore_version,
    versions,
    write_labels,
)
from sunspot_dash.workspace import Workspace
from tests.coco import content, encoded


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def write(space, number: int) -> None:
    data = encoded(content({"a.png": number}))
    with locked(space.dataset_lock):
        write_labels(space, partial(Path.write_bytes, data=data), f"upload {number}")


def labels(space) -> list[int]:
    return [version.labels for version in versions(space)]


def test_a_restore_is_a_version_and_can_be_undone(space):
    write(space, 1)
    first = space.annotations_file.read_bytes()
    write(space, 2)
    second = space.annotations_file.read_bytes()
    restore_version(space, 1)
    assert space.annotations_file.read_bytes() == first and labels(space) == [1, 2, 1]
    assert versions(space)[0].cause == "version 1 restored"
    restore_version(space, 2)
    assert space.annotations_file.read_bytes() == second and labels(space) == [2, 1, 2, 1]
    with pytest.raises(ParameterError, match="equals the current labels"):
        restore_version(space, 2)
    with pytest.raises(ParameterError, match="version 99 of the labels is no longer kept"):
        restore_version(space, 99)


def test_the_last_versions_stay(space):
    for number in range(KEPT + 3):
        write(space, number)
    kept = versions(space)
    assert [version.labels for version in kept] == list(range(KEPT + 2, 2, -1))
    assert len(list(space.label_versions.iterdir())) == 2 * KEPT
    restore_version(space, kept[-1].number)
    assert labels(space)[:2] == [3, KEPT + 2] and len(versions(space)) == KEPT


def test_removed_labels_can_be_restored(space):
    write(space, 4)
    before = space.annotations_file.read_bytes()
    with locked(space.dataset_lock):
        remove_labels(space, "removed")
    assert not space.annotations_file.exists()
    assert [version.numbers for version in versions(space)] == ["no labels", "1 drawing, 4 labels"]
    restore_version(space, 1)
    assert space.annotations_file.read_bytes() == before
    restore_version(space, 2)
    assert not space.annotations_file.exists() and len(versions(space)) == 4


def test_files_of_earlier_programs_become_versions(space):
    space.annotations_file.write_bytes(encoded(content({"a.png": 2})))
    previous = space.annotations_file.with_name(PREVIOUS)
    previous.write_bytes(encoded(content({"a.png": 7})))
    os.utime(previous, (0, 0))
    found = versions(space)
    assert [version.labels for version in found] == [2, 7] and not previous.exists()
    assert found[1].date == "1970-01-01 00:00:00" and "earlier version of the program" in found[1].cause
    restore_version(space, found[1].number)
    assert space.annotations_file.read_bytes() == encoded(content({"a.png": 7}))


def test_changes_made_outside_are_recorded(space):
    assert versions(space) == []
    write(space, 1)
    space.annotations_file.write_bytes(encoded(content({"a.png": 5})))
    assert labels(space) == [5, 1] and versions(space)[0].cause == "changed outside the dashboard"
    os.utime(space.annotations_file, (9, 9))
    assert labels(space) == [5, 1]
    space.annotations_file.write_text("damaged")
    assert versions(space)[0].numbers == "a file that cannot be used"
    space.annotations_file.unlink()
    assert versions(space)[0].numbers == "no labels" and len(versions(space)) == 4


def test_labels_of_single_drawings_are_removed_as_a_version(space):
    space.annotations_file.write_bytes(encoded(content({"a.png": 2, "b.png": 3})))
    drop_drawings(space, ["b.png", "other.png"], "demo removed")
    assert labels(space) == [2, 5]
    drop_drawings(space, ["other.png"], "demo removed")
    assert labels(space) == [2, 5]
    drop_drawings(space, ["a.png"], "demo removed")
    assert not space.annotations_file.exists() and labels(space) == [0, 2, 5]
    drop_drawings(space, ["a.png"], "demo removed")
    assert len(versions(space)) == 3
