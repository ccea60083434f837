"""The regions of a drawing that the network must see, and their places on one canvas.

A U-Net costs the same for every pixel, and most of a drawing is paper. So the regions that may hold a spot are cut out
with the context that they need, and put side by side on a canvas on which the network runs once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from sunspot_dash.ml.config import STRIDE

BLOCK = STRIDE  # px. Regions are made of whole blocks: the network pools their pixels as it does on the whole drawing.
CELL = 4  # blocks; needed blocks of one cell are always in one region
SIDE = 64  # blocks of a canvas, unless a region is larger
ROUND = 4  # blocks; heights of canvases are multiples of it, since each new size costs the network 20 ms
Slices = tuple[slice, slice]


@dataclass(frozen=True)
class Region:
    """A rectangle of the drawing and its place on a canvas.

    Attributes:
        top, left, height, width: on the drawing, px.
        row, column: of its first pixel on the canvas, px.
    """

    top: int
    left: int
    height: int
    width: int
    row: int
    column: int

    @property
    def on_drawing(self) -> Slices:
        """Return rows and columns of the drawing."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def on_canvas(self, context: int = 0, scale: int = 1) -> Slices:
        """Return rows and columns of the canvas reduced by a factor `scale`, with `context` blocks on each side."""
        margin = context * BLOCK
        return (
            slice((self.row - margin) // scale, (self.row + self.height + margin) // scale),
            slice((self.column - margin) // scale, (self.column + self.width + margin) // scale),
        )


@dataclass(frozen=True)
class Canvas:
    """Regions that do not overlap, with their context, on a canvas of `size` (height, width) px."""

    regions: list[Region]
    size: tuple[int, int]
    context: int

    def cut_from(self, channels: np.ndarray) -> np.ndarray:
        """Return the canvas (c, height, width) with its regions of a drawing (c, h, w); 0 between and beyond."""
        shown = np.zeros((len(channels), *self.size), channels.dtype)
        margin = self.context * BLOCK
        for region in self.regions:
            rows, columns = region.on_drawing
            above, before = min(margin, rows.start), min(margin, columns.start)
            part = channels[
                :, rows.start - above : rows.stop + margin, columns.start - before : columns.stop + margin
            ]
            row, column = region.row - above, region.column - before
            shown[:, row : row + part.shape[1], column : column + part.shape[2]] = part
        return shown

    def narrowed(self, context: int) -> Canvas:
        """Return one canvas with the same regions, in the same order, and less context."""
        boxes = np.array([(r.top, r.left, r.top + r.height, r.left + r.width) for r in self.regions]) // BLOCK
        return next(_placed(boxes, context, limit=None))


def block_maxima(values: np.ndarray, side: int) -> np.ndarray:
    """Return the highest value in each block of `side` x `side` px, (h / side, w / side), of an array (h, w)."""
    height, width = values.shape
    found: np.ndarray = values.reshape(height // side, side, width // side, side).max(axis=(1, 3))
    return found


def blocks_near(chosen: np.ndarray, distance: int, side: int = BLOCK) -> np.ndarray:
    """Return which blocks of `side` x `side` px hold a chosen pixel, or one at most `distance` px beside it, bool.

    Args:
        chosen: (h, w) bool.
    """
    around = np.ones((2 * distance + 1, 2 * distance + 1), np.uint8)
    return block_maxima(cv2.dilate(chosen.astype(np.uint8), around), side) > 0


def canvases(needed: np.ndarray, context: int) -> list[Canvas]:
    """Cover the needed blocks by rectangles, and place these on canvases.

    Args:
        needed: (n, n) bool, whether a block of BLOCK x BLOCK px must be seen.
        context: blocks around each region that the network sees, too.

    Returns:
        As many canvases of about SIDE x SIDE blocks as are needed, whatever is needed of the drawing.
    """
    return list(_placed(cover(needed, context), context, limit=SIDE))


def cover(needed: np.ndarray, context: int) -> np.ndarray:
    """Return boxes (k, 4) int (top, left, bottom, right, in blocks) that hold all needed blocks.

    The two boxes whose union costs least, compared with both, become one as long as that saves something and fits on a
    canvas; a box costs its area with its context.
    """
    boxes = _cells(needed)
    area = _cost(boxes, context)
    saved = np.array([_savings(boxes, area, number, context) for number in range(len(boxes))])
    while len(boxes) > 1:
        first, other = (int(number) for number in np.unravel_index(int(saved.argmax()), saved.shape))
        if saved[first, other] < 0:
            break
        boxes[first] = _union(boxes[first], boxes[other])
        boxes, area = np.delete(boxes, other, axis=0), np.delete(area, other)
        saved = np.delete(np.delete(saved, other, axis=0), other, axis=1)
        first -= other < first
        area[first] = _cost(boxes[first], context)
        saved[first] = saved[:, first] = _savings(boxes, area, first, context)
    if not len(boxes):
        return boxes
    # Boxes may overlap, and then cost more than one box around them all.
    one = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])[None]
    return one if _cost(one, context).sum() <= min(area.sum(), SIDE**2) else boxes


def _savings(boxes: np.ndarray, area: np.ndarray, number: int, context: int) -> np.ndarray:
    """Return what one box around a box and each other one costs less than both, (k,); -1 if it would not fit."""
    together = _cost(_union(boxes, boxes[number]), context)
    saved: np.ndarray = np.where(together <= SIDE**2, area[number] + area - together, -1)
    saved[number] = -1
    return saved


def _union(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return the boxes (..., 4) around each box and another one."""
    return np.concatenate([np.minimum(boxes[..., :2], box[:2]), np.maximum(boxes[..., 2:], box[2:])], axis=-1)


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


def _placed(boxes: np.ndarray, context: int, limit: int | None) -> Iterator[Canvas]:
    """Yield canvases with boxes (k, 4), each as high as possible on the skyline of those before, the highest first.

    Args:
        limit: height of a canvas from which the next begins, blocks; None for one canvas.
    """
    sizes = boxes[:, 2:] - boxes[:, :2] + 2 * context
    width = max(SIDE, int(sizes[:, 1].max(initial=0)))
    left = [int(number) for number in np.lexsort((-sizes[:, 1], -sizes[:, 0]))]
    while left:
        skyline, later = np.zeros(width, int), []
        places: dict[int, tuple[int, int]] = {}
        for number in left:
            height, across = sizes[number]
            rows = np.lib.stride_tricks.sliding_window_view(skyline, across).max(axis=1)
            column = int(rows.argmin())
            row = int(rows[column])
            if limit and places and row + height > limit:
                later.append(number)
                continue
            skyline[column : column + across] = row + height
            places[number] = row, column
        regions = [_region(boxes[number], *places[number], context) for number in sorted(places)]
        high = -(-int(skyline.max()) // ROUND) * ROUND
        yield Canvas(regions, (high * BLOCK, width * BLOCK), context)
        left = later


def _region(box: np.ndarray, row: int, column: int, context: int) -> Region:
    """Return the region of a box whose context begins at a row and column of the canvas; all in blocks."""
    top, left, bottom, right = (int(value) * BLOCK for value in box)
    return Region(top, left, bottom - top, right - left, (row + context) * BLOCK, (column + context) * BLOCK)
