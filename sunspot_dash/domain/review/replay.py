"""A reviewed drawing: the result of a model, and the gestures of people on it, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from math import hypot, pi, sqrt

import numpy as np

from sunspot_dash.domain.review.gestures import Act, Gesture, Reference, in_order, undone
from sunspot_dash.domain.review.group_notes import NOTHING, GroupNote
from sunspot_dash.domain.spots.detections import DrawingResult, Spot, contains

# A spot of an earlier result is the nearest one of the new result within this distance, px, or within its own radius:
# another network moves an outline by a few pixels of the scan.
NEAR_PX = 4.0


class State(StrEnum):
    """Whether a spot counts, and who says so."""

    FOUND = "found"  # the model, above the threshold
    CANDIDATE = "candidate"  # the model, below the threshold: it does not count
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"  # by the parts of a split, or by the spot of a merge


COUNTED = frozenset({State.FOUND, State.ACCEPTED})
MODEL_ALONE = frozenset({State.FOUND, State.CANDIDATE})


@dataclass(frozen=True, eq=False)
class ReviewedSpot:
    """A spot and the last decision about it.

    Attributes:
        key: the number in the result, or the id of the gesture that made the spot (`Reference.key`).
        group: the name of the group that a person chose for it, "" if the rule decides.
        by: the person who decided last, "" if nobody did.
        note: what was noted last about the group that the spot was in.
    """

    key: str
    spot: Spot
    state: State
    group: str = ""
    by: str = ""
    note: GroupNote = NOTHING

    @property
    def counts(self) -> bool:
        return self.state in COUNTED


@dataclass(frozen=True)
class Dispute:
    """Two people decided differently about a spot, or about whether the review is finished; the later one counts."""

    key: str
    earlier: Gesture
    later: Gesture


@dataclass(frozen=True, eq=False)
class ReviewedDrawing:
    """A drawing after all gestures.

    Attributes:
        result: what the model found, unchanged.
        spots: every spot, those of the model first, by number.
        finished_by, finished_at: who marked the drawing as reviewed, and when; "" and None if it is not.
        disputes: decisions that contradict an earlier one of another person.
        lost: gestures with a spot that was not found any more, each with these spots, and gestures on another image.
    """

    result: DrawingResult
    spots: tuple[ReviewedSpot, ...]
    finished_by: str = ""
    finished_at: datetime | None = None
    disputes: tuple[Dispute, ...] = ()
    lost: tuple[tuple[Gesture, tuple[Reference, ...]], ...] = ()

    @property
    def is_reviewed(self) -> bool:
        return self.finished_at is not None

    def counted(self) -> list[Spot]:
        """Return the spots that count."""
        return [reviewed.spot for reviewed in self.spots if reviewed.counts]


def replay(
    result: DrawingResult, gestures: Iterable[Gesture], threshold: float | None = None
) -> ReviewedDrawing:
    """Return the drawing that a result and the gestures on it make.

    Gestures on another result of the same image, such as that of a retrained model, keep their meaning: each spot is
    found again by its place, and one that was accepted but is not found any more is added. A finished drawing has
    the spots that counted when it was finished, whatever the model finds now and whatever its threshold. Blind gestures
    and those that were undone do not count.

    Args:
        result: what the model found; gestures: of all people, in any order.
        threshold: above which a detection counts; that of the result by default.
    """
    ordered = in_order(gesture for gesture in gestures if not gesture.blind)
    gone = undone(ordered)
    review = _Review(result, result.threshold if threshold is None else threshold)
    for gesture in ordered:
        if gesture.id not in gone and gesture.act not in (Act.UNDO, Act.REDO):
            review.apply(gesture)
    return review.drawing()


@dataclass
class _Review:
    """The state of a drawing while the gestures are applied."""

    result: DrawingResult
    threshold: float
    spots: dict[str, ReviewedSpot] = field(init=False)
    finish: Gesture | None = None
    # The last decision on each spot; "" is the whole drawing.
    last: dict[str, Gesture] = field(default_factory=dict)
    last_note: dict[str, Gesture] = field(default_factory=dict)
    disputes: list[Dispute] = field(default_factory=list)
    lost: list[tuple[Gesture, tuple[Reference, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spots = {
            str(number): ReviewedSpot(
                str(number), spot, State.FOUND if spot.confidence >= self.threshold else State.CANDIDATE
            )
            for number, spot in self.result.numbered(0.0)
        }

    def apply(self, gesture: Gesture) -> None:
        """Apply one gesture to the spots that are found; note those that are not."""
        if gesture.image_hash != self.result.image_hash:
            self.lost.append((gesture, gesture.spots))  # places on another scan mean nothing here
            return
        found = [self._find(gesture, reference) for reference in gesture.spots]
        keys = [key for key in dict.fromkeys(found) if key is not None]
        missing = tuple(reference for reference, key in zip(gesture.spots, found, strict=True) if key is None)
        if missing and gesture.act not in (Act.ACCEPT, Act.REJECT, Act.FINISH):
            self.lost.append((gesture, missing))
        match gesture.act:
            case Act.ACCEPT:
                self._accept(gesture, found)
            case Act.REJECT:
                for key in keys:
                    self._decide(gesture, key, state=State.REJECTED)
            case Act.GROUP:
                for key in keys:
                    self._decide(gesture, key, group=gesture.text)
            case Act.DESCRIBE:
                self._describe(gesture, keys)
            case Act.REDRAW if keys:
                self._decide(
                    gesture, keys[0], spot=Spot.from_outline(gesture.outlines[0]), state=State.ACCEPTED
                )
            case Act.ADD | Act.SPLIT | Act.MERGE | Act.REDRAW:
                for key in keys:
                    self._decide(gesture, key, state=State.REPLACED)
                for number, outline in enumerate(gesture.outlines, start=1):
                    self._add(gesture, number, outline)
            case Act.REOPEN:
                self._note(gesture, "")
                self.finish = None
            case Act.FINISH:
                self._note(gesture, "")
                self.finish = gesture
                self._accept(gesture, found)
                for key, reviewed in self.spots.items():
                    if key not in found and reviewed.state in MODEL_ALONE:
                        self.spots[key] = replace(reviewed, state=State.REJECTED, by=gesture.by)

    def _accept(self, gesture: Gesture, found: list[str | None]) -> None:
        """Accept the spots that were found, and add those that were not with the outline they had."""
        for number, (key, outline) in enumerate(zip(found, gesture.outlines, strict=True), start=1):
            if key is None:
                self._add(gesture, number, outline)
            elif gesture.act is Act.ACCEPT:
                self._decide(gesture, key, state=State.ACCEPTED)
            else:
                spot = _same(self.spots[key].spot, outline)
                self.spots[key] = replace(self.spots[key], spot=spot, state=State.ACCEPTED)

    def _add(self, gesture: Gesture, number: int, outline: np.ndarray) -> None:
        """Add a spot; what the model alone found at its place does not count any more."""
        spot = Spot.from_outline(outline)
        seen = gesture.model_hash == self.result.model_hash
        for key, reviewed in self.spots.items():
            decided = key in self.last or (seen and reviewed.state is State.FOUND)
            if not decided and reviewed.state in MODEL_ALONE and are_same(reviewed.spot, spot):
                self.spots[key] = replace(reviewed, state=State.REPLACED, by=gesture.by)
        key = f"{gesture.id}.{number}" if len(gesture.outlines) > 1 else gesture.id
        self.spots[key] = ReviewedSpot(key, spot, State.ACCEPTED, by=gesture.by)
        self.last[key] = gesture

    def drawing(self) -> ReviewedDrawing:
        """Return the drawing after the gestures so far."""
        return ReviewedDrawing(
            self.result,
            tuple(self.spots.values()),
            self.finish.by if self.finish else "",
            self.finish.at if self.finish else None,
            tuple(self.disputes),
            tuple(self.lost),
        )

    def _decide(self, gesture: Gesture, key: str, **change: object) -> None:
        self._note(gesture, key)
        self.spots[key] = replace(self.spots[key], by=gesture.by, **change)  # type: ignore[arg-type]

    def _describe(self, gesture: Gesture, keys: list[str]) -> None:
        """Note something about a group; a note of another person on one of its spots is one dispute."""
        try:
            note = GroupNote.read(gesture.text)
        except ValueError:
            self.lost.append((gesture, gesture.spots))  # of a later version, or damaged
            return
        before = [self.last_note[key] for key in keys if key in self.last_note]
        contradicted = [one for one in before if one.by != gesture.by and one.text != gesture.text]
        if contradicted:
            self.disputes.append(Dispute(keys[0], contradicted[-1], gesture))
        for key in keys:
            self.last_note[key] = gesture
            self.spots[key] = replace(self.spots[key], note=note)

    def _note(self, gesture: Gesture, key: str) -> None:
        before = self.last.get(key)
        if before and before.by != gesture.by and _contradict(before, gesture):
            self.disputes.append(Dispute(key, before, gesture))
        self.last[key] = gesture

    def _find(self, gesture: Gesture, reference: Reference) -> str | None:
        """Return the key of a spot in this result: the same one, or of another result the one at its place."""
        if not reference.key.isdigit() or gesture.model_hash == self.result.model_hash:
            return reference.key if reference.key in self.spots else None
        return self._at(reference.x, reference.y)

    def _at(self, x: float, y: float) -> str | None:
        """Return the key of the spot at a place, the nearest of several; None if there is none."""
        near = [
            (hypot(reviewed.spot.x - x, reviewed.spot.y - y), key)
            for key, reviewed in self.spots.items()
            if reviewed.state is not State.REPLACED and _is_at(reviewed.spot, x, y)
        ]
        return min(near)[1] if near else None


def _is_at(spot: Spot, x: float, y: float) -> bool:
    distance = hypot(spot.x - x, spot.y - y)
    if distance <= max(NEAR_PX, sqrt(spot.area_px / pi)):
        return True
    return distance <= _reach(spot) and bool(contains(spot.outline, np.array([[x, y]]))[0])


@lru_cache(maxsize=4096)
def _reach(spot: Spot) -> float:
    """Return the distance of the farthest corner of the outline from the centre, px; it rules most spots out."""
    return float(np.hypot(*(spot.outline - [spot.x, spot.y]).T).max(initial=0.0))


def are_same(one: Spot, other: Spot) -> bool:
    """Whether each of two spots is at the place of the other."""
    return _is_at(one, other.x, other.y) and _is_at(other, one.x, one.y)


def _same(spot: Spot, outline: np.ndarray) -> Spot:
    """Return the spot, or a new one if the outline is another one."""
    return spot if np.array_equal(spot.outline, outline) else Spot.from_outline(outline)


def _contradict(earlier: Gesture, later: Gesture) -> bool:
    """Whether two decisions about the same spot, or the whole drawing, exclude each other."""
    if later.act is Act.GROUP or earlier.act is Act.GROUP:
        return later.act is earlier.act and later.text != earlier.text
    if later.act is earlier.act:
        return later.act in (Act.REDRAW, Act.SPLIT)
    return bool({earlier.act, later.act} & {Act.REJECT, Act.REOPEN, Act.MERGE, Act.SPLIT})
