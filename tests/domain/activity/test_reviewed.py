"""Groups and counts of a reviewed drawing: those that people chose, and the rule for the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.activity.reviewed import observe
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.review.gestures import Act, Gesture, Reference
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

SQUARE = np.array([(-3, -3), (3, -3), (3, 3), (-3, 3)])
PLACES = [(400, 450), (410, 452), (420, 449), (600, 620), (612, 618)]  # two groups
SPOTS = tuple(Spot.from_outline(SQUARE + place, 0.9) for place in PLACES)
RESULT = DrawingResult(
    "usd195604170830.png", 1000, 1000, Disk(500, 500, 400, 1), SPOTS, "m", "h", "i", 0.5, 1.0
)
WAY, WHEN = PRESETS["uset"], observation_time("1956-04-17", "08:30")


def gesture(number: int, act: Act, *keys: int, text: str = "") -> Gesture:
    spots = tuple(Reference(str(key), SPOTS[key - 1].x, SPOTS[key - 1].y) for key in keys)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Gesture(f"g{number}", "Ada", at, act, "h", "i", spots, text=text)


def test_without_chosen_groups_the_rule_decides():
    seen = observe(replay(RESULT, [gesture(1, Act.REJECT, 5)]), WAY, WHEN)
    (plain,) = observations([(RESULT, WAY, WHEN)])
    assert seen.group.tolist() == plain.group.tolist()[:4] and len(set(plain.group)) == 2
    assert int(seen.counts.number()[0]) == 24


def test_a_chosen_group_is_cut_out_of_another_and_numbered_from_west_to_east():
    seen = observe(replay(RESULT, [gesture(1, Act.GROUP, 3, text="k1")]), WAY, WHEN)
    assert int(seen.counts.groups[0]) == 3 and seen.groups.spots.sum() == 5
    assert seen.group[0] == seen.group[1] != seen.group[2] and seen.group[3] == seen.group[4]
    assert sorted(set(seen.group)) == [1, 2, 3]
    centres = [seen.places.cmd_deg[seen.group == number].mean() for number in (1, 2, 3)]
    assert centres == sorted(centres, reverse=True)
    joined = [gesture(1, Act.GROUP, 1, 2, 3, 4, 5, text="k1")]
    assert int(observe(replay(RESULT, joined), WAY, WHEN).counts.number()[0]) == 15
    back = [*joined, gesture(2, Act.GROUP, 1, 2, 3, 4, 5)]
    assert int(observe(replay(RESULT, back), WAY, WHEN).counts.groups[0]) == 2


def test_an_undated_drawing_has_no_groups():
    seen = observe(replay(RESULT, [gesture(1, Act.GROUP, 1, text="k1")]), WAY, np.datetime64("NaT", "m"))
    assert not seen.group.any() and len(seen.numbered) == 5
