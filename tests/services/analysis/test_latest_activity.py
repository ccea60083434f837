"""The sunspot number of the last months, beside a reference series."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.services.analysis.latest_activity import latest_activity
from sunspot_dash.services.analysis.references import import_reference
from sunspot_dash.services.analysis.sunspot_number import numbers
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.workspace import Workspace
from tests.services.known import RESULT


def test_the_last_months_are_monthly_means_beside_the_reference_of_the_same_months(catalogue):
    whole = numbers(catalogue, "m", "month").disk
    found = latest_activity(catalogue, "m", months=4)
    assert found.dates.astype(str).tolist() == whole.dates[-4:]
    assert found.values == pytest.approx(whole.values[-4:]) and (found.n > 27).all()
    assert found.title == "" and not np.isfinite(found.reference).any()
    year, month = whole.dates[-2].split("-")
    import_reference(catalogue.workspace, f"{year};{month};2001.4;50.0;1.0;99;1\n".encode(), "m", "monthly")
    found = latest_activity(catalogue, "m", months=4)
    assert found.title == "SILSO monthly"
    assert found.reference[2] == 50 and np.isnan(found.reference[[0, 1, 3]]).all()


def test_an_archive_with_drawings_in_few_of_the_last_months_is_shown_whole(catalogue):
    whole = numbers(catalogue, "m", "month").disk
    with catalogue.open() as database:
        row = ("late", "late.jpg", "2010-05-01", "09:00", 3, 1, 1, 3)
        database.execute(RESULT, row)
    found = latest_activity(catalogue, "m")
    assert str(found.dates[0]) == whole.dates[0] and str(found.dates[-1]) == "2010-05"
    assert np.isfinite(found.values).sum() == len(whole.dates) + 1


def test_a_young_archive_begins_with_its_first_month(catalogue):
    whole = numbers(catalogue, "m", "month").disk
    assert len(latest_activity(catalogue, "m", months=1000).dates) == len(whole.dates)


def test_an_archive_of_few_months_is_shown_by_day(tmp_path):
    catalogue = Catalogue(Workspace(tmp_path / "data").create())
    with catalogue.open() as database:
        for day, spots in (("01", 3), ("02", 5), ("30", 8)):
            database.execute(RESULT, (day, f"{day}.jpg", f"2010-05-{day}", "09:00", spots, 1, 1, spots))
    found = latest_activity(catalogue, "m")
    assert found.by_day and (len(found.dates), str(found.dates[-1])) == (30, "2010-05-30")
    assert found.values[[0, 1, 29]].tolist() == [13, 15, 18] and np.isnan(found.values[2:29]).all()
    import_reference(catalogue.workspace, b"2010;05;02;2010.333;40;4.0;9;1\n", "d", "daily")
    assert latest_activity(catalogue, "m").reference[1] == 40


def test_the_last_value_has_the_interval_of_its_mean(tmp_path):
    catalogue = Catalogue(Workspace(tmp_path / "data").create())
    with catalogue.open() as database:
        for day, clock in (("01", "09:00"), ("02", "09:00"), ("02", "15:00")):
            database.execute(RESULT, (day + clock, f"{day}.jpg", f"2010-05-{day}", clock, 5, 1, 1, 5))
        database.execute("update result set number_low = 9, number_high = 23")  # R is 15
    assert latest_activity(catalogue, "m").last == pytest.approx((15 - 6 / 2**0.5, 15 + 8 / 2**0.5))
    with catalogue.open() as database:
        database.execute("update result set number_high = null where time = '15:00'")
    assert np.isnan(latest_activity(catalogue, "m").last[1])


def test_without_a_dated_result_there_is_none(tmp_path):
    assert latest_activity(Catalogue(Workspace(tmp_path / "data").create()), "m") is None
