"""A model compared with SILSO's series, with known differences."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.timeseries import smoothed
from sunspot_dash.io.silso import parse_silso
from sunspot_dash.services.analysis.silso_comparison import compare_with_silso, sentences
from tests.services.known import DAYS, RESULT


def silso(scale: float, form: str = "daily") -> bytes:
    lines = []
    for i, day in enumerate(DAYS.astype(str)):
        north, date = 12 * (1 + i % 5), day.replace("-", ";")
        total = scale * (north + 11)
        tail = f"{total:.2f};1.0;9;1" if form == "daily" else (
            f"{total:.2f};{scale * north:.2f};{scale * 11:.2f};1;1;1;9;9;9;1"
        )  # fmt: skip
        lines.append(f"{date};2001.5;{tail}\n")
    return "".join(lines).encode()


def test_the_scale_against_silso_is_found(catalogue):
    found = compare_with_silso(catalogue, "m", parse_silso(silso(0.75), "s"))
    assert found.disk.k.value == pytest.approx(0.75) and found.disk.r == pytest.approx(1)
    assert len(found.disk.dates) == len(DAYS) and found.unit == "day" and found.definitive == 1
    assert np.abs(found.disk.residual).max() < 1e-6 and found.disk.drift_per_year.value == pytest.approx(
        0, abs=1e-6
    )
    assert found.north is None
    text = " ".join(sentences(found))
    assert "181 days in common" in text and "k = 0.750 ± 0.000" in text and "r = 1.000" in text


def test_hemispheres_months_and_a_period(catalogue):
    found = compare_with_silso(
        catalogue, "m", parse_silso(silso(2, "hemispheric"), "s"), ("2001-02-01", "2001-03-31")
    )
    assert len(found.disk.dates) == 59
    assert (found.north.k.value, found.south.k.value) == (pytest.approx(2), pytest.approx(2))
    assert any(line.startswith("north: k = 2.000") for line in sentences(found))
    monthly = parse_silso(b"2001;02;2001.1;50.0;1.0;99;1\n2001;08;2001.6;60.0;1.0;99;1\n", "m")
    found = compare_with_silso(catalogue, "m", monthly)
    assert found.unit == "month" and found.disk.dates.astype(str).tolist() == ["2001-02"]
    assert "too few months" in " ".join(sentences(found))


def test_series_without_common_days_are_reported(catalogue):
    found = compare_with_silso(catalogue, "m", parse_silso(b"1999;01;01;1999.0;50;1.0;9;1\n", "s"))
    assert found.disk.k is None and found.definitive is None
    assert sentences(found) == ["SILSO's daily series has no day in common with the model's drawings"]


def test_a_smoothed_series_is_compared_with_smoothed_numbers(catalogue):
    months = np.arange("1999-01", "2004-01", dtype="datetime64[M]")
    with catalogue.open() as database:
        for i, month in enumerate(months):  # a drawing in each month: g = 1 to 9, no spot more than groups
            row = (f"k{i}", f"s{i}", f"{month}-15", "09:00", 9, i % 9 + 1, 0, 0)
            database.execute(RESULT.replace("'m'", "'s'"), row)
    ours = 10.0 * (np.arange(60) % 9 + 1) + 9
    truth = smoothed(months, ours)
    lines = [
        f"{m.replace('-', ';')};1999.5;{v / 2:.2f};1.0;99;1"
        for m, v in zip(truth.dates.astype(str), truth.values, strict=True)
    ]
    series = parse_silso("\n".join(lines).encode(), "ms", "smoothed")
    found = compare_with_silso(catalogue, "s", series)
    assert (
        found.unit == "month"
        and len(found.disk.dates) == 48
        and found.disk.k.value == pytest.approx(0.5, abs=1e-3)
    )
    assert np.abs(found.disk.ours - truth.values).max() < 1e-9
    text = " ".join(sentences(found))
    assert (
        "48 months in common with SILSO's 13-month smoothed series" in text
        and "k times the model's smoothed R" in text
    )
    # The months around a period are used for its smoothed values, which are those of the whole series.
    part = compare_with_silso(catalogue, "s", series, ("2001-01-01", "2001-12-31"))
    assert part.disk.dates.astype(str).tolist() == [f"2001-{month:02}" for month in range(1, 13)]
    assert part.disk.k.sigma is None or part.disk.months == 12
