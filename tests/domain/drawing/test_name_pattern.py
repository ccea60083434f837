"""Patterns of file names that contain a date."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.drawing.name_pattern import NamePattern
from sunspot_dash.errors import ParameterError


@pytest.mark.parametrize(
    ("pattern", "name", "when"),
    [
        ("drawing_%Y%m%d_%H%M", "drawing_19570117_0930.tif", ("1957-01-17", "09:30")),
        ("drawing_%Y%m%d_%H%M", "DRAWING_19570117_0930", ("1957-01-17", "09:30")),
        ("drawing_%Y%m%d_%H%M.tif", "drawing_19570117_0930.tif", ("1957-01-17", "09:30")),
        ("%d-%m-%Y", "7-1-1957.png", ("1957-01-07", "")),
        ("%d%m%Y", "07011957.png", ("1957-01-07", "")),
        ("*_%Y.%j*", "scan_b_1957.017_v2.png", ("1957-01-17", "")),
        ("%d %b %Y %Hh", "17 Jan 1957 9h.jpg", ("1957-01-17", "09:00")),
        ("%d %B %Y", "17 january 1957.jpg", ("1957-01-17", "")),
        ("100%%_%Y-%m-%d_%H.%M.%S", "100%_1957-01-17_09.30.59.png", ("1957-01-17", "09:30")),
        (" %Y%m%d ", "19570117.png", ("1957-01-17", "")),
        ("(a)[b]+%Y%m%d", "(a)[b]+19570117.png", ("1957-01-17", "")),
    ],
)
def test_the_date_in_a_name_is_read(pattern, name, when):
    assert NamePattern(pattern).date_and_time(name) == when


@pytest.mark.parametrize(
    "name", ["drawing_1957017_0930.tif", "xdrawing_19570117_0930.tif", "drawing_19570117_0930_b.tif", "", "a"]
)
def test_another_name_has_no_date(name):
    assert NamePattern("drawing_%Y%m%d_%H%M").date_and_time(name) is None


@pytest.mark.parametrize("name", ["19570230.png", "19571301.png", "00000101.png"])
def test_a_date_that_does_not_exist_is_an_error(name):
    with pytest.raises(ValueError):
        NamePattern("%Y%m%d").date_and_time(name)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "does not give a year, a month and a day"),
        ("%Y%m", "does not give a year, a month and a day"),
        ("%m%d", "does not give a year, a month and a day"),
        ("%y%m%d", "%y is not known"),
        ("%Y%m%d%", "% is not known"),
        ("%Y%m%d%Y", "occurs twice"),
        ("%Y%m%d_%M", "a minute without an hour"),
        ("*%Y*%m*%d", "more than 2"),
        ("a" * 201 + "%Y%m%d", "longer than 200"),
    ],
)
def test_a_pattern_that_gives_no_date_is_rejected(pattern, reason):
    with pytest.raises(ParameterError, match=reason):
        NamePattern(pattern)
