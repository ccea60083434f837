"""The thumbnail of spot counts over time."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from sunspot_dash.figures.small_series import HEIGHT, WIDTH, small_series
from sunspot_dash.figures.time_series import MOST_POINTS


def path(picture: str) -> str:
    return next(iter(ElementTree.fromstring(picture))).attrib["d"]


def test_each_drawing_is_a_point():
    picture, caption, dates = small_series(
        ["2001-01-01 09:00", "2001-01-02 ", "2001-01-05 10:00"], [0, 5, 10]
    )
    assert path(picture) == f"M0.0 {HEIGHT:.1f}h0M{WIDTH / 4:.1f} {HEIGHT / 2:.1f}h0M{WIDTH:.1f} 0.0h0"
    assert caption == "up to 10 spots per drawing"
    assert dates == ["2001-01-01", "2001-01-02", "2001-01-03", "2001-01-04", "2001-01-05"]


def test_too_many_drawings_are_a_line_by_month_that_gaps_break():
    days = np.arange("1990-01-01", "2004-01-01", dtype="datetime64[D]")
    days = days[(days < np.datetime64("1995-01-01")) | (days >= np.datetime64("1996-01-01"))]
    assert len(days) > MOST_POINTS
    picture, caption, dates = small_series([f"{day} 09:00" for day in days], [4.0] * len(days))
    assert caption == "up to 4 spots, monthly mean" and (dates[0], dates[-1]) == ("1990", "2003")
    assert path(picture).count("M") == 2 and path(picture).count("L") == 12 * 13 - 2


@pytest.mark.parametrize("counts", [[0], [7]])
def test_a_single_drawing_without_spots_is_drawn(counts):
    picture, _, dates = small_series(["2001-01-01 "], counts)
    assert path(picture).startswith("M0.0 ") and dates == ["2001-01-01"]
