"""Training targets of the network: a mask of the umbrae and a map of their centres."""

from __future__ import annotations

import cv2
import numpy as np

from sunspot_dash.domain.labels.polygons import area_and_centroid, inside_pixels

# Sigma of the Gaussian at a spot's centre, in R. One spot in ten has a neighbour within 0.003 R.
CENTRE_SIGMA = 0.0016


def targets(polygons: list[np.ndarray], side: int, model_radius: float) -> np.ndarray:
    """Rasterise umbrae on a tile.

    Args:
        polygons: (n, 2) float outlines in tile coordinates, one per spot; they may extend beyond the tile.
        side: side of the tile, px.
        model_radius: radius of the disk at the scale of the tile, px.

    Returns:
        (2, side, side) float32: the mask (0 or 1, touching neighbours separated by a line of zeros) and the centre map
        (a Gaussian of height 1 at each spot's centroid).
    """
    labels = np.zeros((side, side), np.float32)
    centres = np.zeros((side, side), np.float32)
    # Largest first, so that a small umbra on or beside a large one keeps its pixels.
    ordered = sorted(polygons, key=lambda p: -cv2.contourArea(p.astype(np.float32)))
    for number, polygon in enumerate(ordered, start=1):
        rows, columns, inside = inside_pixels(polygon, side, side)
        labels[rows, columns][inside] = number
        centroid = area_and_centroid(polygon)[1]
        x, y = np.floor(centroid).astype(int)
        if not inside.any() and 0 <= x < side and 0 <= y < side:
            labels[y, x] = number
        _add_bump(centres, centroid, CENTRE_SIGMA * model_radius)
    beside = cv2.dilate(labels, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    mask = (labels > 0) & (beside == labels)
    return np.stack([mask.astype(np.float32), centres])


def _add_bump(centres: np.ndarray, xy: np.ndarray, sigma: float) -> None:
    """Add a Gaussian at (x, y) to the map by maximum, in place; the pixel that contains the point reaches 1."""
    side = centres.shape[0]
    column, row = int(np.floor(xy[0])), int(np.floor(xy[1]))
    reach = int(np.ceil(4 * sigma))
    x0, x1 = max(0, column - reach), min(side, column + reach + 1)
    y0, y1 = max(0, row - reach), min(side, row + reach + 1)
    if x0 >= x1 or y0 >= y1:
        return
    gx = np.exp(-((np.arange(x0, x1) - column) ** 2) / (2 * sigma**2))
    gy = np.exp(-((np.arange(y0, y1) - row) ** 2) / (2 * sigma**2))
    patch = centres[y0:y1, x0:x1]
    np.maximum(patch, np.outer(gy, gx).astype(np.float32), out=patch)
