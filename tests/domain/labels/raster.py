"""A reference for masks: a rasteriser in plain Python that shares no code with the program or pycocotools."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

FINE = 5  # COCO's masks walk outlines on a grid of fifths of a pixel


def raster(polygons: Sequence[np.ndarray], height: int, width: int) -> np.ndarray:
    """The union of polygons (n, 2) by COCO's rule: (height, width) bool."""
    page = np.zeros((height, width), bool)
    for polygon in polygons:
        walked = _walk([(int(FINE * x + 0.5), int(FINE * y + 0.5)) for x, y in polygon.tolist()])
        rows: dict[int, list[int]] = {}
        for (x, y), (next_x, next_y) in pairwise(walked):
            column = min(x, next_x)
            # The outline crosses the middle of a pixel column: inside and outside are swapped below it.
            if x != next_x and column % FINE == FINE // 2 and 0 <= column // FINE < width:
                row = math.ceil((min(y, next_y) + 0.5) / FINE - 0.5)
                rows.setdefault(column // FINE, []).append(min(max(row, 0), height))
        for column, changes in rows.items():
            changes.sort()
            for start, end in zip(changes[::2], changes[1::2], strict=True):
                page[start:end, column] = True
    return page


def _walk(vertices: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Every point of a closed outline on the fine grid, one step at a time along each edge's longer axis."""
    points = []
    for start, end in zip(vertices, vertices[1:] + vertices[:1], strict=True):
        axis = 0 if abs(end[0] - start[0]) >= abs(end[1] - start[1]) else 1
        low, high = (end, start) if start[axis] > end[axis] else (start, end)
        steps = high[axis] - low[axis]
        slope = (high[1 - axis] - low[1 - axis]) / max(steps, 1)
        edge = []
        for step in range(steps + 1):
            point = [0, 0]
            point[axis] = low[axis] + step
            point[1 - axis] = int(low[1 - axis] + slope * step + 0.5)
            edge.append((point[0], point[1]))
        points += edge if low is start else edge[::-1]
    return points
