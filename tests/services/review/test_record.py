"""Gestures recorded on a drawing of a workspace."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.io.journals import read_journals
from sunspot_dash.io.results import write_result
from sunspot_dash.services.review.record import Intent, record, record_each, review_of
from sunspot_dash.workspace import Workspace

NAME = "usd195604170830.jpg"
SQUARE = np.array([[300.0, 300], [310, 300], [310, 310], [300, 310]])


@pytest.fixture
def space(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "data").create()
    spots = tuple(Spot.from_outline(SQUARE - offset, 0.9) for offset in (100, 150, 200))
    disk = Disk(200, 200, 180, 0.9)
    write_result(made.results_of("m"), DrawingResult(NAME, 400, 400, disk, spots, "m", "h", "i", 0.4, 1.0))
    return made


def do(space: Workspace, person: str, act: Act, *keys: str, **more):
    record(space, "m", NAME, Intent(person, act, keys, **more))
    return review_of(space, "m", NAME)


def counted(drawing) -> set[str]:
    return {spot.key for spot in drawing.spots if spot.counts}


def test_gestures_of_two_people_make_one_drawing(space):
    do(space, " Ada ", Act.REJECT, "1")
    after = do(space, "Bea", Act.ADD, outlines=[SQUARE])
    assert len(counted(after)) == 3 and counted(after) == counted(review_of(space, "m", NAME))
    assert {spot.by for spot in after.spots} == {"", "Ada", "Bea"}
    assert not read_journals(space.reviews, NAME)[1]


def test_a_finished_drawing_keeps_the_outlines_of_its_spots(space):
    do(space, "Ada", Act.REJECT, "2")
    after = do(space, "Ada", Act.FINISH)
    assert after.is_reviewed and after.finished_by == "Ada" and counted(after) == {"1", "3"}
    (finish,) = [one for one in read_journals(space.reviews, NAME)[0] if one.act is Act.FINISH]
    assert [spot.key for spot in finish.spots] == ["1", "3"] and len(finish.outlines) == 2


def test_a_gesture_is_undone_by_its_id(space):
    do(space, "Ada", Act.REJECT, "1")
    (gesture,), _ = read_journals(space.reviews, NAME)
    assert counted(do(space, "Ada", Act.UNDO, text=gesture.id)) == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("act", "more", "fault"),
    [
        (Act.REJECT, {"keys": ["9"]}, "this drawing has no spot '9'"),
        (Act.REJECT, {}, "expected 1 or more"),
        (Act.ADD, {"outlines": [SQUARE[:2]]}, "expected 3 to"),
        (Act.REJECT, {"keys": ["1"], "person": " "}, "enter your name"),
        (Act.REJECT, {"keys": ["1"], "person": "a\nb"}, "invisible characters"),
    ],
)
def test_a_gesture_that_does_not_fit_is_refused_and_nothing_is_written(space, act, more, fault):
    with pytest.raises(ParameterError, match=fault):
        record(space, "m", NAME, Intent(more.pop("person", "Ada"), act, **more))
    assert read_journals(space.reviews, NAME) == ([], [])


def test_a_batch_is_replayed_only_where_spots_may_have_changed(space, monkeypatch):
    replays = []

    def counted_replay(*given):
        replays.append(1)
        return replay(*given)

    monkeypatch.setattr("sunspot_dash.services.review.record.replay", counted_replay)
    batch = [Intent("Ada", Act.REJECT, [str(number)]) for number in (1, 2, 3, 1, 2, 3)]
    assert len(list(record_each(space, "m", NAME, batch))) == 6 and len(replays) == 1
    replays.clear()
    batch = [
        Intent("Ada", Act.ADD, outlines=[SQUARE], id="gnew00001"),
        Intent("Ada", Act.GROUP, ["gnew00001"], text="A", id="gaaaa0001"),  # of the spot that the batch adds
        Intent("Ada", Act.FINISH),
    ]
    assert len(list(record_each(space, "m", NAME, batch))) == 3 and len(replays) == 3
    after = review_of(space, "m", NAME)
    assert counted(after) == {"gnew00001"} and not after.lost
    assert next(spot for spot in after.spots if spot.key == "gnew00001").group == "A"
    times = [f"{gesture.at:%H:%M:%S.%f}"[:-3] for gesture in read_journals(space.reviews, NAME)[0]]
    assert len(set(times)) == len(times), "gestures in the same millisecond would lose their order"


def test_the_gestures_before_a_faulty_one_are_written(space):
    batch = [Intent("Ada", Act.REJECT, ["1"]), Intent("Ada", Act.REJECT, ["9"]), Intent("Ada", Act.FINISH)]
    done = record_each(space, "m", NAME, batch)
    next(done)
    with pytest.raises(ParameterError, match="no spot '9'"):
        next(done)
    assert counted(review_of(space, "m", NAME)) == {"2", "3"}


def test_a_drawing_without_a_result_cannot_be_reviewed(space):
    with pytest.raises(WorkspaceError):
        review_of(space, "m", "other.jpg")
