"""Watershed of the darkness: the maximum that a click means, and the pixels that belong to it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Two maxima are two umbrae if the saddle between them, found at the levels below, is lower than both by this share of
# the darkness, and by these grey levels.
SADDLE_DEPTH, LEAST_DEPTH = 0.08, 3.0
LEVELS = 16
MOST_LEVEL = 0.95  # of the maximum
LOWEST_LEVEL = 3.0  # grey levels above the paper

Sides = tuple[bool, ...]  # top, bottom, left, right


@dataclass(frozen=True, eq=False)
class Maximum:
    """A maximum of the darkness: row and column at the scale of the work, and its basin, (h, w) bool."""

    row: int
    column: int
    basin: np.ndarray


def maximum_at(
    dark: np.ndarray, at: np.ndarray, aim_reach: tuple[float, float], least: float
) -> Maximum | None:
    """Return the maximum that a click most probably means, with the basins of all maxima of the same umbra.

    Args:
        dark: (h, w) float32, grey levels darker than the paper.
        at: the click, (column, row) as cv2 counts, a pixel's centre at its index.
        aim_reach: standard deviation of a click and the farthest maximum that it can mean, px.
        least: darkness of the faintest maximum.
    """
    aim, reach = aim_reach
    rows, columns = np.nonzero((dark >= cv2.dilate(dark, np.ones((3, 3)))) & (dark > least))
    away = np.hypot(columns - at[0], rows - at[1])
    height = dark[rows, columns]
    score = np.where(away <= reach, height * np.exp(-0.5 * (away / aim) ** 2), 0)
    if not score.any():
        return None
    best = int(score.argmax())
    saddles = np.zeros(len(rows))
    saddles[best] = height[best]
    for level in levels(height[best]):
        _, parts = cv2.connectedComponents((dark >= level).astype(np.uint8), connectivity=4)
        joined = parts[rows, columns] == parts[rows[best], columns[best]]
        saddles[joined & (saddles == 0) & (height >= level)] = level
    lower = np.minimum(height, height[best])
    same = (saddles > 0) & (lower - saddles < np.maximum(SADDLE_DEPTH * lower, LEAST_DEPTH))
    same[best] = True
    tops = _climb(dark)
    return Maximum(int(rows[best]), int(columns[best]), np.isin(tops, tops[rows[same], columns[same]]))


def levels(height: float) -> np.ndarray:
    """Return the levels between a maximum of a height and the paper, from the darkest."""
    return np.linspace(MOST_LEVEL * height, LOWEST_LEVEL, LEVELS)


def _climb(dark: np.ndarray) -> np.ndarray:
    """Return for each pixel the index of the maximum that the steepest ascent from it reaches (a watershed)."""
    height, width = dark.shape
    index = np.arange(height * width).reshape(height, width)
    padded = np.pad(dark, 1, constant_values=-np.inf)
    best, towards = dark.copy(), index.copy()
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            other = padded[1 + down : 1 + down + height, 1 + right : 1 + right + width]
            higher = other > best
            np.copyto(best, other, where=higher)
            np.copyto(towards, index + down * width + right, where=higher)
    flat = towards.ravel()
    # Each round doubles the length of the paths.
    while not np.array_equal(further := flat[flat], flat):
        flat = further
    return flat.reshape(height, width)


def cut_to_basin(
    dark: np.ndarray, maximum: Maximum, open_sides: Sides
) -> tuple[np.ndarray, Maximum, list[int], Sides]:
    """Return the window cut to the basin and a pixel around it, and its corner (column, row) in the former window."""
    left, top, width, height = cv2.boundingRect(maximum.basin.astype(np.uint8))
    top, left, bottom, right = max(0, top - 1), max(0, left - 1), top + height + 1, left + width + 1
    part = np.s_[top:bottom, left:right]
    cut = Maximum(maximum.row - top, maximum.column - left, maximum.basin[part])
    # A region that ends at the side of the basin does not end at the side of the window.
    sides = (top == 0, bottom >= dark.shape[0], left == 0, right >= dark.shape[1])
    still_open = tuple(was and side for was, side in zip(open_sides, sides, strict=True))
    return dark[part], cut, [left, top], still_open
