"""The grey file of a drawing: what it holds, when it is rewritten, and how much disk all of them take."""

from __future__ import annotations

import errno
import os

import cv2
import numpy as np
import pytest

from sunspot_dash.errors import ImageError, ParameterError, WorkspaceError
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.drawing import grey
from sunspot_dash.services.drawing.grey import grey_file, open_grey, window_jpeg, write_grey
from sunspot_dash.workspace import Workspace

NAMES = ("usd195604170830.png", "usd195604180830.png", "usd195604190830.png")
HEIGHT, WIDTH = 90, 70
FILE_BYTES = HEIGHT * WIDTH + 128  # with the header of NumPy's format


def write_scan(space: Workspace, name: str, seed: int) -> None:
    rgb = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    cv2.imwrite(str(space.images / name), rgb)


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    space = Workspace(tmp_path / "data").create()
    for seed, name in enumerate(NAMES):
        write_scan(space, name, seed)
    found = Catalogue(space)
    Indexer(found).refresh()
    return found


def greys(catalogue: Catalogue) -> set[str]:
    """Return the names of all grey files."""
    return {path.name for path in grey.views_folder(catalogue).iterdir()}


def test_a_window_has_the_grey_levels_of_the_scan(catalogue):
    mapped = open_grey(write_grey(catalogue, key_of(NAMES[0])))
    whole = to_grey(read_rgb(catalogue.workspace.images / NAMES[0]))
    assert isinstance(mapped, np.memmap) and not mapped.flags.writeable
    assert mapped.dtype == np.uint8 and np.array_equal(mapped[20:50, 10:60], whole[20:50, 10:60])
    assert np.array_equal(mapped, whole)


def test_a_drawing_is_decoded_once(catalogue, monkeypatch):
    made = write_grey(catalogue, key_of(NAMES[0]))
    assert made.stat().st_size == FILE_BYTES
    monkeypatch.setattr(grey, "read_rgb", lambda _: pytest.fail("decoded again"))
    assert write_grey(catalogue, key_of(NAMES[0])) == made


def test_a_changed_drawing_gets_a_new_file_in_place_of_the_old_one(catalogue):
    key = key_of(NAMES[0])
    before = write_grey(catalogue, key)
    write_scan(catalogue.workspace, NAMES[0], 9)
    Indexer(catalogue).refresh()
    after = write_grey(catalogue, key)
    assert after != before and greys(catalogue) == {after.name}
    assert np.array_equal(open_grey(after), to_grey(read_rgb(catalogue.workspace.images / NAMES[0])))


def test_the_files_used_least_recently_are_removed(catalogue, monkeypatch):
    monkeypatch.setattr(grey, "MOST_BYTES", 2 * FILE_BYTES)
    first, second = (write_grey(catalogue, key_of(name)) for name in NAMES[:2])
    for age, path in enumerate((first, second), start=1):
        os.utime(path, (1e9 - age, 1e9 - age))
    open_grey(second)
    third = write_grey(catalogue, key_of(NAMES[2]))
    assert greys(catalogue) == {second.name, third.name}


def test_the_file_just_written_stays_even_if_it_is_too_large(catalogue, monkeypatch):
    monkeypatch.setattr(grey, "MOST_BYTES", 10)
    write_grey(catalogue, key_of(NAMES[0]))
    made = write_grey(catalogue, key_of(NAMES[1]))
    assert greys(catalogue) == {made.name} and open_grey(made).shape == (HEIGHT, WIDTH)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(catalogue, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(grey, "_write", fail)
    with pytest.raises(WorkspaceError, match=r"the disk is full: .* free some space and try again"):
        write_grey(catalogue, key_of(NAMES[0]))
    assert greys(catalogue) == set()


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY\x01\x00"])
def test_a_missing_or_damaged_file_is_reported_and_written_again(catalogue, content):
    key = key_of(NAMES[0])
    made = grey_file(catalogue, key)
    if content is not None:
        made.write_bytes(content)
    with pytest.raises(ImageError, match="try again"):
        open_grey(made)
    assert open_grey(write_grey(catalogue, key)).shape == (HEIGHT, WIDTH)


def test_an_unknown_drawing_is_an_error(catalogue):
    with pytest.raises(ImageError, match="no such drawing"):
        write_grey(catalogue, "0" * 16)


def test_a_window_is_the_scan_itself():
    levels = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    shown = cv2.imdecode(np.frombuffer(window_jpeg(levels, 8, 4, 40, 24), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown.shape == (20, 32)
    assert np.abs(shown.astype(int) - levels[4:24, 8:40]).max() < 6


@pytest.mark.parametrize("sides", [(0, 0, 0, 5), (-1, 0, 5, 5), (0, 0, 65, 5), (5, 5, 4, 9)])
def test_a_window_outside_the_scan_is_an_error(sides):
    with pytest.raises(ParameterError, match="not inside 64 x 48 px"):
        window_jpeg(np.zeros((48, 64), np.uint8), *sides)
