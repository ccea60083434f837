"""What is found on a drawing: spots, the drawing's result, and where a spot stands on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from math import atan2, degrees, hypot, isfinite

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.labels.polygons import area_and_centroid, crossings, inside_pixels


@dataclass(frozen=True, eq=False)
class Spot:
    """One spot, in pixels of the original page (pixel (0, 0) covers [0, 1] x [0, 1]; x right, y down).

    Attributes:
        x, y: the centre.
        area_px: area in px^2 of the page.
        confidence: the peak probability, 0 to 1 (1 for a label).
        outline: (n, 2) float64 polygon, read-only, kept to 0.01 px so that memory and file agree.

    Raises:
        ValueError: a value is not finite or out of its range.
    """

    x: float
    y: float
    area_px: float
    confidence: float
    outline: np.ndarray

    def __post_init__(self) -> None:
        for field in ("x", "y", "area_px", "confidence"):
            object.__setattr__(self, field, _finite(f"spot {field}", getattr(self, field)))
        outline = np.round(np.asarray(self.outline, np.float64), 2)
        if outline.ndim != 2 or outline.shape[1] != 2 or not np.isfinite(outline).all():
            raise ValueError(f"spot outline: expected finite (n, 2) points, got an array of {outline.shape}")
        if self.area_px < 0 or not 0 <= self.confidence <= 1:
            raise ValueError(
                f"spot: area_px {self.area_px} (>= 0 needed), confidence {self.confidence} (0 to 1 needed)"
            )
        outline.flags.writeable = False
        object.__setattr__(self, "outline", outline)

    @classmethod
    def from_outline(cls, outline: np.ndarray, confidence: float = 1.0) -> Spot:
        """The spot that a polygon (n, 2) outlines, at its area centroid (a flat one: the mean point)."""
        area, (x, y) = area_and_centroid(outline)
        return cls(x, y, area, confidence, outline)


@dataclass(frozen=True, eq=False)
class DrawingResult:
    """What one model found on one drawing.

    Attributes:
        name: the full file name of the drawing; width, height: size of its page in px.
        spots: every candidate above the floor, also those below the threshold.
        model, model_hash: the model's name and the hash of its weights.
        image_hash: the hash of the drawing's file.
        threshold: the confidence from which a candidate counts; seconds: time spent on the drawing.
    """

    name: str
    width: int
    height: int
    disk: Disk
    spots: tuple[Spot, ...]
    model: str
    model_hash: str
    image_hash: str
    threshold: float
    seconds: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "spots", tuple(self.spots))
        for field in ("name", "model", "model_hash", "image_hash"):
            text = getattr(self, field)
            if not isinstance(text, str) or not text:
                raise ValueError(f"drawing result: {field} is {text!r}, expected a text")
        for field in ("width", "height"):
            value = getattr(self, field)
            if not isinstance(value, int | np.integer) or value < 1:
                raise ValueError(f"drawing result: {field} is {value!r}, expected a whole number above 0")
            object.__setattr__(self, field, int(value))
        if not all(isfinite(value) for value in astuple(self.disk)) or self.disk.radius <= 0:
            raise ValueError(
                f"drawing result: {self.disk} is no disk, expected finite numbers and a radius above 0"
            )
        for field in ("threshold", "seconds"):
            object.__setattr__(self, field, _finite(f"drawing result {field}", getattr(self, field)))
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"drawing result: threshold is {self.threshold}, expected 0 to 1")

    def counted(self, threshold: float | None = None) -> list[Spot]:
        """The spots whose confidence reaches the threshold (default: the result's own)."""
        return [spot for _, spot in self.numbered(threshold)]

    def recounted(self, threshold: float) -> DrawingResult:
        """The same candidates under another threshold."""
        return replace(self, threshold=threshold)

    def numbered(self, threshold: float | None = None) -> list[tuple[int, Spot]]:
        """The counted spots with their numbers, from 1, which stay the same whatever the threshold."""
        limit = self.threshold if threshold is None else threshold
        return [(i, spot) for i, spot in enumerate(self.spots, 1) if spot.confidence >= limit]


@dataclass(frozen=True)
class Polar:
    """A place relative to the disk.

    Attributes:
        radius, angle: px, and rad = atan2(y - cy, x - cx) with y down, both as measured on the page:
            the spot is at (cx + radius cos angle, cy + radius sin angle).
        radius_fraction: distance over the limb's distance in that direction (1 on the limb).
        position_angle_deg: north through east, in [0, 360), the page's stretch undone.
    """

    radius: float
    angle: float
    radius_fraction: float
    position_angle_deg: float


def polar(spot: Spot, disk: Disk, orientation: Orientation = PRESETS["uset"]) -> Polar:
    """Polar coordinates of a spot's centre."""
    dx, dy = spot.x - disk.x, spot.y - disk.y
    u, v = disk.offsets(np.array([[spot.x, spot.y]]))[0]
    east = u if orientation.mirrored else -u
    # + 0.0 turns the -0.0 of a spot due north into 0.0; the second % the 360.0 that rounding may give.
    position = (degrees(atan2(east + 0.0, -v)) + orientation.tilt_deg) % 360 % 360
    return Polar(hypot(dx, dy), atan2(dy, dx), float(hypot(u, v)) / disk.radius, position)


def contains(outline: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Which points (n, 2) lie inside a polygon (m, 2), by the even-odd rule: (n,) bool."""
    points = np.asarray(xy, np.float64).reshape(-1, 2)
    if len(outline) < 3:
        return np.zeros(len(points), bool)
    x, y = points[:, 0, None], points[:, 1, None]
    rows, crossing = crossings(outline, y)
    return ((rows & (x < crossing)).sum(axis=1) % 2).astype(bool)


def fill(spot: Spot, height: int, width: int) -> tuple[slice, slice, np.ndarray]:
    """The pixels of a (height, width) page whose centre lies inside the spot's outline.

    A spot is at least one pixel.

    Returns:
        (rows, columns, inside): the slices of the page that hold the spot, and (h, w) bool within them.
    """
    rows, columns, inside = inside_pixels(spot.outline, height, width)
    if inside.any():
        return rows, columns, inside
    x, y = np.clip(np.floor([spot.x, spot.y]), 0, [width - 1, height - 1]).astype(int)
    return slice(int(y), int(y) + 1), slice(int(x), int(x) + 1), np.ones((1, 1), bool)


def spot_pixels(spots: Sequence[Spot], height: int, width: int) -> np.ndarray:
    """(height, width) bool: the pixels that any of the spots fills."""
    page = np.zeros((height, width), bool)
    for spot in spots:
        rows, columns, inside = fill(spot, height, width)
        page[rows, columns] |= inside
    return page


def _finite(what: str, value: float) -> float:
    """The value as a float, or ValueError when it is no finite number."""
    if isinstance(value, str | bool) or not isfinite(value):
        raise ValueError(f"{what} is {value!r}, expected a finite number")
    return float(value)
