"""Gestures: the single decisions of a person about the detections on a drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from sunspot_dash.domain.spots.detections import Spot

MOST_VERTICES = 5000  # of an outline, which a hand draws in hundreds


class Act(StrEnum):
    """What a gesture does; its value is the word in the journal."""

    ACCEPT = "accept"
    REJECT = "reject"
    ADD = "add"
    REDRAW = "redraw"
    SPLIT = "split"
    MERGE = "merge"
    GROUP = "group"
    DESCRIBE = "describe"
    UNDO = "undo"
    REDO = "redo"
    FINISH = "finish"
    REOPEN = "reopen"


class Needs(NamedTuple):
    """Least and most numbers of spots and outlines of a gesture."""

    spots: tuple[int, float]
    outlines: tuple[int, float]


MANY = float("inf")
NONE = (0, 0)
NEEDS = {
    Act.ACCEPT: Needs((1, MANY), (1, MANY)),
    Act.REJECT: Needs((1, MANY), NONE),
    Act.ADD: Needs(NONE, (1, 1)),
    Act.REDRAW: Needs((1, 1), (1, 1)),
    Act.SPLIT: Needs((1, 1), (2, MANY)),
    Act.MERGE: Needs((2, MANY), (1, 1)),
    Act.GROUP: Needs((1, MANY), NONE),
    Act.DESCRIBE: Needs((1, MANY), NONE),
    Act.UNDO: Needs(NONE, NONE),
    Act.REDO: Needs(NONE, NONE),
    Act.FINISH: Needs((0, MANY), (0, MANY)),
    Act.REOPEN: Needs(NONE, NONE),
}
# These keep the outline of each spot, so that a decision outlives the result on which it was made.
OUTLINE_EACH = (Act.ACCEPT, Act.FINISH)
NAMES_GESTURE = (Act.UNDO, Act.REDO)


@dataclass(frozen=True)
class Reference:
    """A spot that a gesture is about.

    Attributes:
        key: the number of a detection in its result, such as "17", or the id of the gesture that made the spot, such as
            "k3f9"; "k3f9.2" is the second part of a split.
        x, y: its centre at the time of the gesture, px of the drawing. It finds the spot in a later result.
    """

    key: str
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Gesture:
    """One decision.

    Attributes:
        id: unique among the gestures on a drawing, of letters and digits; by: the person; at: the time (UT).
        act: what it does.
        model_hash, image_hash: of the result that the person saw.
        spots: the spots that it is about; of FINISH, all that count.
        outlines: new outlines, (n, 2) float64 each, px of the drawing; of ACCEPT and FINISH, those of the spots.
        text: the name of the group of GROUP ("" takes the spots out of theirs), the `GroupNote` of DESCRIBE on the
            spots of a group, the id that UNDO or REDO is about, or `blind.SEEN` of a blind FINISH.
        blind: made without seeing the decisions of others; such gestures count in the reading of their person only.

    Raises:
        ValueError: the numbers of spots and outlines do not fit the act, or an outline is not a polygon.
    """

    id: str
    by: str
    at: datetime
    act: Act
    model_hash: str
    image_hash: str
    spots: tuple[Reference, ...] = ()
    outlines: tuple[np.ndarray, ...] = ()
    text: str = ""
    blind: bool = False

    def __post_init__(self) -> None:
        if not (self.id.isalnum() and self.id.isascii()) or self.id.isdigit():
            raise ValueError(f"a gesture's id is {self.id!r}, expected letters and digits, with a letter")
        if not self.by.strip():
            raise ValueError("a gesture has no person")
        if self.at.tzinfo is None:
            raise ValueError("a gesture's time has no time zone")
        needs = NEEDS[self.act]
        for what, found, (least, most) in (
            ("spots", self.spots, needs.spots),
            ("outlines", self.outlines, needs.outlines),
        ):
            if not least <= len(found) <= most:
                raise ValueError(f"'{self.act}' with {len(found)} {what}, expected {_span(least, most)}")
        if self.act in OUTLINE_EACH and len(self.outlines) != len(self.spots):
            raise ValueError(
                f"'{self.act}' with {len(self.outlines)} outlines for {len(self.spots)} spots: expected one each"
            )
        if self.act in NAMES_GESTURE and not self.text:
            raise ValueError(f"'{self.act}' does not name a gesture")
        object.__setattr__(self, "outlines", tuple(_polygon(outline) for outline in self.outlines))


def polygon_of(spot: Spot) -> np.ndarray:
    """Return the outline of a spot, (n, 2) px; if it has fewer than three corners, a square of the spot's area."""
    if len(spot.outline) >= 3:
        return spot.outline
    half = max(1.0, spot.area_px) ** 0.5 / 2
    return np.array([spot.x, spot.y]) + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])


def in_order(gestures: Iterable[Gesture]) -> list[Gesture]:
    """Return gestures by time; those of the same time in an order that is the same everywhere."""
    return sorted(gestures, key=lambda gesture: (gesture.at, gesture.by, gesture.id))


def undone(ordered: Iterable[Gesture]) -> set[str]:
    """Return the ids of the gestures that are undone and not redone."""
    gone: set[str] = set()
    for gesture in ordered:
        if gesture.act is Act.UNDO:
            gone.add(gesture.text)
        elif gesture.act is Act.REDO:
            gone.discard(gesture.text)
    return gone


def finish_of(gestures: Iterable[Gesture]) -> tuple[str, datetime] | None:
    """Return (person, time) of the gesture that marked a drawing as reviewed, None if it is not, or open again."""
    ordered = in_order(gesture for gesture in gestures if not gesture.blind)
    gone, finish = undone(ordered), None
    for gesture in ordered:
        if gesture.id not in gone and gesture.act in (Act.FINISH, Act.REOPEN):
            finish = (gesture.by, gesture.at) if gesture.act is Act.FINISH else None
    return finish


def _polygon(outline: np.ndarray) -> np.ndarray:
    points = np.round(np.asarray(outline, np.float64), 2)
    if points.ndim != 2 or points.shape[1] != 2 or not 3 <= len(points) <= MOST_VERTICES:
        raise ValueError(
            f"an outline is an array of {points.shape}, expected 3 to {MOST_VERTICES} points x, y"
        )
    if not np.isfinite(points).all():
        raise ValueError("an outline has coordinates that are not finite")
    points.flags.writeable = False
    return points


def _span(least: int, most: float) -> str:
    if least == most:
        return str(least)
    return f"{least} or more" if most == MANY else f"{least} to {most:g}"
