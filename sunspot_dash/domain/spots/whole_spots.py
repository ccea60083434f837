"""Whole spots: umbrae with the penumbra around them, which is drawn as grey shading or as an outline.

A whole spot is the ink around an umbra, down to a pale shade, with small gaps closed, what it encloses filled in and
strokes removed. If little more remains than the umbrae, the spot has no penumbra.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from sunspot_dash.domain.drawing.crop import invert, page_to_model, transform
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.components import Components
from sunspot_dash.domain.spots.instances import region_outline

# Darkness (0 to 255) of the palest shading, above paper grain.
SHADE = 16
# In disk radii: gaps in an outline that are closed, strokes that are removed, and how near to the limb ink is used.
GAP, STROKE, LIMB = 0.0025, 0.0035, 0.99
# Largest paper enclosed by an outline, and largest whole spot, in squared disk radii: 1400 millionths of the hemisphere
# at the disk centre. What is larger is a facula's outline, or writing.
LARGEST = 0.009
# Least penumbra in squared disk radii (2 millionths of the hemisphere at the centre), and relative to its umbrae: the
# edge of an umbra in pencil is soft.
LEAST_AREA, LEAST_SHARE = 1.2e-5, 0.3
# Least share of the border beside umbrae that is shaded or drawn, and of the convex hull that is filled: neither umbrae
# side by side nor a winding stroke is a spot with penumbra.
LEAST_DRAWN, LEAST_SOLID = 0.7, 0.55


def whole_spots(image: np.ndarray, radius: int, disk: Disk, umbrae: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Find the spots that have a penumbra.

    Args:
        image: (S, S) uint8 from `model_image`: paper 255, ink darker; radius: radius of the disk in it, px.
        disk: the limb on the drawing; umbrae: outlines of the umbrae, (n, 2) px of the drawing.

    Returns:
        The outlines of the whole spots, (n, 2) float64 px of the drawing.
    """
    if not umbrae:
        return []
    to_image = page_to_model(disk, radius)
    umbral = np.zeros_like(image)
    for outline in umbrae:
        cv2.fillPoly(umbral, [np.round(transform(to_image, outline) - 0.5).astype(np.int32)], 1)
    ink = _ink(image, radius)
    spots = Components.of(_filled(ink, radius) | umbral, connectivity=4)
    of_umbra = np.bincount(spots.labels[umbral > 0], minlength=len(spots.area))
    penumbra = spots.area - of_umbra
    found = (of_umbra > 0) & (spots.area <= LARGEST * radius**2)
    found &= (penumbra >= LEAST_AREA * radius**2) & (penumbra >= LEAST_SHARE * of_umbra)
    drawn = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    beside = cv2.dilate(umbral, np.ones((3, 3), np.uint8)) == 0
    to_page = invert(to_image)
    return [
        transform(to_page, _outline(spots, number))
        for number in np.flatnonzero(found).tolist()
        if _is_drawn(*_part(spots, number), drawn, beside)
    ]


def _ink(image: np.ndarray, radius: int) -> np.ndarray:
    """Return the pixels with shade or ink on the disk, (S, S) uint8 of 0 and 1."""
    on_disk = np.zeros_like(image)
    middle = image.shape[0] // 2
    cv2.circle(on_disk, (middle, middle), round(LIMB * radius), 1, -1)
    return ((image <= 255 - SHADE) & (on_disk > 0)).astype(np.uint8)


def _filled(ink: np.ndarray, radius: int) -> np.ndarray:
    """Return the ink and what it encloses, without strokes, (S, S) uint8 of 0 and 1."""
    wide = cv2.dilate(ink, _dot(GAP * radius))
    count, paper = cv2.connectedComponents(1 - wide, connectivity=4)
    enclosed = np.bincount(paper.ravel(), minlength=count) <= LARGEST * radius**2
    enclosed[0] = True
    filled = cv2.erode(enclosed[paper].astype(np.uint8), _dot(GAP * radius))
    return cv2.morphologyEx(filled, cv2.MORPH_OPEN, _dot(STROKE * radius))


def _dot(radius: float) -> np.ndarray:
    side = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def _part(spots: Components, number: int) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Return the pixels of a part in its box, (h, w) bool, and the box, widened by one pixel."""
    left, top, width, height = spots.box(number)
    box = slice(max(top - 1, 0), top + height + 1), slice(max(left - 1, 0), left + width + 1)
    return spots.labels[box] == number, box


def _is_drawn(part: np.ndarray, box: tuple[slice, slice], drawn: np.ndarray, beside: np.ndarray) -> bool:
    """Whether a part is a spot: its border is drawn where no umbra is, and it does not wind."""
    whole = part.astype(np.uint8)
    border = (whole > cv2.erode(whole, np.ones((3, 3), np.uint8))) & beside[box]
    points = np.argwhere(part)[:, ::-1].astype(np.int32)
    solid = len(points) / max(cv2.contourArea(cv2.convexHull(points)), 1)
    return bool(solid >= LEAST_SOLID and (not border.any() or drawn[box][border].mean() >= LEAST_DRAWN))


def _outline(spots: Components, number: int) -> np.ndarray:
    region, (rows, columns) = _part(spots, number)
    row, column = np.argwhere(region)[0].tolist()
    return region_outline(region, (column, row)) + [columns.start, rows.start]
