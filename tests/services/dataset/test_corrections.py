"""Manual corrections of a drawing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.errors import ConflictError, ParameterError
from sunspot_dash.io.corrections import last_change
from sunspot_dash.services.dataset.corrections import (
    circle_of,
    correct,
    correction_of,
    correction_state,
    form_values,
    parse_correction,
    undo_correction,
)
from sunspot_dash.workspace import Workspace

NAME = "usd195601010900.png"
FITTED = Disk(500.04, 400.06, 300.02, 0.8)


def enter(date="", circle=(None, None, None), fitted=FITTED):
    values = (date, "", "archive", "archive", None, *circle, "")
    return parse_correction(values, NAME, (1000, 800), lambda: fitted)


@pytest.mark.parametrize("date", ["1600-01-01", "1609-12-31", "2199-01-01", "9999-12-31"])
def test_a_date_before_the_telescope_or_in_the_future_is_rejected(date):
    with pytest.raises(ParameterError, match=f"{date}: enter a date from 1610-01-01 to today"):
        enter(date)


def test_the_first_and_the_last_date_can_be_set():
    for date in ("1610-01-01", f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"):
        assert enter(date).date == date


def test_an_unchanged_limb_remains_the_fitted_one():
    shown = circle_of(FITTED)
    assert shown == (500.0, 400.1, 300.0)
    assert enter(circle=shown) == NONE
    moved = enter(circle=(501.0, *shown[1:])).disk
    assert moved.by_hand and circle_of(moved) == (501.0, 400.1, 300.0)
    assert enter(circle=circle_of(moved), fitted=moved).disk == moved  # a limb set by hand remains, too


def test_a_limb_of_two_values_is_rejected():
    with pytest.raises(ParameterError, match="needs all three"):
        enter(circle=(500.0, None, 300.0))


def test_the_form_shows_what_was_entered():
    by_hand = Disk(500.0, 400.0, 300.0, 1.0, by_hand=True)
    entered = Correction("1956-01-02", "10:00", by_hand, True, -2.5, "solar", "Smith")
    assert parse_correction(form_values(entered, by_hand), NAME, (1000, 800), lambda: by_hand) == entered
    assert parse_correction(form_values(NONE, FITTED), NAME, (1000, 800), lambda: FITTED) == NONE
    with pytest.raises(ParameterError, match="up to 80 letters"):
        parse_correction((*form_values(NONE, None)[:-1], "x" * 81), NAME, (1000, 800), lambda: None)


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def test_every_change_is_logged_and_the_last_one_can_be_undone(space):
    first, second = Correction("1956-01-02", observer="Smith"), Correction("1956-01-03", tilt_deg=1.5)
    assert correct(space, NAME, first, "Ada") == NONE
    assert correct(space, NAME, second, "Bea") == first
    last = last_change(space.corrections_log, NAME)
    assert (last.by, last.before, last.after) == ("Bea", first, second)
    assert undo_correction(space, NAME, "Bea", correction_state(second)) == (second, first)
    assert correction_of(space, NAME) == first
    correct(space, "other.png", second, "Ada")
    assert undo_correction(space, NAME, "Ada", "") == (first, second)  # of the undo itself
    assert len(space.corrections_log.read_text().splitlines()) == 5
    correct(space, NAME, second, "Ada")  # changes nothing
    assert len(space.corrections_log.read_text().splitlines()) == 5
    with space.corrections_log.open("a") as log:
        log.write(f'{{"name": "{NAME}", "aft')  # killed while it wrote
    assert last_change(space.corrections_log, NAME).after == second
    correct(space, NAME, NONE, "Ada")
    assert last_change(space.corrections_log, NAME).after == NONE
    space.corrections_log.unlink()
    with pytest.raises(ParameterError, match="can be undone"):
        undo_correction(space, NAME, "Ada", "")


def test_a_change_that_the_person_has_not_seen_is_not_overwritten(space):
    opened = correction_state(correction_of(space, NAME))
    correct(space, NAME, Correction("1956-01-02"), "Ada", opened)
    with pytest.raises(ConflictError, match=r"Ada has corrected this drawing at .* UT, after you opened it"):
        correct(space, NAME, Correction("1956-01-03"), "Bea", opened)
    with pytest.raises(ConflictError):
        undo_correction(space, NAME, "Bea", opened)
    assert correction_of(space, NAME).date == "1956-01-02"
