"""Positions where no spot can be in any orientation."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.domain.spots.latitude_limit import beyond_latitude_limit, limit_latitude
from sunspot_dash.domain.sun.coordinates import axis_deg, disk_position, to_page
from sunspot_dash.domain.sun.ephemeris import sun

DISK = Disk(500.0, 400.0, 300.0, 0.9)
# P is -26 degrees at this time: a wrong orientation moves a spot by up to twice as much.
APRIL = np.datetime64("2001-04-06T09:00", "m")
# P is 0 at this time.
JULY = np.datetime64("2001-07-07T09:00", "m")


def page(latitude: float, cmd: float, preset: str = "uset", when: np.datetime64 = APRIL) -> np.ndarray:
    sky, orientation = sun(when), PRESETS[preset]
    r, angle, visible = disk_position(
        latitude, cmd, axis_deg(sky.p_deg, orientation), sky.b0_deg, sky.semidiameter_deg
    )
    assert visible
    return to_page(r, angle, DISK, orientation)[None]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("latitude", [-45, -20, 0, 30, 45])
@pytest.mark.parametrize("cmd", [-70, 0, 70])
def test_a_spot_within_the_limit_passes_in_every_orientation(preset, latitude, cmd):
    assert not beyond_latitude_limit(page(latitude, cmd, preset), DISK, APRIL).any()


@pytest.mark.parametrize("latitude", [-78, 80])
def test_positions_near_the_poles_are_rejected(latitude):
    assert beyond_latitude_limit(page(latitude, 5, when=JULY), DISK, JULY).all()


def test_a_spot_that_is_possible_in_another_orientation_is_kept():
    assert not beyond_latitude_limit(page(75, 5), DISK, APRIL).any()


def test_an_undated_drawing_has_no_latitudes():
    assert not beyond_latitude_limit(page(80, 5), DISK, np.datetime64("NaT", "m")).any()
    assert beyond_latitude_limit(np.zeros((0, 2)), DISK, APRIL).shape == (0,)


def test_spots_beyond_the_limit_get_the_lowest_confidence():
    places = np.concatenate([page(b, 5, when=JULY) for b in (10, 80, -78)])
    spots = [
        Spot(x, y, 9.0, sure, np.zeros((3, 2))) for (x, y), sure in zip(places, (0.9, 0.8, 0.05), strict=True)
    ]
    kept = limit_latitude(spots, DISK, JULY, 0.1)
    assert [spot.confidence for spot in kept] == [0.9, 0.1, 0.05]
    assert limit_latitude([], DISK, APRIL, 0.1) == []
