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
    found = latest_activity(catalogue, "m", months=3)
    assert found.months.astype(str).tolist() == whole.dates[-3:]
    assert found.values == pytest.approx(whole.values[-3:]) and (found.days > 27).all()
    assert found.title == "" and not np.isfinite(found.reference).any()
    year, month = whole.dates[-2].split("-")
    import_reference(catalogue.workspace, f"{year};{month};2001.4;50.0;1.0;99;1\n".encode(), "m", "monthly")
    found = latest_activity(catalogue, "m", months=3)
    assert found.title == "SILSO monthly"
    assert found.reference[1] == 50 and np.isnan(found.reference[[0, 2]]).all()


def test_an_archive_with_drawings_in_few_of_the_last_months_is_shown_whole(catalogue):
    whole = numbers(catalogue, "m", "month").disk
    with catalogue.open() as database:
        row = ("late", "late.jpg", "2010-05-01", "09:00", 3, 1, 1, 3)
        database.execute(RESULT, row)
    found = latest_activity(catalogue, "m")
    assert str(found.months[0]) == whole.dates[0] and str(found.months[-1]) == "2010-05"
    assert np.isfinite(found.values).sum() == len(whole.dates) + 1


def test_a_young_archive_begins_with_its_first_month(catalogue):
    whole = numbers(catalogue, "m", "month").disk
    assert len(latest_activity(catalogue, "m", months=1000).months) == len(whole.dates)


def test_without_a_dated_result_there_is_none(tmp_path):
    assert latest_activity(Catalogue(Workspace(tmp_path / "data").create()), "m") is None
