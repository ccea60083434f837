"""Candidates from the network's two maps: one per peak of the centre map."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Probability from which a pixel of the mask map counts as umbra.
MASK_LEVEL = 0.5
ENLARGE = 4
# Sides (px) of the windows for the local means of mask and centres.
SPREAD = (15, 9)


@dataclass(frozen=True)
class Candidate:
    """A possible spot at the model's scale (pixel (0, 0) covers [0, 1] x [0, 1]).

    Attributes:
        x, y: the centre, px; confidence: 0 to 1; outline: (n, 2) float, px.
        maps: values of the maps at the candidate: peak of the mask within a pixel, peak of the centres, and their means
            over windows with the sides in SPREAD.
    """

    x: float
    y: float
    confidence: float
    outline: np.ndarray
    maps: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)


def find_instances(mask: np.ndarray, centres: np.ndarray, floor: float) -> list[Candidate]:
    """Split the maps into candidates.

    Args:
        mask: (h, w) float32 probability of umbra.
        centres: (h, w) float32 probability of a spot centre.
        floor: lowest confidence of a candidate, the geometric mean of the peaks of both maps.

    Returns:
        Candidates in reading order. An umbra pixel belongs to the nearest peak to which it is connected.
    """
    # The mask may peak one pixel away from the centre map.
    highest = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    both = np.sqrt(centres * highest)
    # The mask is at most 1, so a geometric mean of at least `floor` needs a centre of at least floor².
    rows, columns = peaks(centres, floor**2)
    sure = both[rows, columns] >= floor
    rows, columns = rows[sure], columns[sure]
    if not len(rows):
        return []
    spread = [cv2.blur(each, (side, side)) for each, side in zip((mask, centres), SPREAD, strict=True)]
    umbra = (mask >= MASK_LEVEL).astype(np.uint8)
    umbra[rows, columns] = 1
    _, parts = cv2.connectedComponents(umbra, connectivity=4)
    away = np.ones(mask.shape, np.uint8)
    away[rows, columns] = 0
    _, nearest = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    candidates = []
    for row, column in zip(rows, columns, strict=True):
        region, left, top = _region(parts, nearest, int(row), int(column))
        outline = region_outline(region, (int(column) - left, int(row) - top)) + [left, top]
        patch = mask[top : top + region.shape[0], left : left + region.shape[1]]
        # A tiny extra weight, so that a peak where the mask is 0 has a centroid too.
        weight = np.where(region, patch, 0) + 1e-6 * region
        ys, xs = np.nonzero(region)
        w = weight[ys, xs]
        x, y = left + 0.5 + (w * xs).sum() / w.sum(), top + 0.5 + (w * ys).sum() / w.sum()
        maps = tuple(float(each[row, column]) for each in (highest, centres, *spread))
        candidates.append(Candidate(float(x), float(y), float(both[row, column]), outline, maps))
    return candidates


def peaks(centres: np.ndarray, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the local maxima (3 x 3) of at least `floor`; one per plateau."""
    # A slope far below any real difference leaves a single highest pixel on a plateau.
    height, width = centres.shape
    slope = (
        np.arange(width, dtype=np.float32)[None] * 1e-7 + np.arange(height, dtype=np.float32)[:, None] * 3e-7
    )
    sloped = centres + slope
    top = cv2.dilate(sloped, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((sloped >= top) & (centres >= floor))
    return rows, columns


def _region(parts: np.ndarray, nearest: np.ndarray, row: int, column: int) -> tuple[np.ndarray, int, int]:
    """Return the pixels (bool patch, left, top) that belong to a peak."""
    # Enlarge the window until the region no longer touches its edge.
    reach = 8
    while True:
        y0, y1 = max(0, row - reach), min(parts.shape[0], row + reach + 1)
        x0, x1 = max(0, column - reach), min(parts.shape[1], column + reach + 1)
        part, near = parts[y0:y1, x0:x1], nearest[y0:y1, x0:x1]
        region = (part == parts[row, column]) & (near == nearest[row, column])
        edge = region[0].any() or region[-1].any() or region[:, 0].any() or region[:, -1].any()
        if not edge or (y0, x0, y1, x1) == (0, 0, *parts.shape):
            return region, x0, y0
        reach *= 2


def region_outline(region: np.ndarray, peak: tuple[int, int]) -> np.ndarray:
    """Return the outline of the part of a region around a pixel, along pixel edges and smoothed at sub-pixel scale.

    Args:
        region: (h, w) bool; peak: (column, row) of one of its pixels.

    Returns:
        (n, 2) float64, px; pixel (0, 0) covers [0, 1] x [0, 1]. Holes are filled.
    """
    padded = np.pad(region.astype(np.uint8) * 255, 2)
    large = cv2.resize(padded, None, fx=ENLARGE, fy=ENLARGE, interpolation=cv2.INTER_NEAREST)
    large = cv2.GaussianBlur(large, (0, 0), 0.3 * ENLARGE)
    contours, _ = cv2.findContours(
        (large > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_TC89_L1
    )
    # 2 px of padding, plus half a pixel to the centre of the peak's pixel.
    at = ((peak[0] + 2.5) * ENLARGE, (peak[1] + 2.5) * ENLARGE)
    contour = max(contours, key=lambda c: (cv2.pointPolygonTest(c, at, False) >= 0, cv2.contourArea(c)))
    return (contour[:, 0].astype(float) + 0.5) / ENLARGE - 2
