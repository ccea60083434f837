"""Area and centroid of a polygon."""

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
