"""Scaled pictures of drawings for the pages, plain or with detections."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sunspot_dash.domain.spots.colours import OUTLINE_RGB
from sunspot_dash.errors import ImageError
from sunspot_dash.files import atomic_write_bytes, writing
from sunspot_dash.io.images import has_many_pixels, image_size, page_count, read_rgb
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.drawing.results import result_of

SIZES = {"thumb": 220, "view": 2400}  # longer side, px
QUALITY = 85


def view(catalogue: Catalogue, key: str, size: str) -> Path:
    """Return a cached JPEG of a drawing, no larger than a size of SIZES.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
    """
    made = view_file(catalogue, key, size)
    if not made.exists():
        rgb = read_rgb(_source(catalogue, key, size))
        scale = min(1.0, SIZES[size] / max(rgb.shape[:2]))
        shape = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
        write_jpeg(made, cv2.resize(rgb, shape, interpolation=cv2.INTER_AREA))
    return made


def _source(catalogue: Catalogue, key: str, size: str) -> Path:
    """Return the picture to scale: of a large drawing, a smaller view that is needed sooner or later anyway."""
    return (
        view(catalogue, key, "view")
        if size != "view" and is_large(catalogue, key)
        else original(catalogue, key)
    )


def view_file(catalogue: Catalogue, key: str, size: str) -> Path:
    """Return where `view` caches a picture, whether it exists yet or not.

    Raises:
        ImageError: the drawing does not exist.
    """
    return views_folder(catalogue) / f"{version_of(catalogue, key)}-{size}.jpg"


def version_of(catalogue: Catalogue, key: str) -> str:
    """Return a text that changes with the file of a drawing, to name what is cached of it.

    Raises:
        ImageError: the drawing does not exist.
    """
    stat = original(catalogue, key).stat()
    return f"{key}-{stat.st_mtime_ns:x}-{stat.st_size:x}"


def row_of(catalogue: Catalogue, key: str) -> sqlite3.Row:
    """Return a drawing's row in the catalogue.

    Raises:
        ImageError: the drawing does not exist.
    """
    row = catalogue.drawing(key)
    if row is None:
        raise ImageError(
            "there is no such drawing: it was deleted or renamed; choose another one in the list"
        )
    return row


def original(catalogue: Catalogue, key: str) -> Path:
    """Return the file of a drawing.

    Raises:
        ImageError: the drawing does not exist, or its file is missing.
    """
    row = row_of(catalogue, key)
    path = Path(row["path"])
    if not path.is_file():
        raise ImageError(f"{path} is missing: restore it, or import its archive again", row["name"])
    return path


def page_size(catalogue: Catalogue, key: str) -> tuple[int, int]:
    """Return the (width, height) of a drawing, px.

    Raises:
        ImageError: as `original`, or the file is not an image.
    """
    return image_size(original(catalogue, key))


def pages_in(catalogue: Catalogue, key: str) -> int:
    """Return the number of pages in the file of a drawing, of which the first is used.

    Raises:
        ImageError: as `page_size`.
    """
    return page_count(original(catalogue, key))


def is_large(catalogue: Catalogue, key: str) -> bool:
    """Whether decoding a drawing takes much memory (see LARGE_PIXELS); False if its file cannot be read."""
    try:
        return has_many_pixels(original(catalogue, key))
    except ImageError:
        return False


def picture_address(row: Mapping[str, Any] | sqlite3.Row, size: str) -> str:
    """Return the address of a drawing's picture; it changes with the file, so that browsers may cache it."""
    return f"/media/{row['key']}/{size}?v={row['modified_ns']:x}"


def found_thumbnail(catalogue: Catalogue, model: str, key: str) -> Path:
    """Return a cached JPEG thumbnail with a green ring around each counted spot.

    Raises:
        ImageError: the drawing does not exist, it has no result of this model, or it cannot be read.
    """
    rows = catalogue.rows("select name, stamp from result where model = ? and key = ?", [model, key])
    if not rows or (result := result_of(catalogue.workspace, model, rows[0]["name"])) is None:
        raise ImageError("this drawing has no result of this model: run inference on it first")
    made = views_folder(catalogue) / f"{key}-{rows[0]['stamp']:x}-{model}.jpg"
    if not made.exists():
        picture = read_rgb(view(catalogue, key, "thumb")).copy()
        scale = picture.shape[1] / result.width
        for spot in result.counted():
            centre = (round(spot.x * scale), round(spot.y * scale))
            cv2.circle(
                picture,
                centre,
                max(3, round((spot.area_px / np.pi) ** 0.5 * scale) + 2),
                OUTLINE_RGB,
                1,
                cv2.LINE_AA,
            )
        write_jpeg(made, picture)
    return made


def views_folder(catalogue: Catalogue) -> Path:
    """Return the cache folder of pictures; it may be emptied at any time.

    Raises:
        WorkspaceError: it cannot be created.
    """
    folder = catalogue.workspace.root / "output" / "views"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_jpeg(path: Path, rgb: np.ndarray) -> None:
    """Write (H, W, 3) uint8 RGB as a JPEG, atomically."""
    _, content = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    atomic_write_bytes(path, content.tobytes())
