"""The grey levels of a drawing as a file that is read in windows, without decoding the drawing again."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from sunspot_dash.errors import ImageError, ParameterError
from sunspot_dash.files import atomic_write
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.drawing.images import QUALITY, original, version_of, views_folder

ENDING = "-grey.npy"
MOST_WINDOW_PIXELS = 3000 * 3000
MOST_BYTES = 2 * 2**30  # of all grey files: 150 scans of 3330 x 4248 px


def grey_file(catalogue: Catalogue, key: str) -> Path:
    """Return where `write_grey` writes, whether the file exists yet or not.

    Raises:
        ImageError: the drawing does not exist.
        WorkspaceError: the folder of the cache cannot be created.
    """
    return views_folder(catalogue) / f"{version_of(catalogue, key)}{ENDING}"


def write_grey(catalogue: Catalogue, key: str) -> Path:
    """Return the grey file of a drawing; decode the drawing if there is none, and remove those used least recently.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        WorkspaceError: the disk is full, or the folder is not writable.
    """
    made = grey_file(catalogue, key)
    if not made.exists():
        grey = np.ascontiguousarray(to_grey(read_rgb(original(catalogue, key))))
        atomic_write(made, lambda temporary: _write(temporary, grey))
        for older in made.parent.glob(f"{key}-*{ENDING}"):
            if older != made:
                older.unlink(missing_ok=True)
        remove_oldest(made.parent, MOST_BYTES, made)
    return made


def open_grey(path: Path) -> np.ndarray:
    """Open a grey file: (H, W) uint8, read-only and mapped to memory, so that only the parts that are used are read.

    Raises:
        ImageError: it was removed from the cache at this moment, or it is damaged.
    """
    try:
        grey: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)  # the next request writes it again
        raise ImageError("the grey levels of this drawing cannot be read: try again") from error
    with suppress(OSError):  # a disk that is read-only
        os.utime(path)
    return grey


def window_jpeg(grey: np.ndarray, left: int, top: int, right: int, bottom: int) -> bytes:
    """Return a window of a drawing at the scale of the scan as a JPEG.

    Args:
        grey: (H, W) uint8; left, top, right, bottom: px, the last two excluded.

    Raises:
        ParameterError: the window is empty, outside the drawing or too large.
    """
    height, width = grey.shape
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ParameterError(
            f"the window {left}, {top}, {right}, {bottom} is not inside {width} x {height} px"
        )
    if (right - left) * (bottom - top) > MOST_WINDOW_PIXELS:
        raise ParameterError(f"a window has at most {MOST_WINDOW_PIXELS:,} px")
    _, content = cv2.imencode(".jpg", grey[top:bottom, left:right], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return content.tobytes()


def remove_oldest(folder: Path, most_bytes: int, kept: Path) -> None:
    """Remove the grey files that were used least recently until the rest fits, but never `kept`."""
    total = 0
    for _, size, path in sorted(_files(folder, kept), reverse=True):
        total += size
        if total > most_bytes and path != kept:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _files(folder: Path, kept: Path) -> list[tuple[float, int, Path]]:
    """Return time of last use, size and path of each grey file; `kept` is the newest."""
    found = []
    for path in folder.glob(f"*{ENDING}"):
        with suppress(FileNotFoundError):  # another process removed it
            stat = path.stat()
            found.append((float("inf") if path == kept else stat.st_mtime, stat.st_size, path))
    return found


def _write(path: Path, grey: np.ndarray) -> None:
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(grey))
        # `np.save` reports a full disk without its error number.
        file.write(grey.data)
