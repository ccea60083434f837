"""The gestures that turn the spots of a reviewed drawing into the labels of a file that was edited elsewhere.

Other programs give labels new ids, round them to 0.01 px, and begin an outline at another corner or follow it in the
other direction. Labels are therefore matched with spots by geometry only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.review.replay import ReviewedDrawing, ReviewedSpot, State, are_same
from sunspot_dash.domain.spots.detections import Spot

SAME_PX = 0.05  # a label is an unchanged spot if no corner moved further


@dataclass(frozen=True, eq=False)
class Change:
    """A gesture to record.

    Attributes:
        act: ACCEPT, REJECT, REDRAW or ADD; key: of the spot, "" for ADD.
        outline: (n, 2) px of REDRAW and ADD, None for the others.
    """

    act: Act
    key: str = ""
    outline: np.ndarray | None = None


def changes_to(reviewed: ReviewedDrawing, labels: Sequence[np.ndarray]) -> list[Change]:
    """Return the changes after which the counted spots of a drawing are the labels, (n, 2) px each.

    A label of an unchanged spot needs no gesture; one at the place of a spot or candidate redraws it, or accepts it if
    the outline is the same; any other is added. Counted spots without a label are rejected.
    """
    open_spots = [one for one in reviewed.spots if one.state is not State.REPLACED]
    spots = sorted(open_spots, key=lambda one: not one.counts)  # counted ones first
    left = dict(enumerate(Spot.from_outline(outline) for outline in labels))
    taken: dict[str, int] = {}
    for agrees in (_is_unchanged, are_same):
        for one in spots:
            if one.key not in taken and (found := _nearest(one, left, agrees)) is not None:
                taken[one.key] = found
                del left[found]
    changes = []
    for one in spots:
        if one.key in taken:
            changes += _changes(one, labels[taken[one.key]])
        elif one.counts:
            changes.append(Change(Act.REJECT, one.key))
    return changes + [Change(Act.ADD, outline=labels[number]) for number in left]


def is_same_outline(one: np.ndarray, other: np.ndarray, tolerance_px: float = SAME_PX) -> bool:
    """Whether each corner of two polygons, (n, 2) and (m, 2), is within a tolerance of a corner of the other."""
    distance = np.hypot(*(one[:, None] - other[None]).transpose(2, 0, 1))
    return bool(max(distance.min(axis=0).max(), distance.min(axis=1).max()) <= tolerance_px)


def _is_unchanged(spot: Spot, label: Spot) -> bool:
    near = abs(spot.x - label.x) + abs(spot.y - label.y) < 1
    return near and is_same_outline(spot.outline, label.outline)


def _nearest(one: ReviewedSpot, left: dict[int, Spot], agrees: Callable[[Spot, Spot], bool]) -> int | None:
    """Return the number of the nearest label that agrees with a spot, None if there is none."""
    found = [
        (abs(label.x - one.spot.x) + abs(label.y - one.spot.y), number)
        for number, label in left.items()
        if agrees(one.spot, label)
    ]
    return min(found)[1] if found else None


def _changes(one: ReviewedSpot, outline: np.ndarray) -> list[Change]:
    same = is_same_outline(one.spot.outline, outline)
    if same and one.counts:
        return []
    return [Change(Act.ACCEPT, one.key)] if same else [Change(Act.REDRAW, one.key, outline)]
