"""The regions of a drawing that the network must see, and their places on one canvas.

A U-Net costs the same for every pixel, and most of a drawing is paper. So the regions that may hold a spot are cut out
with the context that they need, and put side by side on a canvas on which the network runs once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from sunspot_dash.ml.config import STRIDE

BLOCK = STRIDE  # px. Regions are made of whole blocks: the network pools their pixels as it does on the whole drawing.
CELL = 4  # blocks; needed blocks of one cell are always in one region
SIDE = 1024  # px of a canvas, unless a region is larger


@dataclass(frozen=True)
class Region:
    """A rectangle of the drawing and its place on the canvas; each field is a pair of slices, rows and columns.

    Attributes:
        drawing: without the context; padded: with it, on the drawing padded by the context on each side.
        inner: the place on the canvas without the context; outer: with it.
    """

    drawing: tuple[slice, slice]
    padded: tuple[slice, slice]
    inner: tuple[slice, slice]
    outer: tuple[slice, slice]

    @classmethod
    def at(cls, box: np.ndarray, place: tuple[int, int], context: int) -> Region:
        """Return the region of a box (top, left, bottom, right) whose `context` begins at a place on the canvas, px."""
        margin, spans = context, [(int(box[0]), int(box[2])), (int(box[1]), int(box[3]))]

        def pair(make: Callable[[int, int, int], slice]) -> tuple[slice, slice]:
            rows, columns = (make(start, end, at) for (start, end), at in zip(spans, place, strict=True))
            return rows, columns

        return cls(
            pair(lambda start, end, _: slice(start, end)),
            pair(lambda start, end, _: slice(start, end + 2 * margin)),
            pair(lambda start, end, at: slice(at + margin, at + margin + end - start)),
            pair(lambda start, end, at: slice(at, at + 2 * margin + end - start)),
        )


@dataclass(frozen=True)
class Canvas:
    """Regions with their places on a canvas of `size` (height, width) px, which do not overlap."""

    regions: list[Region]
    size: tuple[int, int]


def block_maxima(values: np.ndarray, side: int) -> np.ndarray:
    """Return the highest value in each block of `side` x `side` px, (h / side, w / side), of an array (h, w)."""
    height, width = values.shape
    found: np.ndarray = values.reshape(height // side, side, width // side, side).max(axis=(1, 3))
    return found


def canvases(needed: np.ndarray, context: int) -> list[Canvas]:
    """Cover the needed blocks by rectangles, and place these on canvases.

    Args:
        needed: (n, n) bool, whether a block of BLOCK x BLOCK px must be seen.
        context: blocks around each region that the network sees, too.

    Returns:
        As many canvases of about SIDE x SIDE px as are needed, whatever is needed of the drawing.
    """
    margin = context * BLOCK
    boxes = cover(needed, context) * BLOCK
    sizes = boxes[:, 2:] - boxes[:, :2] + 2 * margin
    width = max(SIDE, int(sizes[:, 1].max(initial=0)))
    found = []
    for numbers, places, height in _shelves(sizes, width):
        placed = [Region.at(boxes[n], place, margin) for n, place in zip(numbers, places, strict=True)]
        found.append(Canvas(placed, (height, width)))
    return found


def cover(needed: np.ndarray, context: int) -> np.ndarray:
    """Return boxes (k, 4) int (top, left, bottom, right, in blocks) that hold all needed blocks.

    The two boxes whose union costs least, compared with both, become one as long as that saves something and fits on a
    canvas; a box costs its area with its context.
    """
    boxes = _cells(needed)
    area = _cost(boxes, context)
    while len(boxes) > 1:
        unions = np.concatenate(
            [
                np.minimum(boxes[:, None, :2], boxes[None, :, :2]),
                np.maximum(boxes[:, None, 2:], boxes[None, :, 2:]),
            ],
            axis=-1,
        )
        together = _cost(unions, context)
        saved = np.where(together <= (SIDE // BLOCK) ** 2, area[:, None] + area - together, -1)
        np.fill_diagonal(saved, -1)
        first, other = np.unravel_index(int(saved.argmax()), saved.shape)
        if saved[first, other] < 0:
            break
        boxes[first] = unions[first, other]
        boxes = np.delete(boxes, other, axis=0)
        area = _cost(boxes, context)
    if not len(boxes):
        return boxes
    # Boxes may overlap, and then cost more than one box around them all.
    one = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])[None]
    return one if _cost(one, context).sum() <= min(area.sum(), (SIDE // BLOCK) ** 2) else boxes


def _cells(needed: np.ndarray) -> np.ndarray:
    """Return the boxes (k, 4) of the needed blocks in each cell that has any."""
    found = []
    for top, left in product(*(range(0, side, CELL) for side in needed.shape)):
        part = needed[top : top + CELL, left : left + CELL]
        if part.any():
            (rows,), (columns,) = np.nonzero(part.any(axis=1)), np.nonzero(part.any(axis=0))
            found.append((top + rows[0], left + columns[0], top + rows[-1] + 1, left + columns[-1] + 1))
    return np.array(found, int).reshape(-1, 4)


def _cost(boxes: np.ndarray, context: int) -> np.ndarray:
    sides: np.ndarray = boxes[..., 2:] - boxes[..., :2] + 2 * context
    return sides.prod(axis=-1)


def _shelves(sizes: np.ndarray, width: int) -> Iterator[tuple[list[int], list[tuple[int, int]], int]]:
    """Place rectangles (height, width) on shelves, the highest first; yield numbers, places and height per canvas."""
    left = [int(number) for number in np.argsort(-sizes[:, 0], kind="stable")]
    while left:
        numbers: list[int] = []
        places: list[tuple[int, int]] = []
        row = 0
        while left and (not numbers or row + sizes[left[0], 0] <= SIDE):
            high, column = int(sizes[left[0], 0]), 0
            for number in list(left):  # as many as fit beside the highest
                if column + sizes[number, 1] <= width:
                    numbers.append(number)
                    places.append((row, column))
                    column += int(sizes[number, 1])
                    left.remove(number)
            row += high
        yield numbers, places, row
