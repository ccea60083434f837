"""Shape of one label: validation of polygons and run lengths, and outlines from pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from pycocotools import mask as coco_mask

from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.settings import LIMITS

# Labels along the edge of the image may extend slightly beyond it.
FRAME_SLACK_PX = 1.0
LEAST_AREA = 1e-6
# Compressed form: 6 bits per character, 5 of them data; seven characters hold any 32-bit number.
FIRST_CHARACTER, DIGITS, MORE, SIGN, LONGEST = 48, 0x1F, 0x20, 0x10, 7


@dataclass(frozen=True, eq=False)
class Rle:
    """A mask as run lengths, column by column, starting outside; together they cover the image."""

    height: int
    width: int
    runs: np.ndarray

    def pixels(self) -> np.ndarray:
        """Return the mask, (height, width) bool."""
        page = np.zeros((self.height, self.width), bool)
        rows, columns, pixels = self.box()
        page[rows, columns] = pixels
        return page

    def box(self) -> tuple[slice, slice, np.ndarray]:
        """Return the smallest box around the mask: (rows, columns, the mask within them, bool)."""
        # Decode only the columns from the first to the last pixel: a whole drawing takes a thousand times longer.
        outside_after = int(self.runs[-1]) if len(self.runs) % 2 else 0
        left = int(self.runs[0]) // self.height
        right = self.width - outside_after // self.height
        if left >= right:
            return slice(0, 0), slice(0, 0), np.zeros((0, 0), bool)
        size = [self.height, right - left]
        runs = self.runs.copy()
        runs[0] -= left * self.height
        runs[-1] -= (self.width - right) * self.height
        decoded = coco_mask.decode(coco_mask.frPyObjects({"size": size, "counts": runs}, *size))
        top, first, height, width = cv2.boundingRect(decoded.T)
        rows, columns = slice(top, top + height), slice(left + first, left + first + width)
        return rows, columns, decoded[rows, first : first + width].view(bool)

    def outlines(self) -> tuple[np.ndarray, ...]:
        """Return the outer outlines of its connected parts: polygons (n, 2) in px of the drawing, holes filled."""
        rows, columns, pixels = self.box()
        height, width = pixels.shape
        # On a half-pixel grid each pixel also covers its edges, so the outline runs along them.
        fine = np.zeros((2 * height + 1, 2 * width + 1), np.uint8)
        fine[1::2, 1::2] = pixels
        covered = cv2.dilate(fine, np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(covered, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        return tuple(contour[:, 0] / 2 + (columns.start, rows.start) for contour in contours)


def checked_polygon(values: list[float], width: int, height: int) -> np.ndarray:
    """Return the vertices x, y, x, y, ... of a polygon as (n, 2) float64.

    Raises:
        ValueError: fewer than three vertices, no area, outside the image, or an implausibly long outline.
    """
    if len(values) % 2 or len(values) < 6:
        raise ValueError(f"a polygon has {len(values)} numbers, expected an even number of at least 6")
    points = np.array(values, np.float64).reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    if (low < -FRAME_SLACK_PX).any() or (high > np.array([width, height]) + FRAME_SLACK_PX).any():
        raise ValueError(
            f"a polygon reaches from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}), "
            f"outside the image of {width} x {height} px"
        )
    if area_and_centroid(points)[0] <= LEAST_AREA:
        raise ValueError("a polygon has no area")
    length = np.abs(np.diff(points, axis=0, append=points[:1])).sum()
    if length > LIMITS.max_outline_turns * 2 * (width + height):
        raise ValueError(
            f"a polygon is {length:.0f} px long, more than {LIMITS.max_outline_turns} times the perimeter of its image"
        )
    return points


def checked_rle(size: list[int], counts: list[int] | str, width: int, height: int) -> Rle:
    """Return the run lengths of a label, given as a list or in COCO's compressed form.

    Raises:
        ValueError: the size differs from the image, or the counts are damaged or do not cover the image.
    """
    if size != [height, width]:
        raise ValueError(f"its RLE has size {size}, expected [{height}, {width}] (height, width)")
    runs = decode_counts(counts) if isinstance(counts, str) else counts
    if min(runs, default=0) < 0 or sum(runs) != height * width:
        raise ValueError(
            f"its RLE counts sum to {sum(runs)}, expected {height * width}; none may be negative"
        )
    if not any(runs[1::2]):
        raise ValueError("its RLE has no pixel")
    return Rle(height, width, np.array(runs, np.int64))


def decode_counts(text: str) -> list[int]:
    """Decode run lengths in COCO's compressed form; from the fourth on, each is stored as the difference from the
    one two places before.

    Raises:
        ValueError: the text ends within a number, or contains other characters.
    """
    counts: list[int] = []
    value = digits = 0
    for character in text:
        code = ord(character) - FIRST_CHARACTER
        if not 0 <= code < 64 or digits == LONGEST:
            raise ValueError(f"its RLE counts are damaged at {character!r}")
        value |= (code & DIGITS) << (5 * digits)
        digits += 1
        if code & MORE:
            continue
        if code & SIGN:
            value -= 1 << (5 * digits)
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = digits = 0
    if digits:
        raise ValueError("its RLE counts are cut short")
    return counts
