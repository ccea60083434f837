"""Second readers: nothing of the others is in a blind reading; agreement in a case counted by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sunspot_dash.domain.review.blind import SEEN
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.io.images import write_png
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.review.agreement import agreement, agreement_on, is_read_by
from sunspot_dash.services.review.content import review_content
from sunspot_dash.services.review.queue import ALL, Choice, page_of_queue, rows_for_reader
from sunspot_dash.services.review.record import Intent, blind_reading_of, record, review_of
from sunspot_dash.workspace import Workspace
from tests.command_line import run
from tests.services.known import catalogue_with, drawing

SQUARE = np.array([(-2.0, -2), (2, -2), (2, 2), (-2, 2)])
MODEL = drawing("2001-01-01T08:00", [(10, 20), (11, 23), (-15, -30)])  # 2 groups, R = 23
NAME, KEY = MODEL.name, key_of(MODEL.name)


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    space = Workspace(tmp_path / "data").create()
    write_png(space.images / NAME, np.full((1000, 1000), 255, np.uint8))
    return catalogue_with(space, MODEL)


def do(catalogue: Catalogue, person: str, act: Act, *keys: str, **more) -> None:
    record(catalogue.workspace, "m", NAME, Intent(person, act, keys, **more))


def read_blind(catalogue: Catalogue, person: str, *spots: Spot, text: str = "") -> None:
    """Add spots in a blind reading, and finish it."""
    for spot in spots:
        do(catalogue, person, Act.ADD, outlines=[SQUARE + (spot.x, spot.y)], blind=True)
    do(catalogue, person, Act.FINISH, text=text, blind=True)


def seen_by(catalogue: Catalogue, reader: str) -> str:
    """All that the server sends to a blind reader, except the text that changes with every gesture."""
    content = review_content(catalogue, "m", KEY, reader)
    rows, _ = page_of_queue(catalogue, Choice("m", state=ALL), (0, 9))
    return json.dumps([content | {"state": ""}, rows_for_reader(catalogue, rows, reader)], sort_keys=True)


def test_a_blind_reader_is_sent_nothing_of_the_model_or_of_others(catalogue):
    space = catalogue.workspace
    before = seen_by(catalogue, "Bea")
    assert json.loads(before)[0]["spots"] == [] and json.loads(before)[0]["blind"]
    do(catalogue, "Ada", Act.REJECT, "1")
    do(catalogue, "Ada", Act.ADD, outlines=[SQUARE + 480])
    do(catalogue, "Ada", Act.FINISH)
    do(catalogue, "Cid", Act.REOPEN)
    read_blind(catalogue, "Cid", MODEL.spots[0])
    Indexer(catalogue).refresh()
    assert seen_by(catalogue, "Bea") == before
    # Another result of the model changes nothing either, nor do the observers' totals.
    (space.references / "observers-a.csv").write_text(f"file,groups,spots\n{NAME},3,17\n")
    assert review_content(catalogue, "m", KEY)["observed"]["spots"] == 17
    assert seen_by(catalogue, "Bea") == before
    other = drawing("2001-01-01T08:00", [(-20, 5)])
    catalogue_with(space, other)
    assert seen_by(catalogue, "Bea") == before
    # Their own gestures are there, and those of the review are not.
    do(catalogue, "Bea", Act.ADD, outlines=[SQUARE + 520], blind=True)
    found = json.loads(seen_by(catalogue, "Bea"))[0]
    assert [(spot["x"], spot["by"]) for spot in found["spots"]] == [(520, "Bea")]
    assert [one["act"] for one in found["gestures"]] == ["add"]
    assert len(review_content(catalogue, "m", KEY)["gestures"]) == 4
    assert 520 not in [spot.x for spot in review_of(space, "m", NAME).counted()]


def test_a_blind_gesture_cannot_reach_the_spots_of_others(catalogue):
    with pytest.raises(Exception, match="no spot '1'"):
        do(catalogue, "Bea", Act.REJECT, "1", blind=True)
    do(catalogue, "Ada", Act.ADD, outlines=[SQUARE + 480], id="gada1")
    with pytest.raises(Exception, match="no spot 'gada1'"):
        do(catalogue, "Bea", Act.REJECT, "gada1", blind=True)
    assert not blind_reading_of(catalogue.workspace, "m", NAME, " Bea ").spots


def test_readers_and_model_are_compared(catalogue):
    """Ada's review has 2 of the model's 3 spots in 1 group; Bea finds the first of them, and another one."""
    assert agreement(catalogue, "m").drawings == [] and not agreement_on(catalogue, "m", KEY).pairs
    do(catalogue, "Ada", Act.REJECT, "3")
    do(catalogue, "Ada", Act.FINISH)
    elsewhere = drawing("2001-01-01T08:00", [(-20, 5)]).spots[0]
    do(catalogue, "Bea", Act.ADD, outlines=[SQUARE + (elsewhere.x, elsewhere.y)], blind=True)
    assert not is_read_by(catalogue.workspace, NAME, "Bea")
    read_blind(catalogue, "Bea", MODEL.spots[0])
    assert is_read_by(catalogue.workspace, NAME, "Bea") and not is_read_by(catalogue.workspace, NAME, "Ada")
    found = agreement_on(catalogue, "m", KEY)
    pairs = {(pair.one, pair.other): pair for pair in found.pairs}
    assert list(pairs) == [
        ("Ada (review)", "Bea (blind)"),
        ("Ada (review)", "model m"),
        ("Bea (blind)", "model m"),
    ]
    assert [pair.f1 for pair in found.pairs] == pytest.approx([2 / 4, 4 / 5, 2 / 5])
    ada, bea = pairs["Ada (review)", "Bea (blind)"].counts
    assert (ada, bea) == ((2, 1, 12), (2, 2, 22)) and found.remarks == []
    assert pairs["Bea (blind)", "model m"].counts[1] == (3, 2, 23)
    Indexer(catalogue).refresh()
    assert [pair.drawings for pair in agreement(catalogue, "m").pooled] == [1, 1, 1]
    at = ["--model", "m", "--workspace", catalogue.workspace.root]
    printed = run("agreement", *at).stdout
    assert "Ada (review)            Bea (blind)" in printed and "12 / 22" in printed
    assert json.loads(run("agreement", *at, "--json").stdout)["pooled"][0]["drawings"] == 1
    assert run("agreement", *at, "--from", "2002-01-01").code == 1


def test_a_reading_that_is_not_independent_is_kept_apart(catalogue):
    do(catalogue, "Bea", Act.ACCEPT, "1")
    assert "had reviewed" in review_content(catalogue, "m", KEY, "Bea")["remarks"][0]
    read_blind(catalogue, "Bea", *MODEL.spots)
    read_blind(catalogue, "Cid", *MODEL.spots, text=SEEN)
    found = agreement_on(catalogue, "m", KEY)
    assert {pair.one for pair in found.pairs} == {"Bea (not independent)", "Cid (not independent)"}
    assert [text.split(":")[0] for text in found.remarks] == ["Bea", "Cid"]


def test_a_finished_reading_is_opened_again(catalogue):
    read_blind(catalogue, "Bea", MODEL.spots[0])
    do(catalogue, "Bea", Act.REOPEN, blind=True)
    assert not agreement_on(catalogue, "m", KEY).pairs
    read_blind(catalogue, "Bea")
    found = agreement_on(catalogue, "m", KEY)
    assert found.pairs[0].one == "Bea (not independent)" and "opened again" in found.remarks[0]
