"""Detected spots, the result of a drawing, and positions of spots on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from math import atan2, degrees, hypot, isfinite

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.labels.polygons import area_and_centroid, crossings, inside_pixels
from sunspot_dash.domain.spots.calibration import Calibration


@dataclass(frozen=True, eq=False)
class Spot:
    """One spot, in px of the original drawing (pixel (0, 0) covers [0, 1] x [0, 1]; x right, y down).

    Attributes:
        x, y: the centre.
        area_px: area in px^2 of the drawing.
        confidence: peak probability, 0 to 1 (1 for a label).
        outline: (n, 2) float64 polygon, read-only, rounded to 0.01 px so that memory and file agree.

    Raises:
        ValueError: a value is not finite or out of range.
    """

    x: float
    y: float
    area_px: float
    confidence: float
    outline: np.ndarray

    def __post_init__(self) -> None:
        for field in ("x", "y", "area_px", "confidence"):
            object.__setattr__(self, field, _finite(f"spot {field}", getattr(self, field)))
        outline = _outline("spot", self.outline)
        if self.area_px < 0 or not 0 <= self.confidence <= 1:
            raise ValueError(
                f"spot: area_px {self.area_px} (>= 0 needed), confidence {self.confidence} (0 to 1 needed)"
            )
        object.__setattr__(self, "outline", outline)

    @classmethod
    def from_outline(cls, outline: np.ndarray, confidence: float = 1.0) -> Spot:
        """Return the spot with polygon (n, 2) as its outline, centred on its centroid (mean point if degenerate)."""
        area, (x, y) = area_and_centroid(outline)
        return cls(x, y, area, confidence, outline)


@dataclass(frozen=True, eq=False)
class DrawingResult:
    """Detections of one model on one drawing.

    Attributes:
        name: full file name of the drawing; width, height: its size in px.
        disk: the limb.
        spots: all candidates above the floor, including those below the threshold.
        model, model_hash: name of the model, and hash of its weights.
        image_hash: hash of the drawing's file.
        threshold: lowest confidence of a counted spot; seconds: processing time.
        calibration: that of the model, None if it has none.
        whole_spots: outlines of the spots with penumbra (`domain.spots.whole_spots`), (n, 2) float64 px each,
            read-only; None if they were not looked for.
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
    calibration: Calibration | None = None
    whole_spots: tuple[np.ndarray, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "spots", tuple(self.spots))
        if self.whole_spots is not None:
            outlines = tuple(_outline("whole spot", outline) for outline in self.whole_spots)
            object.__setattr__(self, "whole_spots", outlines)
        for field in ("name", "model", "model_hash", "image_hash"):
            text = getattr(self, field)
            if not isinstance(text, str) or not text:
                raise ValueError(f"drawing result: {field} is {text!r}, expected a non-empty text")
        for field in ("width", "height"):
            value = getattr(self, field)
            if not isinstance(value, int | np.integer) or value < 1:
                raise ValueError(f"drawing result: {field} is {value!r}, expected a whole number above 0")
            object.__setattr__(self, field, int(value))
        if not all(isfinite(value) for value in astuple(self.disk)) or self.disk.radius <= 0:
            raise ValueError(
                f"drawing result: {self.disk} is not a valid disk, expected finite numbers and a radius above 0"
            )
        for field in ("threshold", "seconds"):
            object.__setattr__(self, field, _finite(f"drawing result {field}", getattr(self, field)))
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"drawing result: threshold is {self.threshold}, expected 0 to 1")

    def counted(self, threshold: float | None = None) -> list[Spot]:
        """Return the spots at or above the confidence threshold (default: that of the result)."""
        return [spot for _, spot in self.numbered(threshold)]

    def recounted(self, threshold: float) -> DrawingResult:
        """Return the same candidates with another threshold."""
        return replace(self, threshold=threshold)

    def numbered(self, threshold: float | None = None) -> list[tuple[int, Spot]]:
        """Return the counted spots with their numbers, from 1; the numbers do not depend on the threshold."""
        threshold = self.threshold if threshold is None else threshold
        return [(i, spot) for i, spot in enumerate(self.spots, 1) if spot.confidence >= threshold]


@dataclass(frozen=True)
class Polar:
    """Position relative to the disk.

    Attributes:
        radius, angle: px, and rad = atan2(y - cy, x - cx) with y down, both as measured on the drawing: the spot is at
            (cx + radius cos angle, cy + radius sin angle).
        radius_fraction: distance over the distance of the limb in that direction (1 on the limb).
        position_angle_deg: north through east, in [0, 360), stretch removed.
    """

    radius: float
    angle: float
    radius_fraction: float
    position_angle_deg: float


def polar(spot: Spot, disk: Disk, orientation: Orientation = PRESETS["uset"]) -> Polar:
    """Return the polar coordinates of a spot's centre."""
    dx, dy = spot.x - disk.x, spot.y - disk.y
    u, v = disk.offsets(np.array([[spot.x, spot.y]]))[0]
    east = u if orientation.mirrored else -u
    # + 0.0 turns -0.0 due north into 0.0; the second % maps a rounded 360.0 to 0.
    position = (degrees(atan2(east + 0.0, -v)) + orientation.tilt_deg) % 360 % 360
    return Polar(hypot(dx, dy), atan2(dy, dx), float(hypot(u, v)) / disk.radius, position)


def contains(outline: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Return which points (n, 2) lie inside a polygon (m, 2), by the even-odd rule: (n,) bool."""
    points = np.asarray(xy, np.float64).reshape(-1, 2)
    if len(outline) < 3:
        return np.zeros(len(points), bool)
    x, y = points[:, 0, None], points[:, 1, None]
    rows, crossing = crossings(outline, y)
    return ((rows & (x < crossing)).sum(axis=1) % 2).astype(bool)


def fill(spot: Spot, height: int, width: int) -> tuple[slice, slice, np.ndarray]:
    """Return the pixels of a (height, width) drawing whose centres lie inside the spot's outline, at least one pixel.

    Returns:
        (rows, columns, inside): slices of the drawing around the spot, and (h, w) bool within them.
    """
    rows, columns, inside = inside_pixels(spot.outline, height, width)
    if inside.any():
        return rows, columns, inside
    x, y = np.clip(np.floor([spot.x, spot.y]), 0, [width - 1, height - 1]).astype(int)
    return slice(int(y), int(y) + 1), slice(int(x), int(x) + 1), np.ones((1, 1), bool)


def spot_pixels(spots: Sequence[Spot], height: int, width: int) -> np.ndarray:
    """Return the pixels inside any of the spots, (height, width) bool."""
    mask = np.zeros((height, width), bool)
    for spot in spots:
        rows, columns, inside = fill(spot, height, width)
        mask[rows, columns] |= inside
    return mask


def _outline(what: str, points: np.ndarray) -> np.ndarray:
    """Return a read-only polygon, rounded to 0.01 px; raise ValueError unless it is one of finite points."""
    outline = np.round(np.asarray(points, np.float64), 2)
    if outline.ndim != 2 or outline.shape[1] != 2 or not np.isfinite(outline).all():
        raise ValueError(f"{what} outline: expected finite (n, 2) points, got an array of {outline.shape}")
    outline.flags.writeable = False
    return outline


def _finite(what: str, value: float) -> float:
    """Return the value as a float; raise ValueError unless it is a finite number."""
    if isinstance(value, str | bool) or not isfinite(value):
        raise ValueError(f"{what} is {value!r}, expected a finite number")
    return float(value)
