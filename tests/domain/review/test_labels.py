"""Labels that were edited elsewhere become gestures on the spots at their places."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.review.labels import changes_to, is_same_outline
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

TURN = np.linspace(0, 2 * np.pi, 12, endpoint=False)
CIRCLE = 6 * np.column_stack([np.cos(TURN), np.sin(TURN)])
PLACES = ((100, 100), (150, 100), (200, 100))
SPOTS = tuple(
    Spot.from_outline(CIRCLE + place, sure) for place, sure in zip(PLACES, (0.9, 0.8, 0.2), strict=True)
)
REVIEWED = replay(
    DrawingResult("a.png", 400, 400, Disk(200, 200, 180, 1), SPOTS, "m", "h", "i", 0.5, 1.0), []
)
ONE, TWO, BELOW = (spot.outline for spot in SPOTS)


def acts(*labels) -> list[tuple[Act, str]]:
    return [(change.act, change.key) for change in changes_to(REVIEWED, labels)]


@pytest.mark.parametrize(
    "edit",
    [
        lambda outline: outline,
        lambda outline: np.roll(outline, 5, axis=0),
        lambda outline: outline[::-1],
        lambda outline: outline + 0.02,
        lambda outline: np.round(outline, 2),
    ],
)
def test_labels_that_another_program_only_rewrote_change_nothing(edit):
    assert acts(edit(TWO), edit(ONE)) == []


def test_each_edit_is_one_gesture():
    assert acts(ONE) == [(Act.REJECT, "2")]
    assert acts(ONE, TWO + 1.5) == [(Act.REDRAW, "2")]
    assert acts(ONE, TWO, BELOW) == [(Act.ACCEPT, "3")]
    assert acts(ONE, TWO, BELOW * [1, 1.01]) == [(Act.REDRAW, "3")]
    assert acts(ONE, TWO, CIRCLE + 300) == [(Act.ADD, "")]
    assert acts() == [(Act.REJECT, "1"), (Act.REJECT, "2")]


def test_two_labels_at_one_spot_are_the_nearest_and_a_new_one():
    changes = changes_to(REVIEWED, [TWO, ONE + 2, ONE])
    assert [(change.act, change.key) for change in changes] == [(Act.ADD, "")]
    assert is_same_outline(changes[0].outline, ONE + 2) and not is_same_outline(ONE, ONE + 0.2)
