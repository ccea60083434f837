"""Consecutive synthetic days: one Sun that turns, with groups that emerge, cross the disk and decay."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.sun.coordinates import on_sun
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.synthetic.month import START, Region, draw_month, make_regions

DAYS = 30


def test_a_group_grows_quickly_and_decays_slowly() -> None:
    region = Region(1, 10.0, 200.0, born=2.0, lifetime=10.0, peak=9)
    counts = [region.spots(day) for day in np.arange(1.5, 13, 0.5)]
    assert counts[0] == counts[-1] == 0 and max(counts) == 9
    assert counts.index(9) < len(counts) / 2
    assert region.longitude(12.0) != pytest.approx(200.0, abs=0.5)  # faster than the Carrington rotation


def test_some_groups_are_seen_every_day_and_none_is_always_there() -> None:
    regions = make_regions(DAYS, seed=11)
    alive = np.array([[region.spots(day) > 0 for day in range(DAYS)] for region in regions])
    assert alive.sum(0).min() >= 4
    assert not alive.all(1).all() and alive.any(1).sum() > 15
    assert {np.sign(region.latitude_deg) for region in regions} == {-1.0, 1.0}


def test_a_day_is_the_same_whichever_day_is_the_first() -> None:
    third = list(draw_month(3, seed=11))[2]
    (again,) = draw_month(3, seed=11, first=2)
    assert third.name == again.name and third.name.startswith("usd20230603")
    np.testing.assert_array_equal(third.image, again.image)


def test_every_spot_is_near_a_region_at_its_heliographic_position() -> None:
    """Positions are read from the drawing as those of any other drawing are."""
    (drawing,) = draw_month(3, seed=11, first=2)
    when = time_in_name(drawing.name)
    assert when is not None
    day = (np.datetime64(when.replace(tzinfo=None)) - np.datetime64(START)) / np.timedelta64(1, "D")
    centres = np.array([polygon.mean(0) for polygon in drawing.polygons])
    seen = on_sun(centres, Disk(*drawing.disk, 1.0), sun(np.datetime64(when.replace(tzinfo=None))))
    alive = [region for region in make_regions(3, seed=11) if region.spots(day)]
    latitude = np.array([region.latitude_deg for region in alive])
    longitude = np.array([region.longitude(day) for region in alive])
    along = (seen.carrington_longitude_deg[:, None] - longitude + 180) % 360 - 180
    nearest = np.hypot(along, seen.latitude_deg[:, None] - latitude).min(1)
    assert len(centres) > 10 and np.quantile(nearest, 0.9) < 9
