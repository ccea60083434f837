"""Sunspot numbers over time and compared with a reference series."""

from __future__ import annotations

import numpy as np

from sunspot_dash.figures.sunspot_number import Pair, in_bin, number_figure, reference_figure, scatter_figure
from sunspot_dash.figures.time_series import MOST_POINTS, TimeSeries


def test_a_gap_in_the_observations_is_a_gap_in_the_line():
    line = TimeSeries("m", ["2001-01", "2001-02", "2001-04"], [1, 2, 3], [4, 5, 6])
    trace = number_figure([line], "light").data[0]
    assert list(trace.x) == ["2001-01-15", "2001-02-15", "2001-04-15", "2001-04-15"]
    assert list(trace.y) == [1, 2, None, 3] and trace.connectgaps is False
    assert not number_figure([], "light").data
    number_figure([TimeSeries("m", [], [], [])], "dark").to_json()


def test_a_reference_has_the_difference_below():
    ours = TimeSeries("ours", ["2001-01-01", "2001-01-02"], [10, 20], [1, 1])
    theirs = TimeSeries("SILSO", ours.times, [12, 15], [1, 1])
    figure = reference_figure(Pair(ours, theirs), "light")
    assert list(figure.data[2].y) == [-2, 5] and figure.layout.yaxis2.title.text == "difference"


def test_more_days_than_can_be_distinguished_are_compared_by_month():
    days = np.arange("2001-01-01", "2013-01-01", dtype="datetime64[D]").astype(str).tolist()
    ours = TimeSeries("ours", days, [20.0] * len(days), [1] * len(days), days)
    theirs = TimeSeries("SILSO", days, [12.0] * len(days), [1] * len(days))
    assert len(days) > MOST_POINTS
    first, second, off = reference_figure(in_bin(Pair(ours, theirs), "day"), "light").data
    assert first.name == "ours, monthly means of the common days" and second.name.startswith("SILSO, monthly")
    assert len(first.x) == len(off.x) == 144 and set(first.y) == {20} and set(off.y) == {8}


def test_a_comparison_follows_the_chosen_bin_and_one_is_drawn_against_the_other():
    days = np.arange("2001-01-01", "2003-01-01", dtype="datetime64[D]").astype(str).tolist()
    ours = TimeSeries("ours", days, np.arange(len(days), dtype=float).tolist(), [1] * len(days), days)
    pair = Pair(ours, TimeSeries("SILSO", days, [12.0] * len(days), [1] * len(days)))
    lengths = {name: len(in_bin(pair, name).model.times) for name in ("drawing", "day", "auto", "month")}
    assert lengths == {"drawing": len(days), "day": len(days), "auto": 24, "month": 24}
    assert len(in_bin(pair, "smoothed").reference.times) == 12  # 6 months are lost at each end
    monthly = in_bin(pair, "month")
    assert in_bin(monthly, "day") == monthly  # months are not split
    points = scatter_figure(monthly, "light").data[0]
    assert points.x[0] == 12 and points.y[0] == 15 and points.text[0] == "2001-01"
    short = Pair(*(TimeSeries(one.name, one.times[:9], one.values[:9]) for one in pair))
    assert not reference_figure(in_bin(short, "smoothed"), "light").data


def test_a_point_opens_its_drawing_and_its_hover_text_says_how_many_observations_it_averages():
    trace = number_figure(
        [TimeSeries("m", ["2001-01-01", "2001-01-09"], [1, 2], [4, 5], ["a", "b"])], "light"
    ).data[0]
    assert list(trace.customdata) == ["a", "", "b"] and list(trace.text) == ["4", "0", "5"]
    assert trace.mode == "markers" and "%{text}" in trace.hovertemplate
