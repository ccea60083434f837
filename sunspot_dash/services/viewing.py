"""A drawing as a page shows it: its picture made small enough, and what a model found on it."""

from __future__ import annotations

from pathlib import Path

import cv2

from sunspot_dash.domain.detections import DrawingResult
from sunspot_dash.errors import ImageError, WorkspaceError
from sunspot_dash.io.images import image_size, read_rgb
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.services.catalogue import Catalogue
from sunspot_dash.workspace import Workspace, atomic_write_bytes

SIZES = {"thumb": 220, "view": 2400}  # longer side, px
QUALITY = 85


def view(catalogue: Catalogue, key: str, size: str) -> Path:
    """A JPEG of a drawing no larger than a size of `SIZES`, made once.

    Raises:
        ImageError: there is no such drawing, or it cannot be read.
    """
    path = original(catalogue, key)
    stat = path.stat()
    folder = catalogue.workspace.root / "output" / "views"
    made = folder / f"{key}-{stat.st_mtime_ns:x}-{stat.st_size:x}-{size}.jpg"
    if not made.exists():
        rgb = read_rgb(path)
        scale = min(1.0, SIZES[size] / max(rgb.shape[:2]))
        shape = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
        small = cv2.resize(rgb, shape, interpolation=cv2.INTER_AREA)
        _, content = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write_bytes(made, content.tobytes())
    return made


def original(catalogue: Catalogue, key: str) -> Path:
    """A drawing's own file.

    Raises:
        ImageError: there is no such drawing, or its file is gone.
    """
    row = catalogue.drawing(key)
    if row is None:
        raise ImageError("there is no such drawing")
    path = Path(row["path"])
    if not path.is_file():
        raise ImageError(f"{path} is gone: put it back, or import its archive again", row["name"])
    return path


def page_size(catalogue: Catalogue, key: str) -> tuple[int, int]:
    """(width, height) of a drawing's page, px.

    Raises:
        ImageError: as `original`, or it is no image.
    """
    return image_size(original(catalogue, key))


def result_of(workspace: Workspace, model: str, name: str) -> DrawingResult | None:
    """What a model found on a drawing; None when it was not run on it."""
    try:
        return read_result(result_path(workspace.inference_results / model / "drawings", name))
    except WorkspaceError:
        return None
