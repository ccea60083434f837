"""Area, centroid and pixels of a polygon."""

from __future__ import annotations

import numpy as np


def area_and_centroid(outline: np.ndarray) -> tuple[float, np.ndarray]:
    """Area (px^2) and area centroid (x, y) of a polygon (n, 2); a flat one has the mean of its vertices."""
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
        # A line that crosses itself can throw its centroid out of its own box.
        if (a.min(axis=0) <= shift).all() and (shift <= a.max(axis=0)).all():
            middle = middle + shift
    return abs(float(area)), middle


def inside_pixels(outline: np.ndarray, height: int, width: int) -> tuple[slice, slice, np.ndarray]:
    """The pixels of a (height, width) picture whose centre lies inside a polygon (n, 2), by the even-odd rule.

    Filling by centres keeps the polygon's area on average; filling up to and with the border, as
    drawing libraries do, would double that of a spot of 3 px.

    Returns:
        (rows, columns, inside): slices of the picture, and (h, w) bool within them; both may be empty.
    """
    points = np.asarray(outline, np.float64).reshape(-1, 2)
    if len(points) < 3:
        return slice(0, 0), slice(0, 0), np.zeros((0, 0), bool)
    x0, y0 = np.clip(np.floor(points.min(axis=0)), 0, [width, height]).astype(int)
    x1, y1 = np.clip(np.ceil(points.max(axis=0)), [x0, y0], [width, height]).astype(int)
    crossed, at = crossings(points, np.arange(y0, y1)[:, None] + 0.5)
    row, edge = np.nonzero(crossed)
    # The parity of the crossings passed flips at the first pixel whose centre is beyond each.
    column = np.clip(np.ceil(at[row, edge] - 0.5) - x0, 0, x1 - x0).astype(int)
    flips = np.zeros((y1 - y0, x1 - x0 + 1), int)
    np.add.at(flips, (row, column), 1)
    inside = (np.cumsum(flips, axis=1)[:, :-1] % 2).astype(bool)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1)), inside


def crossings(outline: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For levels y (n, 1): which of the m edges cross each, (n, m) bool, and at which x, (n, m)."""
    x0, y0 = np.asarray(outline, np.float64).T
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    across = (y0 > y) != (y1 > y)
    rise = np.where(y1 == y0, 1.0, y1 - y0)
    return across, x0 + (y - y0) * (x1 - x0) / rise
