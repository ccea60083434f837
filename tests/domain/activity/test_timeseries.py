"""Means, smoothing and comparison, on series with a known answer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sunspot_dash.domain.activity.timeseries import (
    Means,
    common,
    compare,
    daily,
    mean_error,
    monthly,
    smoothed,
)


def days(first: str, count: int) -> np.ndarray:
    return np.datetime64(first, "D") + np.arange(count)


def series(dates, values) -> Means:
    return Means(dates, np.asarray(values, float), np.ones(len(dates), int))


def test_a_day_is_the_mean_of_its_drawings():
    times = np.array(["2000-01-02T08:00", "2000-01-01T09:00", "2000-01-02T15:30", "NaT"], "datetime64[m]")
    means = daily(times, [10, 7, 20, 99])
    assert means.dates.astype(str).tolist() == ["2000-01-01", "2000-01-02"]
    assert means.values.tolist() == [7, 15] and means.n.tolist() == [1, 2]
    assert daily(times[:1], [np.nan]).values.tolist() == [] and daily([], []).n.tolist() == []
    with pytest.raises(ValueError, match="4 dates, but 1"):
        daily(times, [1])


def test_a_month_is_the_mean_of_its_days_not_of_its_drawings():
    times = np.array(["2000-01-01", "2000-01-01", "2000-01-01", "2000-01-20", "2000-03-05"], "datetime64[D]")
    by_day = daily(times, [1, 2, 3, 8, 4])
    means = monthly(by_day.dates, by_day.values)
    assert means.dates.astype(str).tolist() == ["2000-01", "2000-03"]  # February is a gap, not 0
    assert means.values.tolist() == [5, 4] and means.n.tolist() == [2, 1]
    with pytest.raises(ValueError, match="more than once"):
        monthly(times, np.ones(5))


def test_errors_of_means_shrink_with_the_number_of_values_and_are_unknown_where_one_is():
    days = np.array(["2001-01-02", "2001-01-01", "2001-01-02", "2001-01-03"], "datetime64[D]")
    assert mean_error(days, np.array([3.0, 2.0, 4.0, np.nan])) == pytest.approx([2, 2.5, np.nan], nan_ok=True)
    assert mean_error(days[:0], np.zeros(0)).tolist() == []


def test_smoothing_keeps_a_line_and_removes_a_yearly_cycle():
    months = np.datetime64("1950-03", "M") + np.arange(40)
    line = 3 + 2 * np.arange(40)
    wave = np.sin(2 * np.pi * np.arange(40) / 12)
    smooth = smoothed(months, line + wave)
    assert smooth.dates.tolist() == months[6:-6].tolist() and smooth.values == pytest.approx(line[6:-6])
    assert set(smooth.n.tolist()) == {13}


def test_smoothing_needs_every_month():
    months = np.datetime64("1950-01", "M") + np.arange(40)
    kept = np.arange(40) != 20
    assert (
        smoothed(months[kept], np.ones(39)).dates.tolist() == months[[*range(6, 14), *range(27, 34)]].tolist()
    )
    gap = np.where(kept, 1.0, np.nan)
    assert smoothed(months, gap).dates.tolist() == smoothed(months[kept], np.ones(39)).dates.tolist()
    assert len(smoothed(months[:12], np.ones(12)).dates) == 0 and len(smoothed([], []).dates) == 0


def test_common_days():
    ours = series(days("2000-01-01", 4), [1, 2, np.nan, 4])
    theirs = series(days("2000-01-02", 4), [20, 30, 40, 50])
    dates, x, y = common(ours, theirs)
    assert dates.astype(str).tolist() == ["2000-01-02", "2000-01-04"]
    assert x.tolist() == [2, 4] and y.tolist() == [20, 40]


def test_the_scale_factor_and_its_uncertainty():
    random = np.random.default_rng(1)
    dates = days("1990-01-01", 3650)
    truth = 60 + 50 * np.sin(np.arange(3650) / 600)
    ours = truth / 0.6 * random.normal(1, 0.1, 3650)
    found = compare(series(dates, ours), series(dates, truth))
    assert found.k is not None and found.k.value == pytest.approx(0.6, abs=0.003)
    assert found.k.low < 0.6 < found.k.high and 0.0005 < found.k.sigma < 0.003
    assert found.months == 120 and found.r > 0.98 and found.mae == pytest.approx(0.08, abs=0.01)
    assert found.residual == pytest.approx(found.k.value * ours - truth)
    assert found.drift_per_year.low < 0 < found.drift_per_year.high
    assert compare(series(dates, ours), series(dates, truth)).k == found.k  # reproducible


def test_the_uncertainty_has_the_stated_coverage():
    random = np.random.default_rng(2)
    dates = days("1990-01-01", 24 * 30)
    month = np.unique(dates.astype("datetime64[M]"), return_inverse=True)[1]
    inside = 0
    for trial in range(100):
        # Days of one month share an error; treating them as independent would underestimate the uncertainty.
        shared = random.normal(1, 0.2, month.max() + 1)[month]
        found = compare(series(dates, 100 * shared), series(dates, np.full(len(dates), 100.0)), 200, trial)
        inside += found.k.low < 1 < found.k.high
    assert inside >= 86


def test_the_drift():
    dates = days("1990-01-01", 3650)
    years = np.arange(3650) / 365.25
    truth = 100 + 20 * np.sin(np.arange(3650) / 100)
    noise = np.random.default_rng(0).normal(0, 5, 3650)
    found = compare(series(dates, truth + 2 * years - 2 * years.mean() + noise), series(dates, truth))
    assert found.drift_per_year.value == pytest.approx(2, abs=0.15)
    assert found.drift_per_year.low < 2 < found.drift_per_year.high


def test_months_are_compared_only_with_months():
    months = np.datetime64("1990-01", "M") + np.arange(120)
    truth = 50 + 40 * np.sin(np.arange(120) / 20)
    found = compare(series(months, 2 * truth), series(months, truth))
    assert found.k.value == pytest.approx(0.5) and found.months == 120 and found.mae == pytest.approx(0)
    flat = series(months, np.full(120, 100.0))
    rising = compare(series(months, 100 + np.arange(120) / 12), flat)
    assert rising.drift_per_year.value == pytest.approx(rising.k.value, abs=0.002)
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(series(days("1990-01-01", 3), [1, 2, 3]), flat)


def test_too_few_dates_give_none():
    nothing = compare(series(days("2000-01-01", 3), [1, 2, 3]), series(days("2001-01-01", 3), [1, 2, 3]))
    assert (nothing.k, nothing.r, nothing.mae, nothing.drift_per_year, nothing.months) == (None,) * 4 + (0,)
    one = compare(series(days("2000-01-01", 3), [1, 2, 3]), series(days("2000-01-01", 3), [2, 4, 6]))
    assert one.k.value == 2 and one.k.sigma is None and one.drift_per_year is None and one.mae == 0
    day = compare(series(days("2000-01-01", 1), [3]), series(days("2000-01-01", 1), [6]))
    assert day.k.value == 2 and day.mae is None
    days_of_two_months = compare(
        series(days("2000-01-28", 9), np.arange(9.0)), series(days("2000-01-28", 9), np.arange(9.0) * 2)
    )
    assert days_of_two_months.months == 2 and days_of_two_months.drift_per_year is None
    blank = compare(series(days("2000-01-01", 2), [0, 0]), series(days("2000-01-01", 2), [0, 5]))
    assert blank.k is None and blank.residual.tolist() == [0, -5]


def loop_means(dates, values) -> dict:
    """Means by date in plain Python: {date: (mean, number of values)}."""
    found: dict = {}
    for date, value in zip(dates.tolist(), values.tolist(), strict=True):
        if date is not None and not math.isnan(value):
            found.setdefault(date, []).append(value)
    return {date: (math.fsum(some) / len(some), len(some)) for date, some in sorted(found.items())}


def as_dict(means: Means) -> dict:
    return dict(
        zip(means.dates.tolist(), zip(means.values.tolist(), means.n.tolist(), strict=True), strict=True)
    )


def same(found: Means, expected: dict) -> None:
    assert list(as_dict(found)) == list(expected)
    assert found.values == pytest.approx([value for value, _ in expected.values()], rel=1e-12, abs=1e-10)
    assert found.n.tolist() == [n for _, n in expected.values()] and found.n.dtype == np.int64


@pytest.mark.parametrize("seed", range(12))
def test_series_equal_those_of_a_plain_loop(seed):
    random = np.random.default_rng(seed)
    # Drawings of a dozen years in any order, with whole months missing, some undated and some not counted.
    days_of = random.integers(0, 4400, 3000)
    times = np.datetime64("1822-05-17T00:00", "m") + days_of * 1440 + random.integers(0, 1440, len(days_of))
    lost = times[0].astype("datetime64[Y]").astype("datetime64[M]") + random.integers(0, 12, 2)
    times = times[~np.isin(times.astype("datetime64[M]"), np.append(lost, np.datetime64("1828-07", "M")))]
    values = np.where(random.random(len(times)) < 0.05, np.nan, random.integers(0, 300, len(times)) / 3)
    times[random.random(len(times)) < 0.02] = np.datetime64("NaT")

    by_day = daily(times, values)
    same(by_day, loop_means(times.astype("datetime64[D]"), values))
    by_month = monthly(by_day.dates, by_day.values)
    same(by_month, loop_means(by_day.dates.astype("datetime64[M]"), by_day.values))
    assert by_month.dates.dtype == "datetime64[M]" and by_day.dates.dtype == "datetime64[D]"

    months = {12 * month.year + month.month: value for month, (value, _) in as_dict(by_month).items()}
    expected = {}
    for month in months:
        around = [months.get(month + shift) for shift in range(-6, 7)]
        if None not in around:
            weights = [0.5, *[1.0] * 11, 0.5]
            sums = math.fsum(weight * value for weight, value in zip(weights, around, strict=True))
            expected[month] = (sums / 12, 13)
    smooth = smoothed(by_month.dates, by_month.values)
    assert 0 < len(expected) < len(months) - 12  # smoothing loses more months in gaps than at the ends
    found = {12 * month.year + month.month: mean for month, mean in as_dict(smooth).items()}
    assert found == {month: pytest.approx(mean, rel=1e-12, abs=1e-10) for month, mean in expected.items()}
    backwards = smoothed(by_month.dates[::-1], by_month.values[::-1])
    assert np.array_equal(backwards.dates, smooth.dates) and np.array_equal(backwards.values, smooth.values)


def test_a_quiet_year_after_a_busy_one_is_exactly_zero():
    months = np.datetime64("1950-01", "M") + np.arange(60)
    smooth = smoothed(months, np.where(np.arange(60) < 30, 100 + np.arange(60) / 3, 0))
    assert not smooth.values[smooth.dates >= months[36]].any()


def test_a_long_time_span_costs_nothing():
    dates = np.array(["0001-01-01", "9999-12-31"], "datetime64[D]")
    assert daily(dates, [1, 2]).dates.tolist() == dates.tolist()
    assert monthly(dates, [1, 2]).dates.astype(str).tolist() == ["0001-01", "9999-12"]
    assert not len(smoothed(dates, [1, 2]).dates)
