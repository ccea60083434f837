"""Groups tracked from drawing to drawing."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.sun.differential_rotation import synodic_deg_per_day
from sunspot_dash.services.analysis import tracks as service
from sunspot_dash.services.analysis.tracks import days_of_track, tracks
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.workspace import Workspace
from tests.services.known import catalogue_with, drawing

DAYS = [f"2001-03-{day:02}T09:00" for day in range(10, 16)]


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    """Six days of a group at latitude 15 that rotates with the Sun; on the fourth another at -20, once."""
    moved = [-30 + float(synodic_deg_per_day(np.float64(15))) * day for day in range(len(DAYS))]
    once = [[], [], [], [(-20.0, -5.0)], [], []]
    return catalogue_with(
        Workspace(tmp_path / "data").create(),
        *(drawing(when, [(15.0, cmd), *other]) for when, cmd, other in zip(DAYS, moved, once, strict=True)),
    )


def test_a_group_is_tracked_over_its_days(catalogue):
    found = tracks(catalogue, "m", ("", ""))
    (row,) = found.rows
    assert (row["first"], row["last"], row["drawings"]) == ("2001-03-10 09:00", "2001-03-15 09:00", 6)
    assert row["latitude_deg"] == pytest.approx(15, abs=0.1) and row["meridian_seen"]
    days = days_of_track(catalogue, "m", row["seen"])
    assert [day["date"] for day in days] == [when[:10] for when in DAYS]
    assert days[0]["area_msh"] > 0 and days[0]["x_from"] <= days[0]["x_to"]
    assert (found.once, found.since) == (1, "")
    assert tracks(catalogue, "m", ("", ""), (-40, 0)).rows == []
    assert tracks(catalogue, "none", ("", "")).rows == []


def test_only_the_newest_drawings_are_used_and_their_first_date_is_returned(catalogue, monkeypatch):
    monkeypatch.setattr(service, "MOST_DRAWINGS", 2)
    found = tracks(catalogue, "m", ("", ""))
    assert (found.since, found.rows[0]["first"]) == ("2001-03-14", "2001-03-14 09:00")
    assert tracks(catalogue, "m", ("2001-03-10", "2001-03-11")).since == ""


def test_two_scans_of_the_same_time_count_as_one_drawing(tmp_path):
    names = ["usd200103100900.jpg", "usd200103100900.png"]
    scans = [drawing(DAYS[0], [(15.0, -30.0)], name=name) for name in names]
    found = tracks(catalogue_with(Workspace(tmp_path / "data").create(), *scans), "m", ("", ""))
    assert (found.rows, found.once) == ([], 1)
