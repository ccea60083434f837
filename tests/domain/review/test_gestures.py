"""Gestures: what each needs, their order, and which of them are undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sunspot_dash.domain.review.gestures import Act, Gesture, Reference, in_order, polygon_of, undone
from sunspot_dash.domain.spots.detections import Spot

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SQUARE = np.array([[10.0, 10], [20, 10], [20, 20], [10, 20]])
SPOT = Reference("1", 15, 15)


def gesture(act: Act = Act.REOPEN, number: int = 1, by: str = "Ada", **more) -> Gesture:
    return Gesture(f"g{number}", by, NOON + timedelta(seconds=number), act, "m", "i", **more)


@pytest.mark.parametrize(
    ("act", "more"),
    [
        (Act.ACCEPT, {"spots": (SPOT,), "outlines": (SQUARE,)}),
        (Act.REJECT, {"spots": (SPOT, SPOT)}),
        (Act.ADD, {"outlines": (SQUARE,)}),
        (Act.REDRAW, {"spots": (SPOT,), "outlines": (SQUARE,)}),
        (Act.SPLIT, {"spots": (SPOT,), "outlines": (SQUARE, SQUARE)}),
        (Act.MERGE, {"spots": (SPOT, SPOT), "outlines": (SQUARE,)}),
        (Act.GROUP, {"spots": (SPOT,), "text": ""}),
        (Act.UNDO, {"text": "g1"}),
        (Act.FINISH, {}),
        (Act.FINISH, {"spots": (SPOT,), "outlines": (SQUARE,)}),
    ],
)
def test_a_whole_gesture_is_valid(act, more):
    assert gesture(act, **more).act is act


@pytest.mark.parametrize(
    ("act", "more", "fault"),
    [
        (Act.ACCEPT, {"spots": (SPOT,)}, "with 0 outlines"),
        (Act.FINISH, {"spots": (SPOT,)}, "0 outlines for 1 spots: expected one each"),
        (Act.REJECT, {}, "'reject' with 0 spots, expected 1 or more"),
        (Act.REJECT, {"spots": (SPOT,), "outlines": (SQUARE,)}, "'reject' with 1 outlines, expected 0"),
        (Act.SPLIT, {"spots": (SPOT,), "outlines": (SQUARE,)}, "expected 2 or more"),
        (Act.MERGE, {"spots": (SPOT,), "outlines": (SQUARE,)}, "expected 2 or more"),
        (Act.UNDO, {}, "does not name a gesture"),
        (Act.ADD, {"outlines": (SQUARE[:2],)}, "expected 3 to"),
        (Act.ADD, {"outlines": (SQUARE * np.nan,)}, "not finite"),
        (Act.ADD, {"outlines": (np.zeros((5001, 2)),)}, "expected 3 to 5000 points"),
        (Act.REOPEN, {"by": " "}, "has no person"),
    ],
)
def test_a_gesture_with_a_part_too_few_or_too_many_is_refused(act, more, fault):
    with pytest.raises(ValueError, match=fault):
        gesture(act, **more)


@pytest.mark.parametrize("name", ["", "17", "a b", "a.1", "é1"])
def test_an_id_cannot_be_mistaken_for_the_number_of_a_detection(name):
    with pytest.raises(ValueError, match="letters and digits"):
        Gesture(name, "Ada", NOON, Act.REOPEN, "m", "i")


def test_the_order_does_not_depend_on_the_journal_in_which_gestures_stand():
    first, second = gesture(number=1), gesture(number=2)
    same_time = Gesture("g0", "Bea", first.at, Act.REOPEN, "m", "i")
    assert in_order([second, same_time, first]) == [first, same_time, second]


def test_undo_and_redo_without_end():
    steps = [gesture(number=1)]
    for number in range(2, 9):
        steps.append(gesture(Act.UNDO if number % 2 == 0 else Act.REDO, number, text="g1"))
        assert undone(steps) == ({"g1"} if number % 2 == 0 else set())


def test_a_spot_of_one_point_has_a_square_as_its_outline():
    point = Spot(10, 20, 9, 0.9, np.array([[10, 20]]))
    assert polygon_of(point).tolist() == [[8.5, 18.5], [11.5, 18.5], [11.5, 21.5], [8.5, 21.5]]
