"""Find the spot that a click means: a stored candidate, or an umbra segmented from the scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import hypot

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.replay import ReviewedDrawing, ReviewedSpot, State
from sunspot_dash.domain.review.umbra import umbra_at
from sunspot_dash.domain.spots.detections import Spot, contains
from sunspot_dash.errors import ParameterError

LIMB_MARGIN = 1.01  # R: a spot on the limb may be drawn across it
NEAR = 0.005  # R: how far a click may miss a candidate where the scan shows nothing dark enough
NOTHING = "nothing dark enough is here: draw the outline instead"
OUTSIDE = "this place is outside the solar disk: click on a spot inside the limb, or correct the limb first"
CHANGED = "the image has {found} px, but the model ran on one with {expected} px: run inference on the drawing again"


@dataclass(frozen=True, eq=False)
class Clicked:
    """What a click means: one of the two is given.

    Attributes:
        key: of a spot that does not count yet (`ReviewedSpot.key`), to be accepted.
        outline: of a new spot, (n, 2) float64 px of the drawing, to be added.
    """

    key: str | None = None
    outline: np.ndarray | None = None


def spot_at(reviewed: ReviewedDrawing, read_grey: Callable[[], np.ndarray], x: float, y: float) -> Clicked:
    """Return the spot to add for a click at (x, y), px of the drawing.

    A candidate under the click comes first: below the threshold, or rejected. Otherwise the umbra is segmented from the
    scan; if it is one that the model stored as a candidate, the candidate is returned.

    Args:
        read_grey: returns the grey levels, (H, W) uint8; only a window around the click is read. It is not called if a
            candidate is under the click.

    Raises:
        ParameterError: the click is outside the solar disk, on a spot that counts already, or nothing dark is there.
        ImageError: as raised by `read_grey`.
    """
    disk = reviewed.result.disk
    if not (np.isfinite([x, y]).all() and _is_on_disk(disk, x, y)):
        raise ParameterError(OUTSIDE)
    counted = [spot for spot in reviewed.spots if spot.counts]
    open_ones = [spot for spot in reviewed.spots if spot.state in (State.CANDIDATE, State.REJECTED)]
    _refuse(_under(counted, x, y))
    if found := _under(open_ones, x, y):
        return Clicked(key=found.key)
    grey = read_grey()
    if grey.shape != (reviewed.result.height, reviewed.result.width):
        expected = f"{reviewed.result.width} x {reviewed.result.height}"
        raise ParameterError(CHANGED.format(found=" x ".join(map(str, grey.shape[::-1])), expected=expected))
    outline = umbra_at(grey, min(x, grey.shape[1]), min(y, grey.shape[0]), disk.radius)
    if outline is None:
        near = [spot for spot in open_ones if _distance(spot, x, y) <= NEAR * disk.radius]
        if not near:
            raise ParameterError(NOTHING)
        return Clicked(key=min(near, key=lambda spot: _distance(spot, x, y)).key)
    umbra = Spot.from_outline(outline)
    if not _is_on_disk(disk, umbra.x, umbra.y):
        raise ParameterError(OUTSIDE)
    _refuse(_same(counted, umbra))
    if found := _same(open_ones, umbra):
        return Clicked(key=found.key)
    return Clicked(outline=outline)


def _is_on_disk(disk: Disk, x: float, y: float) -> bool:
    across, down = disk.offsets(np.array([[x, y]]))[0]
    return bool(hypot(across, down) <= LIMB_MARGIN * disk.radius)


def _refuse(counted: ReviewedSpot | None) -> None:
    if counted is not None:
        raise ParameterError(f"spot {counted.key} is already counted here: correct its outline instead")


def _under(spots: Iterable[ReviewedSpot], x: float, y: float) -> ReviewedSpot | None:
    """Return the spot with a point inside its outline, the nearest of several."""
    under = [one for one in spots if contains(one.spot.outline, np.array([[x, y]]))[0]]
    return min(under, key=lambda one: _distance(one, x, y), default=None)


def _same(spots: Iterable[ReviewedSpot], umbra: Spot) -> ReviewedSpot | None:
    """Return the spot at the place of an umbra: the centre of each is inside the other."""
    both = [one for one in spots if contains(umbra.outline, np.array([[one.spot.x, one.spot.y]]))[0]]
    return _under(both, umbra.x, umbra.y)


def _distance(one: ReviewedSpot, x: float, y: float) -> float:
    return hypot(one.spot.x - x, one.spot.y - y)
