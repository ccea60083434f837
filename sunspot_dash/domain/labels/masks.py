"""Masks from labels, pixel by pixel identical to pycocotools' `annToMask`.

The rasterisation of pycocotools is repeated here in the coordinates of the drawing, within the box of each outline.
Moving a polygon to the origin first would change the rounding, and with it a pixel in about one label per thousand.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sunspot_dash.domain.labels.coco import Annotation

FINE = 5  # pycocotools traces outlines on a grid of fifths of a pixel (rleFrPoly in maskApi.c)


def page_mask(annotations: Iterable[Annotation], height: int, width: int) -> np.ndarray:
    """Return the mask of all labels of a drawing: (height, width) uint8, 0 or 255."""
    mask = np.zeros((height, width), bool)
    for annotation in annotations:
        paint(mask, annotation)
    return mask.view(np.uint8) * np.uint8(255)


def paint(mask: np.ndarray, annotation: Annotation) -> None:
    """Set a label's pixels in a mask (H, W) bool, in place."""
    if annotation.rle is not None:
        mask |= annotation.rle.pixels()
    for polygon in annotation.polygons:
        columns, rows = _crossings(polygon, *mask.shape)
        if not columns.size:
            continue
        left, top = columns.min(), rows.min()
        # Down a column, each crossing toggles between outside and inside.
        switches = np.zeros((rows.max() - top + 1, columns.max() - left + 1), np.int32)
        np.add.at(switches, (rows - top, columns - left), 1)
        inside = (np.cumsum(switches[:-1], axis=0) & 1).astype(bool)
        mask[top : rows.max(), left : columns.max() + 1] |= inside


def _crossings(polygon: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where a polygon (n, 2) crosses pixel-column centres: (columns, first rows beyond the crossing), int."""
    start = np.trunc(FINE * polygon + 0.5).astype(np.int64)
    end = np.roll(start, -1, axis=0)
    flat = np.abs(end - start)
    # Each edge advances by one fine step along its longer axis, always towards larger values.
    along_x = flat[:, 0] >= flat[:, 1]
    long, short = np.where(along_x, 0, 1), np.where(along_x, 1, 0)
    edges = np.arange(len(polygon))
    backwards = start[edges, long] > end[edges, long]
    low, high = np.where(backwards[:, None], (end, start), (start, end))
    steps = flat[edges, long]
    slope = (high - low)[edges, short] / np.maximum(steps, 1)
    # Concatenate the points of all edges in the order of the outline.
    edge = np.repeat(edges, steps + 1)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    step = np.where(backwards[edge], steps[edge] - step, step)
    forward = step + low[edge, long[edge]]
    sideways = np.trunc(low[edge, short[edge]] + slope[edge] * step + 0.5).astype(np.int64)
    x, y = np.where(along_x[edge], (forward, sideways), (sideways, forward))
    # The outline crosses between points in different fine columns; one fine column in five is a pixel centre.
    moved = np.flatnonzero(np.diff(x))
    column, row = (np.minimum(values[moved], values[moved + 1]) for values in (x, y))
    middle = column % FINE == FINE // 2
    column = column[middle] // FINE
    row = np.clip(np.ceil((row[middle] + 0.5) / FINE - 0.5), 0, height).astype(np.int64)
    seen = (column >= 0) & (column < width)
    return column[seen], row[seen]
