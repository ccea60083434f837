"""Candidates from the network's two maps: one per peak of the centre map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from sunspot_dash.domain.spots.components import Components
from sunspot_dash.domain.spots.windows import around, where

# Probability from which a pixel of the mask map counts as umbra.
MASK_LEVEL = 0.5
ENLARGE = 4
BESIDE = 16  # px around an umbra in which peaks of other umbrae claim its pixels
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
    rows, columns = peaks(centres, floor**2)
    # The mask may peak one pixel away from the centre map.
    highest = around(mask, columns, rows, 3).max(axis=(1, 2))
    both = np.sqrt(centres[rows, columns] * highest)
    # The mask is at most 1, so a geometric mean of at least `floor` needs a centre of at least floor².
    sure = both >= floor
    rows, columns, both, highest = rows[sure], columns[sure], both[sure], highest[sure]
    if not len(rows):
        return []
    spread = [
        around(each, columns, rows, side).mean(axis=(1, 2), dtype=np.float64)
        for each, side in zip((mask, centres), SPREAD, strict=True)
    ]
    found = []
    for number, (region, left, top) in _regions(mask >= MASK_LEVEL, rows, columns):
        row, column = int(rows[number]), int(columns[number])
        outline = region_outline(region, (column - left, row - top)) + [left, top]
        ys, xs = np.nonzero(region)
        # A tiny extra weight, so that a peak where the mask is 0 has a centroid too.
        weight = mask[top + ys, left + xs] + 1e-6
        x, y = (at + 0.5 + (weight * along).sum() / weight.sum() for at, along in ((left, xs), (top, ys)))
        values = (highest[number], centres[row, column], *(each[number] for each in spread))
        confidence = float(both[number])
        found.append((number, Candidate(float(x), float(y), confidence, outline, tuple(map(float, values)))))
    return [candidate for _, candidate in sorted(found, key=lambda each: each[0])]


def _regions(
    umbra: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> Iterator[tuple[int, tuple[np.ndarray, int, int]]]:
    """Yield the number of each peak with its pixels (bool patch, left, top), those of one umbra after the other.

    An umbra pixel belongs to the nearest peak, if this is in the same umbra.

    Args:
        umbra: (h, w) bool; rows, columns: (n,) int, the peaks.
    """
    marked, away = umbra.astype(np.uint8), np.ones(umbra.shape, np.uint8)
    marked[rows, columns], away[rows, columns] = 1, 0
    umbrae = Components.of(marked, connectivity=4)
    parts = umbrae.labels
    own = parts[rows, columns]
    for part in np.unique(own):
        x, y, width, height = umbrae.box(part)
        left, top = max(0, x - BESIDE), max(0, y - BESIDE)
        here = slice(top, y + height + BESIDE), slice(left, x + width + BESIDE)
        _, nearest = cv2.distanceTransformWithLabels(
            away[here], cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        for number in np.flatnonzero(own == part):
            claimed = nearest == nearest[rows[number] - top, columns[number] - left]
            region = claimed & (parts[here] == part)
            down, along = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
            patch = region[down[0] : down[-1] + 1, along[0] : along[-1] + 1]
            yield int(number), (patch, left + int(along[0]), top + int(down[0]))


def peaks(centres: np.ndarray, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of the local maxima (3 x 3) of at least `floor`; one per plateau."""
    rows, columns = where(centres >= floor)
    steps = np.arange(3) - 1
    # A slope far below any real difference leaves a single highest pixel on a plateau.
    slope = (steps[None] * 1e-7 + steps[:, None] * 3e-7).astype(np.float32)
    near = around(centres, columns, rows, 3) + slope
    top = near.max(axis=(1, 2)) <= near[:, 1, 1]
    return rows[top], columns[top]


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
