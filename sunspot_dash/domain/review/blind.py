"""Blind readings: the spots that a person marks on a blank drawing, without those of the model and of other people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sunspot_dash.domain.review.gestures import Act, Gesture, in_order
from sunspot_dash.domain.review.replay import ReviewedDrawing, replay
from sunspot_dash.domain.spots.detections import DrawingResult

# The text of a blind FINISH on a drawing whose detections the page has shown to the reader before.
SEEN = "seen"


def readers(gestures: Iterable[Gesture]) -> list[str]:
    """Return the people with blind gestures, by name."""
    return sorted({gesture.by for gesture in gestures if gesture.blind})


def own_gestures(gestures: Iterable[Gesture], person: str) -> list[Gesture]:
    """Return the blind gestures of a person, as gestures that count in their own reading."""
    return [replace(gesture, blind=False) for gesture in gestures if gesture.blind and gesture.by == person]


def read_blind(result: DrawingResult, gestures: Iterable[Gesture], person: str) -> ReviewedDrawing:
    """Return the blind reading of a person: their blind gestures on a drawing without spots.

    Args:
        result: of any model on the image; it gives the limb and the size. gestures: of all people, in any order.
    """
    return replay(replace(result, spots=()), own_gestures(gestures, person))


def remarks_on(gestures: Iterable[Gesture], person: str) -> list[str]:
    """Return why a person's blind reading is not independent; nothing if it is."""
    remarks, finished, reviewed, seen = [], 0, False, False
    for gesture in in_order(one for one in gestures if one.by == person):
        if not gesture.blind:
            reviewed |= not finished  # a review after the first end has not changed the reading
        elif gesture.act is Act.FINISH:
            finished += 1
            seen |= gesture.text == SEEN
    if reviewed:
        remarks.append("the reader had reviewed the drawing before")
    if seen:
        remarks.append("the reader had seen the detections")
    if finished > 1:
        remarks.append("the reading was opened again after its end")
    return remarks
