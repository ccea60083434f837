"""Features of the ink mark under a candidate: a dab of its own, or part of a letter, a line or a ring.

The ink mark of a candidate is the connected ink at its pixel.
"""

from __future__ import annotations

import cv2
import numpy as np

from sunspot_dash.domain.spots.components import Components
from sunspot_dash.domain.spots.windows import Sums, around

# Darkness (0 to 255) from which ink belongs to a mark; paper grain stays below 15.
INK = 30
# Window (px at the model's scale) around one ink mark; a nucleus is 4 to 30 px across.
LOOK = 64
# An ink mark is a stroke if at least this long (px) and filling at most this share of its box.
STROKE_LONG, STROKE_FILL = 12, 0.45
STROKE_WINDOWS = (31, 81)
HOLE_WINDOWS = (9, 25)
# Largest enclosed paper area (px^2) that counts as a hole.
HOLE = 6000
FEATURES = (
    "mark_area",  # log px^2 of the connected ink >= INK at the candidate
    "mark_long",  # log of the longer side of its box, px
    "mark_fill",  # its share of its box
    "core_area",  # log px^2 of the connected ink at least half as dark as the darkest pixel
    "core_long",  # log of the longer side of its smallest box
    "core_slim",  # the shorter side over the longer
    "core_fill",  # its share of that box
    "core_share",  # of the ink mark
    "thickness",  # px: twice the largest distance to paper within 3 px
    *(f"strokes_{window}" for window in STROKE_WINDOWS),  # share of the window covered by strokes
    *(f"hole_{window}" for window in HOLE_WINDOWS),  # log px^2 of the largest hole within the window
    "dots",  # compact small ink marks within 61 px
)
DOT_AREA, DOT_WINDOW = (4, 90), 61


def ink_mark_features(ink: np.ndarray, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Compute the features of the ink marks at pixels.

    Args:
        ink: (S, S) uint8, paper 0 to ink 255, 0 outside the disk.
        columns, rows: (n,) int, pixels of the candidates.

    Returns:
        (n, len(FEATURES)) float32.
    """
    dark = (ink >= INK).astype(np.uint8)
    marks = Components.of(dark, connectivity=8)
    area = marks.area.astype(np.float32)
    sides = np.column_stack([marks.width, marks.height]).astype(np.float32)
    long, fill = sides.max(axis=1), area / sides.prod(axis=1)
    long[0] = fill[0] = 0  # paper
    here = _darkest_near(ink, columns, rows)
    own = marks.labels[here[1], here[0]]
    thick = np.array([_thickness(dark, x, y) for x, y in zip(columns, rows, strict=True)])
    is_stroke = ((long >= STROKE_LONG) & (fill <= STROKE_FILL)).astype(np.uint8)
    is_stroke[0] = 0
    strokes = Sums(is_stroke[marks.labels], max(STROKE_WINDOWS))
    holes, hole_area = _holes(dark)
    low, high = DOT_AREA
    is_dot = (area >= low) & (area <= high) & (fill > STROKE_FILL)
    at = np.clip(marks.centres[is_dot].astype(int), 0, ink.shape[0] - 1)
    dots = np.zeros(ink.shape, np.uint8)
    dots[at[:, 1], at[:, 0]] = 1
    cores = np.array([_core(ink, x, y) for x, y in here.T]).reshape(-1, 4)
    return np.column_stack(
        [
            np.log1p(area[own]),
            np.log1p(long[own]),
            fill[own],
            cores,
            np.expm1(cores[:, 0]) / np.maximum(area[own], 1),
            thick,
            *(strokes.around(columns, rows, window) / window**2 for window in STROKE_WINDOWS),
            *(
                np.log1p(hole_area[around(holes, columns, rows, window)].max(axis=(1, 2)))
                for window in HOLE_WINDOWS
            ),
            Sums(dots, DOT_WINDOW).around(columns, rows, DOT_WINDOW),
        ]
    ).astype(np.float32)


def _darkest_near(ink: np.ndarray, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return columns and rows, (2, n), of the darkest pixel within 2 px of each."""
    best = around(ink, columns, rows, 5).reshape(-1, 25).argmax(axis=1)
    size = ink.shape[0] - 1
    return np.clip(np.stack([columns + best % 5 - 2, rows + best // 5 - 2]), 0, size)


def _thickness(dark: np.ndarray, x: int, y: int) -> float:
    """Return twice the largest distance to paper within 3 px of a pixel."""
    x0, y0 = max(x - LOOK, 0), max(y - LOOK, 0)
    away = cv2.distanceTransform(dark[y0 : y + LOOK, x0 : x + LOOK], cv2.DIST_L2, 5)
    near = away[max(y - y0 - 3, 0) : y - y0 + 4, max(x - x0 - 3, 0) : x - x0 + 4]
    return 2 * min(float(near.max()), LOOK)


def _core(ink: np.ndarray, x: int, y: int) -> tuple[float, float, float, float]:
    """Return log area, log length, slimness and fill of the connected ink at least half as dark as pixel (x, y)."""
    half = LOOK // 2
    x0, y0 = max(x - half, 0), max(y - half, 0)
    part = ink[y0 : y + half, x0 : x + half]
    above = (part >= max(0.5 * ink[y, x], 1)).astype(np.uint8)
    _, labels = cv2.connectedComponents(above, connectivity=8)
    pixels = np.argwhere(labels == labels[y - y0, x - x0])
    if not above[y - y0, x - x0]:
        return 0.0, 0.0, 1.0, 1.0
    sides = np.array(cv2.minAreaRect(pixels.astype(np.float32))[1]) + 1
    return (
        float(np.log1p(len(pixels))),
        float(np.log1p(sides.max())),
        float(sides.min() / sides.max()),
        float(len(pixels) / sides.prod()),
    )


def _holes(dark: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of the paper at each pixel, (S, S) int, and the area of each that is a hole, else 0, px^2."""
    _, labels = cv2.connectedComponents(1 - dark, connectivity=4)
    area = np.bincount(labels.ravel()).astype(np.float32)
    area[0] = 0
    area[area > HOLE] = 0
    return labels, area
