"""A blind reading has the gestures of its reader only, and the review has none of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.blind import SEEN, read_blind, readers, remarks_on
from sunspot_dash.domain.review.gestures import Act, Gesture, Reference, finish_of
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

SQUARE = np.array([(0.0, 0), (10, 0), (10, 10), (0, 10)])
SPOTS = tuple(Spot.from_outline(SQUARE + offset, 0.9) for offset in (100, 200))
RESULT = DrawingResult("a.png", 400, 400, Disk(200, 200, 180, 1), SPOTS, "m", "h", "i", 0.5, 1.0)


def gesture(number: int, by: str, act: Act, keys=(), outlines=(), blind=True, text="") -> Gesture:
    spots = tuple(Reference(key, 0, 0) for key in keys)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Gesture(f"g{number}", by, at, act, "h", "i", spots, tuple(outlines), text, blind)


ADDED = [
    gesture(1, "Bea", Act.ADD, outlines=[SQUARE + 300]),
    gesture(2, "Bea", Act.ADD, outlines=[SQUARE + 100]),  # where the model has a spot, too
    gesture(3, "Cid", Act.ADD, outlines=[SQUARE + 50]),
    gesture(4, "Ada", Act.REJECT, ["1"], blind=False),
    gesture(5, "Bea", Act.REJECT, ["g1"]),
]


def test_a_reading_has_the_spots_of_its_reader_only():
    read = read_blind(RESULT, ADDED, "Bea")
    assert [(one.key, one.state) for one in read.spots] == [("g1", "rejected"), ("g2", "accepted")]
    assert [one.key for one in read_blind(RESULT, ADDED, "Cid").spots] == ["g3"]
    assert not read_blind(RESULT, ADDED, "Ada").spots and readers(ADDED) == ["Bea", "Cid"]


def test_blind_gestures_never_count_in_the_review():
    end = gesture(6, "Bea", Act.FINISH, ["g2"], [SQUARE + 100])
    assert [spot.x for spot in replay(RESULT, [*ADDED, end]).counted()] == [205]
    assert finish_of([*ADDED, end]) is None and read_blind(RESULT, [*ADDED, end], "Bea").is_reviewed


def test_undo_reaches_blind_gestures_only():
    """The undo of a gesture of the review, sent as a blind one, changes neither."""
    undo = [gesture(6, "Bea", Act.UNDO, text="g5"), gesture(7, "Bea", Act.UNDO, text="g4")]
    assert len(read_blind(RESULT, [*ADDED, *undo], "Bea").counted()) == 2
    assert [spot.x for spot in replay(RESULT, [*ADDED, *undo]).counted()] == [205]


def test_a_reading_that_is_not_independent_has_a_remark():
    end = gesture(6, "Bea", Act.FINISH, ["g2"], [SQUARE + 100])
    later = gesture(9, "Bea", Act.REJECT, ["1"], blind=False)
    assert remarks_on([*ADDED, end, later], "Bea") == []  # the review came after the reading
    before = gesture(0, "Bea", Act.ACCEPT, ["1"], [SQUARE + 100], blind=False)
    assert "had reviewed" in remarks_on([*ADDED, end, before], "Bea")[0]
    assert remarks_on([*ADDED, before], "Cid") == []
    seen = gesture(6, "Bea", Act.FINISH, ["g2"], [SQUARE + 100], text=SEEN)
    assert "had seen" in remarks_on([*ADDED, seen], "Bea")[0]
    # An end that was undone has shown the result, too.
    undone = gesture(7, "Bea", Act.UNDO, text="g6")
    again = gesture(8, "Bea", Act.FINISH, ["g2"], [SQUARE + 100])
    assert "opened again" in remarks_on([*ADDED, end, undone, again], "Bea")[0]
