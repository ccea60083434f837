"""Area, centroid and pixels of polygons."""

from __future__ import annotations

import numpy as np


def area_and_centroid(outline: np.ndarray) -> tuple[float, np.ndarray]:
    """Return area (px^2) and centroid (x, y) of a polygon (n, 2); a degenerate one gets the mean of its vertices."""
    points = np.asarray(outline, np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"outline: expected (n, 2) points, got an array of {points.shape}")
    middle = points.mean(axis=0)
    a = points - middle
    b = np.roll(a, -1, axis=0)
    cross = a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]
    area = cross.sum() / 2
    if abs(area) > 1e-6:
        shift = ((a + b) * cross[:, None]).sum(axis=0) / (6 * area)
        # The centroid of a self-intersecting outline can fall outside its bounding box.
        if (a.min(axis=0) <= shift).all() and (shift <= a.max(axis=0)).all():
            middle = middle + shift
    return abs(float(area)), middle


def inside_pixels(outline: np.ndarray, height: int, width: int) -> tuple[slice, slice, np.ndarray]:
    """Return the pixels of a (height, width) image whose centres lie inside a polygon (n, 2), by the even-odd rule.

    Filling by centres preserves the area on average; including the border, as drawing libraries do, would double that
    of a spot of 3 px.

    Returns:
        (rows, columns, inside): slices of the image, and (h, w) bool within them; both may be empty.
    """
    points = np.asarray(outline, np.float64).reshape(-1, 2)
    if len(points) < 3:
        return slice(0, 0), slice(0, 0), np.zeros((0, 0), bool)
    x0, y0 = np.clip(np.floor(points.min(axis=0)), 0, [width, height]).astype(int)
    x1, y1 = np.clip(np.ceil(points.max(axis=0)), [x0, y0], [width, height]).astype(int)
    crossed, at = crossings(points, np.arange(y0, y1)[:, None] + 0.5)
    row, edge = np.nonzero(crossed)
    # The parity of crossings flips at the first pixel whose centre lies beyond each crossing.
    column = np.clip(np.ceil(at[row, edge] - 0.5) - x0, 0, x1 - x0).astype(int)
    flips = np.zeros((y1 - y0, x1 - x0 + 1), int)
    np.add.at(flips, (row, column), 1)
    inside = (np.cumsum(flips, axis=1)[:, :-1] % 2).astype(bool)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1)), inside


def crossings(outline: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, for levels y (n, 1), which of the m edges cross each, (n, m) bool, and the x of the crossing, (n, m)."""
    x0, y0 = np.asarray(outline, np.float64).T
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    across = (y0 > y) != (y1 > y)
    rise = np.where(y1 == y0, 1.0, y1 - y0)
    return across, x0 + (y - y0) * (x1 - x0) / rise
