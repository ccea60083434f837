"""Spot counts over time: means with a known answer, one trace per model."""

from __future__ import annotations

import pytest

from sunspot_dash.figures.spot_counts import (
    AUTO,
    BINS,
    MANY,
    binned,
    count_series,
    counts_figure,
    show_period,
    shown_bin,
)
from sunspot_dash.figures.time_series import MOST_POINTS

TIMES = [
    f"{2000 + month // 12}-{month % 12 + 1:02}-{day} 10:00" for month in range(14) for day in ("03", "09")
]
COUNTS = [count for month in range(14) for count in (month, month + 2)]


def test_means_by_day_and_by_month():
    assert binned(TIMES, COUNTS, "day")[1] == COUNTS
    dates, means = binned(TIMES, COUNTS, "month")
    assert dates[0] == "2000-01-15" and means == [month + 1 for month in range(14)]


def test_a_month_is_the_mean_of_its_days():
    times = ["2000-01-03 08:00", "2000-01-03 15:00", "2000-01-09 "]  # the last at an unknown time of day
    assert binned(times, [2, 4, 9], "day") == (["2000-01-03", "2000-01-09"], [3, 9])
    assert binned(times, [2, 4, 9], "month") == (["2000-01-15"], [6])


def test_the_smoothed_mean_needs_all_its_months():
    dates, means = binned(TIMES, COUNTS, "smoothed")
    assert dates == ["2000-07-15", "2000-08-15"] and means == pytest.approx([7, 8])
    assert binned(TIMES[:20], COUNTS[:20], "smoothed") == ([], [])
    assert binned([], [], "smoothed") == ([], [])


def test_too_many_drawings_are_shown_by_month():
    assert shown_bin("drawing", MOST_POINTS) == "drawing"
    assert shown_bin("drawing", MOST_POINTS + 1) == "month"
    assert shown_bin("day", MOST_POINTS + 1) == "month"
    assert shown_bin("smoothed", MOST_POINTS + 1) == "smoothed"


@pytest.mark.parametrize("bin_name", [name for name in BINS if name != AUTO])
def test_models_differ_in_colour_and_symbol(bin_name):
    keys = [str(number) for number in range(len(TIMES))]
    series = [count_series(model, TIMES, COUNTS, keys, bin_name) for model in ("a", "b")]
    figure = counts_figure(series, bin_name, "dark")
    assert [trace.name for trace in figure.data] == ["a", "b"]
    assert len({trace.marker.color for trace in figure.data}) == 2
    assert len({trace.marker.symbol for trace in figure.data}) == 2
    assert figure.layout.annotations[0].text.count("<b") == 2 and not figure.layout.showlegend
    assert any(figure.data[0].customdata or ()) == (bin_name == "drawing")  # a mean opens no drawing


def test_a_long_series_is_first_shown_by_month_with_smoothed_means_over_it():
    assert (shown_bin(AUTO, MANY), shown_bin(AUTO, MANY + 1), shown_bin(AUTO, 1, "day")) == (
        "drawing",
        "month",
        "day",
    )
    month, smooth = (count_series("a", TIMES, COUNTS, TIMES, name, "model") for name in ("month", "smoothed"))
    thin, strong = counts_figure([month], "month", "light", smooth=[smooth]).data
    assert thin.line.width < strong.line.width and thin.line.color == strong.line.color
    assert thin.mode == strong.mode == "lines"


def test_a_single_day_has_a_whole_day_on_its_axis():
    figure = counts_figure(
        [count_series("a", ["2001-01-03 14:34"], [46], ["k"], "drawing")], "drawing", "light"
    )
    assert figure.layout.xaxis.range == ("2001-01-03", "2001-01-04")
    assert all(
        "%f" not in stop.value and "%L" not in stop.value for stop in figure.layout.xaxis.tickformatstops
    )
    assert "%{y:.4~g} spots" in figure.data[0].hovertemplate  # 46, not 46.00


def test_a_period_zooms_and_the_slider_keeps_the_whole_range():
    figure = counts_figure([count_series("a", TIMES, COUNTS, TIMES, "drawing")], "drawing", "light")
    show_period(figure, ("2000-03-01", ""), (TIMES[0], TIMES[-1]))
    assert figure.layout.xaxis.range == ("2000-03-01", TIMES[-1])
    assert figure.layout.xaxis.rangeslider.range == (TIMES[0], TIMES[-1])
    highest = max(count for time, count in zip(TIMES, COUNTS, strict=True) if time >= "2000-03-01")
    assert figure.layout.yaxis.range == pytest.approx((0, 1.05 * highest))


def test_counts_with_an_interval_have_error_bars():
    errors = [2.0, None, 1.0], [3.0, None, 1.5]
    shown = count_series("a", TIMES[:3], COUNTS[:3], TIMES[:3], "drawing", "model", errors)
    bars = counts_figure([shown], "drawing", "light").data[0].error_y
    assert list(bars.array) == errors[1] and list(bars.arrayminus) == errors[0] and bars.symmetric is False
    without = count_series("a", TIMES[:3], COUNTS[:3], TIMES[:3], "drawing")
    assert counts_figure([without], "drawing", "light").data[0].error_y.array is None
