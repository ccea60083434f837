"""Uncertain positions: known at the disk centre, larger towards the limb, and the same as simulated."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.sun.coordinates import heliographic
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.domain.sun.position_error import PositionErrors, position_uncertainty

NOW = sun(np.datetime64("1956-04-17T08:30"))
EXACT = PositionErrors(drawn=0.0, centre=0.0, radius=0.0, tilt_deg=0.0, hours=0.0)
USUAL = PositionErrors()
P = float(NOW.p_deg)


def sigma(r: float, angle: float, errors: PositionErrors = USUAL) -> tuple[float, float, float]:
    found = position_uncertainty([r], [angle], P, NOW, errors)
    return float(found.latitude_deg[0]), float(found.longitude_deg[0]), float(found.cmd_deg[0])


def test_an_exact_drawing_has_exact_positions():
    assert sigma(0.5, 100, EXACT) == pytest.approx((0, 0, 0), abs=1e-9)


def test_at_the_disk_centre_an_error_of_one_per_cent_is_half_a_degree():
    errors = PositionErrors(drawn=0.01, centre=0.0, radius=0.0, tilt_deg=0.0, hours=0.0)
    degree = np.degrees(0.01)
    found = sigma(0.0, 0.0, errors)
    assert found[0] == pytest.approx(degree, rel=0.02) and found[1] == pytest.approx(degree, rel=0.02)


def test_the_time_moves_the_longitude_alone():
    errors = PositionErrors(drawn=0.0, centre=0.0, radius=0.0, tilt_deg=0.0, hours=24.0)
    assert sigma(0.3, 50, errors) == pytest.approx((0, 13.2, 0), abs=0.01)


def test_the_tilt_turns_latitude_far_from_the_centre():
    errors = PositionErrors(drawn=0.0, centre=0.0, radius=0.0, tilt_deg=1.0, hours=0.0)
    latitude, _, _ = sigma(0.9, P + 90, errors)  # on the equator of the sky, near the eastern limb
    assert latitude == pytest.approx(np.degrees(0.9 * np.radians(1)), rel=0.1)


def test_uncertainty_grows_towards_the_limb_and_is_finite_on_it():
    found = [sigma(r, P + 90)[2] for r in (0.0, 0.6, 0.9, 0.98, 1.0)]
    assert found == sorted(found) and found[-1] < 20 and found[0] < 1


def test_a_place_beyond_the_limb_has_none():
    assert all(np.isnan(value) for value in sigma(1.2, 30)[:1])


@pytest.mark.parametrize(("r", "angle"), [(0.2, 30), (0.6, 200), (0.8, 300)])
def test_it_is_the_scatter_of_simulated_drawings(r, angle):
    errors = PositionErrors(tilt_deg=0.5, hours=0.0)
    random = np.random.default_rng(1)
    n = 4000
    size = (1 + random.normal(0, errors.radius, n)) * r
    x = size * np.sin(np.radians(angle)) + random.normal(0, np.hypot(errors.drawn, errors.centre), n)
    y = size * np.cos(np.radians(angle)) + random.normal(0, np.hypot(errors.drawn, errors.centre), n)
    turned = np.degrees(np.arctan2(x, y)) + random.normal(0, errors.tilt_deg, n)
    places = heliographic(np.hypot(x, y), turned, P, NOW.b0_deg, NOW.l0_deg, NOW.semidiameter_deg)
    latitude, longitude, _ = sigma(r, angle, errors)
    assert np.nanstd(places.latitude_deg) == pytest.approx(latitude, rel=0.06)
    assert np.nanstd(places.cmd_deg) == pytest.approx(longitude, rel=0.06)
