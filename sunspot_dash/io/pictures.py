"""Pictures of a result: the mask of a drawing, and the drawing with its spots in green."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from sunspot_dash.domain.drawing.names import folded
from sunspot_dash.domain.spots.colours import FILL_OPACITY, FILL_RGB, OUTLINE_RGB
from sunspot_dash.domain.spots.detections import DrawingResult, fill, spot_pixels
from sunspot_dash.io.images import write_png
from sunspot_dash.io.results import safe_name


def spot_mask(result: DrawingResult, threshold: float | None = None) -> np.ndarray:
    """Return the mask of the counted spots in the drawing's size: (H, W) uint8, 0 or 255."""
    return spot_pixels(result.counted(threshold), result.height, result.width).view(np.uint8) * np.uint8(255)


def overlay(rgb: np.ndarray, result: DrawingResult, threshold: float | None = None) -> np.ndarray:
    """Return a copy of the drawing (H, W, 3) uint8 with the counted spots tinted green and outlined.

    The outline surrounds the spot without covering it, so that a spot of 3 px remains visible.
    """
    if rgb.shape != (result.height, result.width, 3) or rgb.dtype != np.uint8:
        raise ValueError(
            f"picture is {rgb.shape} {rgb.dtype}, expected {(result.height, result.width, 3)} uint8"
        )
    picture = rgb.copy()
    spots = [fill(spot, result.height, result.width) for spot in result.counted(threshold)]
    green = np.float32(FILL_OPACITY) * np.array(FILL_RGB, np.float32)
    for rows, columns, inside in spots:
        original = rgb[rows, columns][inside]
        picture[rows, columns][inside] = np.round((1 - FILL_OPACITY) * original + green)
    # Wide enough to be visible when the whole drawing is scaled down to a screen.
    width = max(1, round(min(rgb.shape[:2]) / 1400))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1))
    for rows, columns, inside in spots:
        around = np.pad(inside.astype(np.uint8), width)
        ring = (cv2.dilate(around, kernel) > around)[
            max(0, width - rows.start) : width + result.height - rows.start,
            max(0, width - columns.start) : width + result.width - columns.start,
        ]
        top, left = max(0, rows.start - width), max(0, columns.start - width)
        picture[top : top + ring.shape[0], left : left + ring.shape[1]][ring] = OUTLINE_RGB
    return picture


def picture_stems(names: Iterable[str]) -> dict[str, str]:
    """Return the stem of each drawing's pictures: the name's stem, or the full name if two drawings share it."""
    names = set(names)
    stems = {name: Path(name).stem for name in names}
    while True:
        # Some file systems ignore case and the two ways to write an accented letter.
        uses = Counter(folded(stem) for stem in stems.values())
        shared = [name for name, stem in stems.items() if uses[folded(stem)] > 1 and stem != name]
        if not shared:
            return {name: safe_name(stem) for name, stem in stems.items()}
        stems.update({name: name for name in shared})


def write_pictures(
    folder: Path,
    result: DrawingResult,
    rgb: np.ndarray,
    threshold: float | None = None,
    stem: str | None = None,
) -> tuple[Path, Path]:
    """Write `{stem}_mask.png` and `{stem}_overlay.png`; by default the stem is that of the drawing's name."""
    stem = safe_name(Path(result.name).stem) if stem is None else stem
    folder.mkdir(parents=True, exist_ok=True)
    mask_path, overlay_path = folder / f"{stem}_mask.png", folder / f"{stem}_overlay.png"
    write_png(mask_path, spot_mask(result, threshold))
    write_png(overlay_path, overlay(rgb, result, threshold))
    return mask_path, overlay_path
