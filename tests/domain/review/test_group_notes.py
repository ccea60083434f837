"""Notes on groups: as text and back, checked, and by majority of the spots of a group."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.review.group_notes import NOTHING, GroupNote, of_group

from .test_replay import Journal

DSO = GroupNote("D", "Dso", "12", "13825")


def test_a_note_is_a_text_and_back():
    assert GroupNote.read(DSO.text) == DSO
    assert NOTHING.text == "" and GroupNote.read("") == NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "D",
        "[]",
        '{"zurich":"I"}',
        '{"zurich":"D","mcintosh":"Eso"}',
        '{"size":"3"}',
        '{"number":3}',
        '{"number":"' + "9" * 99 + '"}',
    ],
)
def test_what_is_no_note_is_rejected(text):
    with pytest.raises(ValueError):
        GroupNote.read(text)


def test_the_note_of_most_spots_is_that_of_the_group():
    assert of_group([NOTHING, DSO, GroupNote("C"), DSO]) == DSO
    assert of_group([NOTHING, NOTHING]) == NOTHING


def test_the_last_note_counts_and_can_be_undone():
    journal = Journal()
    journal.add(Act.DESCRIBE, "1", "2", text=GroupNote("C").text)
    last = journal.add(Act.DESCRIBE, "1", "2", text=DSO.text)
    assert [spot.note for spot in journal.drawing().spots][:2] == [DSO, DSO]
    journal.add(Act.UNDO, text=last.id)
    assert journal.drawing().spots[0].note == GroupNote("C")


def test_a_note_leaves_the_decision_on_a_spot_alone():
    journal = Journal()
    journal.add(Act.REJECT, "1")
    journal.add(Act.DESCRIBE, "1", "2", by="Ben", text=DSO.text)
    rejected = journal.drawing().spots[0]
    assert (rejected.state, rejected.by, rejected.note) == ("rejected", "Ada", DSO)
    assert journal.drawing().disputes == ()


def test_different_notes_of_two_people_are_one_dispute():
    journal = Journal()
    journal.add(Act.DESCRIBE, "1", "2", text=GroupNote("C").text)
    journal.add(Act.DESCRIBE, "1", "2", by="Ben", text=DSO.text)
    (dispute,) = journal.drawing().disputes
    assert (dispute.earlier.by, dispute.later.by) == ("Ada", "Ben")


def test_a_damaged_note_is_lost_alone():
    journal = Journal()
    journal.add(Act.DESCRIBE, "1", text="{")
    drawing = journal.drawing()
    assert [gesture.act for gesture, _ in drawing.lost] == [Act.DESCRIBE] and drawing.spots[0].note == NOTHING
