"""Positions on the Sun, compared with sunpy and in simple cases."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.spots.detections import Spot, polar
from sunspot_dash.domain.sun.coordinates import (
    ON_LIMB,
    axis_deg,
    disk_position,
    from_page,
    heliographic,
    on_sun,
    separation_deg,
    to_page,
)
from sunspot_dash.domain.sun.ephemeris import sun

TABLE = json.loads((Path(__file__).parent / "coordinates_sunpy.json").read_text("utf-8"))
P, B0, L0, S, R, ANGLE, LATITUDE, CARRINGTON, CMD = np.array(TABLE["rows"]).T
DISK = Disk(560.0, 580.0, 490.0, 0.9, 0.006, -0.003)


def random_sky(n: int):
    random = np.random.default_rng(3)
    r, angle = np.sqrt(random.uniform(0, 0.998, n)), random.uniform(0, 360, n)
    p, b0, l0 = random.uniform(-26, 26, n), random.uniform(-7.2, 7.2, n), random.uniform(0, 360, n)
    return r, angle, p, b0, l0, random.uniform(0.262, 0.2715, n)


def test_against_sunpy():
    found = heliographic(R, ANGLE, P, B0, L0, S)
    assert len(R) >= 100 and R.max() >= 0.99
    apart = separation_deg(found.latitude_deg, found.carrington_longitude_deg, LATITUDE, CARRINGTON)
    assert apart.max() < 0.005
    assert np.abs(found.latitude_deg - LATITUDE).max() < 0.005
    # A meridian narrows towards the pole: a longitude counts by the arc it spans.
    assert (np.abs(found.cmd_deg - CMD) * np.cos(np.radians(LATITUDE))).max() < 0.005


def test_the_centre_the_meridian_and_the_limb():
    centre = heliographic(0, 123, 20, 5, 359.5, 0.266)
    assert [float(v) for v in vars(centre).values()] == pytest.approx([5, 359.5, 0, 0])
    r = np.sin(np.radians(30))
    above = heliographic(r, 20, 20, 0, 350, 0.266)  # along solar north: P = 20 and so is the position angle
    assert float(above.latitude_deg) == pytest.approx(30 - 0.266 * r) and float(
        above.cmd_deg
    ) == pytest.approx(0)
    west = heliographic(r, 290, 20, 0, 350, 0.266)  # north through east: west of the axis is P - 90
    assert float(west.cmd_deg) == pytest.approx(30 - 0.266 * r)
    assert float(west.carrington_longitude_deg) == pytest.approx(350 + 30 - 0.266 * r - 360)
    limb = heliographic(np.array([1.0, ON_LIMB, 1.02, np.nan]), 45, 0, 0, 0, 0.266).rho_deg
    assert limb[:2] == pytest.approx(90 - 0.266) and np.isnan(limb[2:]).all()


def test_a_drawing_of_1956_has_the_published_spot():
    """Drawing 1956-04-17: a single spot at B -20.6, L 151.9 by hand; the catalogue has -20.8, 152.4."""
    r, angle, visible = disk_position(-20.6, 151.9 - 111.21, -25.95, -5.373, 0.2655)
    found = heliographic(r, angle, -25.95, -5.373, 111.21, 0.2655)
    assert bool(visible)
    assert float(found.latitude_deg) == pytest.approx(-20.6)
    assert float(found.carrington_longitude_deg) == pytest.approx(151.9)


def test_coordinates_round_trip():
    r, angle, p, b0, l0, s = random_sky(20_000)
    found = heliographic(r, angle, p, b0, l0, s)
    back_r, back_angle, visible = disk_position(found.latitude_deg, found.cmd_deg, p, b0, s)
    assert visible.all()
    assert back_r == pytest.approx(r, abs=1e-6)
    assert np.abs((back_angle - angle + 180) % 360 - 180)[r > 0.01].max() < 1e-6


def test_the_far_side_is_not_visible():
    cmd = np.arange(-180, 180, 5.0)
    visible = disk_position(0, cmd, 10, 0, 0.266)[2]
    assert (visible == (np.abs(cmd) <= 85)).all()
    assert disk_position(90, 0, 10, 7, 0.266)[2] and not disk_position(-90, 0, 10, 7, 0.266)[2]


def test_arguments_broadcast():
    found = heliographic(np.full((3, 1), 0.5), np.arange(4.0), 0, 0, np.zeros((3, 1)), 0.266)
    assert all(values.shape == (3, 4) for values in vars(found).values())
    assert disk_position(np.zeros((2, 1)), np.zeros(5), 0, 0, 0.266)[0].shape == (2, 5)


@pytest.mark.parametrize(
    "orientation", [*PRESETS.values(), Orientation(tilt_deg=12.5), Orientation(False, -170, "solar")]
)
def test_from_page_gives_polar_coordinates_and_to_page_inverts_it(orientation):
    xy = np.random.default_rng(1).uniform(200, 900, (50, 2))
    r, angle = from_page(xy, DISK, orientation)
    places = [polar(Spot(x, y, 1, 1, np.empty((0, 2))), DISK, orientation) for x, y in xy]
    assert r == pytest.approx([place.radius_fraction for place in places])
    assert angle == pytest.approx([place.position_angle_deg for place in places])
    assert to_page(r, angle, DISK, orientation) == pytest.approx(xy)
    assert to_page(0.5, 90.0, DISK, orientation).shape == (2,)


@pytest.mark.parametrize("orientation", [*PRESETS.values(), Orientation(tilt_deg=3, up="solar")], ids=str)
def test_page_points_on_the_sun(orientation):
    sky = sun(np.datetime64("1956-04-17T08:30"))
    axis = axis_deg(sky.p_deg, orientation)
    latitude, cmd = np.array([-20.6, 10, 45]), np.array([40.7, -60, 0])
    r, angle, _ = disk_position(latitude, cmd, axis, sky.b0_deg, sky.semidiameter_deg)
    found = on_sun(to_page(r, angle, DISK, orientation), DISK, sky, orientation)
    assert found.latitude_deg == pytest.approx(latitude)
    assert found.cmd_deg == pytest.approx(cmd, abs=1e-6)
    assert found.carrington_longitude_deg == pytest.approx((cmd + sky.l0_deg) % 360)


def test_solar_north_up_has_no_p():
    assert axis_deg([10.0, -20.0], Orientation(up="solar")).tolist() == [0, 0]
    assert axis_deg(10.0, PRESETS["uset"]) == 10


def test_separation():
    assert separation_deg(0, 0, [0, 10, 90, 0], [10, 0, 77, 180]) == pytest.approx([10, 10, 90, 180])
    assert separation_deg(60, 359.5, 60, 0.5) == pytest.approx(0.5, abs=1e-4)
    assert separation_deg(10, 20, 10, 20 + 1e-7) == pytest.approx(1e-7 * np.cos(np.radians(10)))


def test_an_archive_is_fast():
    sky = random_sky(750_000)
    began = time.process_time()
    heliographic(*sky)
    assert time.process_time() - began < 2  # 0.2 s alone on one core
