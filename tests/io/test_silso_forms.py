"""A form is recognised by columns and values, whatever separates them."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.timeseries import smoothed
from sunspot_dash.errors import SeriesError
from sunspot_dash.io.silso import parse_silso, read_silso
from sunspot_dash.io.silso_forms import FORMS
from tests.io.test_silso import FILES

MONTHS = np.arange("1990-01", "2000-01", dtype="datetime64[M]")


def months(dates: np.ndarray, values: np.ndarray) -> bytes:
    return "\n".join(
        f"{date.replace('-', ';')};1990.5;{value:.1f};-1.0;-1;1"
        for date, value in zip(dates.astype(str), values, strict=True)
    ).encode()


def cycle() -> np.ndarray:
    """Return made-up monthly means: a solar cycle with the scatter of real ones."""
    random = np.random.default_rng(1)
    level = 90 + 80 * np.sin(2 * np.pi * np.arange(120) / 132)
    return np.maximum(level + random.normal(0, 15, 120), 0)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("form", FORMS)
def test_the_separator_does_not_decide(form, separator):
    text = FILES[form].replace("," if form == "estimated" else ";", separator)
    assert parse_silso(text.encode(), "x.csv").form == form


def test_a_daily_file_with_commas_is_not_estimated():
    daily = parse_silso(b"2001,01,01,2001.001,90,5.0,12,1\n2001,01,02,2001.004,91,5.0,14,0\n", "x.csv")
    assert (daily.form, daily.certain) == ("daily", True) and daily.definitive.tolist() == [True, False]
    unclear = parse_silso(b"2001,01,01,2001.001,90,5.0,1,1\n", "x.csv")
    assert not unclear.certain and parse_silso(b"2001,01,01,2001.001,90,5.0,1,1\n", "x.csv", "daily").certain


def test_smoothed_values_are_told_from_monthly_means():
    values = cycle()
    smooth = smoothed(MONTHS, values)
    for dates, numbers, form in ((MONTHS, values, "monthly"), (smooth.dates, smooth.values, "smoothed")):
        for start in range(0, len(dates) - 36, 6):
            part = slice(start, start + 36)
            series = parse_silso(months(dates[part], numbers[part]), "x.csv")
            assert (series.form, series.certain) == (form, True), (form, start)
    assert not parse_silso(months(MONTHS[:18], values[:18]), "x.csv").certain
    assert parse_silso(months(MONTHS[:3], values[:3]), "x.csv").form == "monthly"


def test_the_smoothed_series_of_a_user_is_recognised(shared):
    series = read_silso(shared.parent / "cases" / "SN_ms_tot_V2.0.csv")
    assert (series.form, series.certain) == ("smoothed", True)
    assert len(series.means.dates) == 18 and series.means.values[0] == 94


def test_silsos_monthly_means_and_their_smoothing_are_told_apart_in_every_three_years(shared):
    means = read_silso(shared.parent / "silso" / "SN_m_tot_V2.0.csv").means
    smooth = smoothed(means.dates, means.values)
    for dates, values, form in (
        (means.dates, means.values, "monthly"),
        (smooth.dates, smooth.values, "smoothed"),
    ):
        for start in range(0, len(dates) - 36, 60):
            part = slice(start, start + 36)
            assert parse_silso(months(dates[part], values[part]), "x.csv").form == form, dates[start]


def test_a_form_of_other_columns_is_refused():
    with pytest.raises(
        SeriesError, match=r"its 8 columns are those of a daily or estimated daily .* not monthly"
    ):
        parse_silso(FILES["daily"].encode(), "x.csv", "monthly")
