"""Manual corrections of a drawing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.errors import ParameterError
from sunspot_dash.services.dataset.corrections import circle_of, parse_correction

FITTED = Disk(500.04, 400.06, 300.02, 0.8)


def enter(date="", circle=(None, None, None), fitted=FITTED):
    values = (date, "", "archive", "archive", None, *circle)
    return parse_correction(values, "usd195601010900.png", (1000, 800), lambda: fitted)


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
