"""A reviewed drawing: each gesture, undo, two people, and a result that has changed since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act, Gesture, Reference
from sunspot_dash.domain.review.replay import ReviewedDrawing, State, replay
from sunspot_dash.domain.spots.detections import DrawingResult, Spot

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def square(x: float, y: float, side: float = 10) -> np.ndarray:
    half = side / 2
    return np.array([[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]])


def found(*spots: tuple[float, float, float], model: str = "m", image: str = "i") -> DrawingResult:
    """A result with a square spot at each (x, y, confidence)."""
    made = tuple(Spot.from_outline(square(x, y), confidence) for x, y, confidence in spots)
    return DrawingResult("a.png", 400, 400, Disk(200, 200, 180, 0.9), made, "n", model, image, 0.4, 1.0)


RESULT = found((100, 100, 0.9), (150, 100, 0.8), (200, 100, 0.2))


class Journal:
    """Writes gestures, a second apart, as a person would on a result."""

    def __init__(self, result: DrawingResult = RESULT) -> None:
        self.result = result
        self.gestures: list[Gesture] = []

    def add(self, act: Act, *keys: str, by: str = "Ada", outlines=(), **more) -> Gesture:
        spots = {spot.key: spot.spot for spot in self.drawing().spots}
        if act in (Act.ACCEPT, Act.FINISH):
            outlines = tuple(spots[key].outline for key in keys)
        references = tuple(Reference(key, spots[key].x, spots[key].y) for key in keys)
        number = len(self.gestures) + 1
        made = Gesture(
            f"g{number}", by, NOON + timedelta(seconds=number), act, self.result.model_hash,
            self.result.image_hash, references, tuple(outlines), **more,
        )  # fmt: skip
        self.gestures.append(made)
        return made

    def finish(self, by: str = "Ada") -> Gesture:
        return self.add(Act.FINISH, *[spot.key for spot in self.drawing().spots if spot.counts], by=by)

    def drawing(self, result: DrawingResult | None = None) -> ReviewedDrawing:
        return replay(result or self.result, self.gestures)


def counted(drawing: ReviewedDrawing) -> set[str]:
    return {spot.key for spot in drawing.spots if spot.counts}


def centres(drawing: ReviewedDrawing) -> set[tuple[int, int]]:
    return {(round(spot.x), round(spot.y)) for spot in drawing.counted()}


@pytest.fixture
def journal() -> Journal:
    return Journal()


def test_without_gestures_the_threshold_decides(journal):
    drawing = journal.drawing()
    assert counted(drawing) == {"1", "2"} and not drawing.is_reviewed
    assert [spot.state for spot in drawing.spots] == [State.FOUND, State.FOUND, State.CANDIDATE]
    assert counted(replay(RESULT, [], threshold=0.1)) == {"1", "2", "3"}


def test_accept_and_reject(journal):
    journal.add(Act.REJECT, "1", "2")
    journal.add(Act.ACCEPT, "3")
    drawing = journal.drawing()
    assert counted(drawing) == {"3"} and drawing.spots[0].by == "Ada"
    assert counted(replay(RESULT, journal.gestures, threshold=0.95)) == {"3"}


def test_add_redraw_split_and_merge(journal):
    journal.add(Act.ADD, outlines=[square(300, 300)])
    journal.add(Act.REDRAW, "1", outlines=[square(110, 100, 30)])
    journal.add(Act.SPLIT, "2", outlines=[square(148, 100, 4), square(154, 100, 4)])
    drawing = journal.drawing()
    assert counted(drawing) == {"1", "g1", "g3.1", "g3.2"}
    assert centres(drawing) == {(110, 100), (148, 100), (154, 100), (300, 300)}
    journal.add(Act.MERGE, "g3.1", "g3.2", outlines=[square(151, 100)])
    assert centres(journal.drawing()) == {(110, 100), (151, 100), (300, 300)}


def test_adding_a_spot_over_a_candidate_does_not_leave_both(journal):
    journal.add(Act.ADD, outlines=[square(201, 100)])
    assert {spot.key: spot.state for spot in journal.drawing().spots}["3"] is State.REPLACED
    # A small spot within the outline of a large one that the person sees is another spot.
    large = Journal(found((100, 100, 0.9)))
    large.add(Act.ADD, outlines=[square(97, 97, 2)])
    assert counted(large.drawing()) == {"1", "g1"}


def test_groups_are_names_on_spots(journal):
    journal.add(Act.GROUP, "1", "2", text="A")
    journal.add(Act.GROUP, "2", text="")
    assert [spot.group for spot in journal.drawing().spots] == ["A", "", ""]


def test_undo_and_redo_of_any_gesture(journal):
    journal.add(Act.REJECT, "1")
    split = journal.add(Act.SPLIT, "2", outlines=[square(148, 100, 4), square(154, 100, 4)])
    journal.add(Act.UNDO, text="g1")
    assert counted(journal.drawing()) == {"1", "g2.1", "g2.2"}
    journal.add(Act.UNDO, text=split.id)
    assert counted(journal.drawing()) == {"1", "2"}
    journal.add(Act.REDO, text="g1")
    assert counted(journal.drawing()) == {"2"}


def test_the_order_of_the_journals_does_not_matter(journal):
    journal.add(Act.REJECT, "1")
    journal.add(Act.ACCEPT, "1", by="Bea")
    backwards = replay(RESULT, reversed(journal.gestures))
    assert counted(backwards) == counted(journal.drawing()) == {"1", "2"}


def test_the_later_of_two_contradictory_decisions_counts_and_is_disputed(journal):
    journal.add(Act.REJECT, "1")
    journal.add(Act.REJECT, "1", by="Bea")
    assert not journal.drawing().disputes
    journal.add(Act.ACCEPT, "1", by="Cleo")
    journal.add(Act.REJECT, "2", by="Cleo")
    (dispute,) = journal.drawing().disputes
    assert (dispute.key, dispute.earlier.by, dispute.later.by) == ("1", "Bea", "Cleo")
    assert "1" in counted(journal.drawing())
    journal.add(Act.UNDO, text="g3", by="Cleo")
    assert not journal.drawing().disputes


def test_blind_gestures_never_count(journal):
    journal.add(Act.REJECT, "1", blind=True)
    journal.finish()
    journal.gestures[-1] = replace(journal.gestures[-1], blind=True)
    assert counted(journal.drawing()) == {"1", "2"} and not journal.drawing().is_reviewed


def test_a_finished_drawing_names_who_and_when_until_it_is_reopened(journal):
    finish = journal.finish()
    drawing = journal.drawing()
    assert (drawing.finished_by, drawing.finished_at) == ("Ada", finish.at) and drawing.is_reviewed
    journal.add(Act.REOPEN, by="Bea")
    assert not journal.drawing().is_reviewed and len(journal.drawing().disputes) == 1


def test_a_finished_drawing_keeps_its_spots_whatever_the_threshold_and_the_model(journal):
    journal.add(Act.REJECT, "2")
    journal.add(Act.ADD, outlines=[square(300, 300)])
    journal.finish()
    truth = {(100, 100), (300, 300)}
    assert centres(journal.drawing()) == truth
    for threshold in (0.1, 0.95):
        assert centres(replay(RESULT, journal.gestures, threshold=threshold)) == truth
    for other in (
        found(model="n"),
        found((101, 99, 0.9), (150, 100, 0.9), (301, 300, 0.9), (250, 250, 0.9), model="n"),
    ):
        drawing = journal.drawing(other)
        assert centres(drawing) == truth and not drawing.lost, other.spots
        outlines = sorted(spot.outline.tolist() for spot in drawing.counted())
        assert outlines == sorted([square(100, 100).tolist(), square(300, 300).tolist()])


def test_an_unfinished_review_is_re_attached_to_a_new_result_by_place(journal):
    journal.add(Act.REJECT, "1")
    journal.add(Act.ACCEPT, "3")
    journal.add(Act.ADD, outlines=[square(300, 300)])
    journal.add(Act.GROUP, "2", text="A")
    # The numbers have changed, one spot has moved, and the model finds what was added, and one spot more.
    new = found((302, 299, 0.7), (250, 250, 0.6), (152, 101, 0.9), (103, 100, 0.9), model="n")
    drawing = journal.drawing(new)
    assert centres(drawing) == {(250, 250), (152, 101), (300, 300), (200, 100)}
    assert {spot.key: spot.group for spot in drawing.spots}["3"] == "A" and not drawing.lost


def test_what_no_longer_fits_is_listed(journal):
    journal.add(Act.REDRAW, "2", outlines=[square(150, 104)])
    journal.add(Act.GROUP, "1", text="A")
    journal.add(Act.REJECT, "2")
    drawing = journal.drawing(found((10, 10, 0.9), model="n"))
    # A rejected spot that is not found any more needs no decision.
    assert [gesture.act for gesture, _ in drawing.lost] == [Act.REDRAW, Act.GROUP]
    assert drawing.lost[1][1][0].key == "1"


def test_gestures_on_another_scan_are_listed_and_not_applied(journal):
    journal.add(Act.REJECT, "1")
    drawing = journal.drawing(found((100, 100, 0.9), image="j"))
    assert counted(drawing) == {"1"} and len(drawing.lost) == 1
