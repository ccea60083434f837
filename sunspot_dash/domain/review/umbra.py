"""Segment the umbra at a click from the pixels of the scan.

Everything is done in a small window that is enlarged to a fixed scale, so that all lengths are fractions of the solar
radius: the same spot is 4 px wide in one archive and 8 px in another. The umbra belongs to a maximum of the darkness
near the click, and a watershed separates it from other maxima. Of all level lines around the maximum, the one with the
steepest edge shows where the umbra ends.
"""

from __future__ import annotations

import cv2
import numpy as np

from sunspot_dash.domain.review.basin import Maximum, Sides, cut_to_basin, levels, maximum_at
from sunspot_dash.domain.spots.instances import region_outline

# Half a window's side (in R) and the radius of the disk (px) at the scale of the work. The second is for umbrae that do
# not fit into the first window; the largest of 1677 labelled ones is 0.023 R wide.
SCALES = ((0.028, 2960.0), (0.07, 1480.0))
BLUR_PX = 2.4  # at the scale of the work: enough for the grain of the paper, too little to merge two pores
PAPER_PERCENTILE = 20.0
# A click's standard deviation, and how far it may miss a spot: in R, and at least in px of the scan.
AIM, REACH = (0.004, 2.5), (0.01, 8.0)
LEAST_CONTRAST = 6.0  # grey levels of 255
NOISE_FACTOR = 4.0
LEAST_PIXELS = 12  # of a level's region, at the scale of the work
# The outline is where the darkness is this share of the way from the surroundings to the umbra; they are measured in a
# ring between these distances from the steepest level line (px at the scale of the work).
EDGE_SHARE, RING_PX = 0.36, (4, 7)
INSIDE_PERCENTILE, AROUND_PERCENTILE = 70.0, 50.0
MOST_GROWTH = 4.0  # of the area from the steepest level line to the outline; more is a leak
# Strokes narrower than this share of the umbra's own width are cut off, unless less than this share of it remains.
STROKE_SHARE, LEAST_KEPT = 0.5, 0.4
SIMPLIFY_PX = (
    0.4  # at the scale of the work: a tenth of a pixel of most scans; fewer vertices are easier to correct
)


def umbra_at(grey: np.ndarray, x: float, y: float, radius_px: float) -> np.ndarray | None:
    """Segment the umbra at a click, or one that the click misses by a few pixels.

    Rings and shading of penumbrae, and lines that touch the umbra, are left out.

    Args:
        grey: (h, w) uint8 or float, dark ink on light paper: a window of the scan (see `window_around`), or all of it.
        x, y: the click in `grey`, px; pixel (0, 0) covers [0, 1] x [0, 1].
        radius_px: radius of the solar disk, px.

    Returns:
        The outline (n, 2) float64 in px of `grey`, or None if nothing there is dark enough.

    Raises:
        ValueError: the click is outside the window, or the radius is not positive.
    """
    if not (0 <= x <= grey.shape[1] and 0 <= y <= grey.shape[0] and radius_px > 0):
        raise ValueError(f"click ({x:g}, {y:g}) with radius {radius_px:g} px in a window of {grey.shape}")
    for half, radius in SCALES:
        rows, columns = window_around(x, y, half * radius_px, grey.shape)
        window = np.asarray(grey[rows, columns], np.float32)
        at = np.array([x - columns.start, y - rows.start])
        # A region may end at the window's side only where the given pixels end.
        open_sides = (
            rows.start > 0,
            rows.stop < grey.shape[0],
            columns.start > 0,
            columns.stop < grey.shape[1],
        )
        outline = _segment(window, at, radius_px, radius, open_sides)
        if outline is not None:
            return outline + [columns.start, rows.start]
    return None


def window_around(x: float, y: float, half_px: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return rows and columns of a window around a point, cut at the sides of an image of a shape (height, width)."""
    half = int(np.ceil(half_px))
    row, column = min(int(y), shape[0] - 1), min(int(x), shape[1] - 1)
    return (
        slice(max(0, row - half), min(shape[0], row + half + 1)),
        slice(max(0, column - half), min(shape[1], column + half + 1)),
    )


def _segment(
    window: np.ndarray, at: np.ndarray, radius_px: float, radius: float, open_sides: Sides
) -> np.ndarray | None:
    """Return the outline in px of the window; `radius` is that of the disk at the scale of the work."""
    scale = radius / radius_px
    size = (max(1, round(window.shape[1] * scale)), max(1, round(window.shape[0] * scale)))
    zoom = np.array(size) / window.shape[::-1]
    large = cv2.resize(window, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    dark = 255 - cv2.GaussianBlur(large, (0, 0), BLUR_PX)
    dark -= np.percentile(dark, PAPER_PERCENTILE)
    # The lighter part of the window is paper; its spread between two percentiles of a Gaussian is 1.12 sigma.
    low, high = np.percentile(dark, [5, 30])
    least = max(LEAST_CONTRAST, NOISE_FACTOR * (high - low) / 1.12)
    aim, reach = (scale * max(share * radius_px, px) for share, px in (AIM, REACH))
    maximum = maximum_at(dark, at * zoom - 0.5, (aim, reach), least)
    if maximum is None:
        return None
    dark, maximum, corner, open_sides = cut_to_basin(dark, maximum, open_sides)
    steepest = _steepest(dark, maximum, open_sides)
    if steepest is None:
        return None
    inside = np.percentile(dark[steepest], INSIDE_PERCENTILE)
    ring = _dilated(steepest, RING_PX[1]) & ~_dilated(steepest, RING_PX[0]) & maximum.basin
    around = np.percentile(dark[ring], AROUND_PERCENTILE) if ring.any() else 0.0
    if inside - around < least:
        return None
    edge = around + EDGE_SHARE * (inside - around)
    umbra = _without_strokes(_part((dark >= edge) & maximum.basin, maximum), maximum)
    if umbra.sum() > MOST_GROWTH * steepest.sum() or not umbra[maximum.row, maximum.column]:
        umbra = _without_strokes(steepest, maximum)
    outline = region_outline(umbra, (maximum.column, maximum.row)).astype(np.float32)
    simple = cv2.approxPolyDP(outline[:, None], SIMPLIFY_PX, True)[:, 0]
    return (simple.astype(np.float64) + corner) / zoom


def _steepest(dark: np.ndarray, maximum: Maximum, open_sides: Sides) -> np.ndarray | None:
    """Return the region inside the level line around the maximum with the steepest edge, (h, w) bool."""
    slope = np.hypot(cv2.Sobel(dark, cv2.CV_32F, 1, 0), cv2.Sobel(dark, cv2.CV_32F, 0, 1))
    best, steepest = None, 0.0
    for level in levels(float(dark[maximum.row, maximum.column])):
        part = _part((dark >= level) & maximum.basin, maximum)
        sides = (part[0], part[-1], part[:, 0], part[:, -1])
        if any(is_open and side.any() for is_open, side in zip(open_sides, sides, strict=True)):
            break
        inner = cv2.erode(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        if part.sum() >= LEAST_PIXELS and (found := float(np.median(slope[part & ~inner]))) > steepest:
            best, steepest = part, found
    return best


def _part(region: np.ndarray, maximum: Maximum) -> np.ndarray:
    """Return the connected part of a region with the maximum, (h, w) bool."""
    _, parts = cv2.connectedComponents(region.astype(np.uint8), connectivity=4)
    return (parts == parts[maximum.row, maximum.column]) & region


def _without_strokes(region: np.ndarray, maximum: Maximum) -> np.ndarray:
    """Return a region without the strokes that leave it."""
    depth = cv2.distanceTransform(np.pad(region, 1).astype(np.uint8), cv2.DIST_L2, 5).max()
    side = 2 * int(STROKE_SHARE * depth) + 1
    opened = cv2.morphologyEx(region.astype(np.uint8), cv2.MORPH_OPEN, _disk(side)) > 0
    kept = _part(opened, maximum)
    return kept if kept.sum() >= LEAST_KEPT * region.sum() else region


def _dilated(region: np.ndarray, distance: int) -> np.ndarray:
    return cv2.dilate(region.astype(np.uint8), _disk(2 * distance + 1)) > 0


def _disk(side: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
