"""The header of a drawing, read by astropy and followed to the Sun with vectors, gives our own positions."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.wcs import WCS

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.sun.coordinates import on_sun
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.domain.sun.wcs import RSUN_M, drawing_wcs

HEIGHT = 1274
TIME = np.datetime64("1956-04-17T08:30")
NOW = sun(TIME)
ROUND = Disk(481.4, 491.3, 442.0, 0.9)
STRETCHED = Disk(481.4, 491.3, 442.0, 0.9, 0.004, -0.003)


def heliographic_by_vectors(
    tx_deg: np.ndarray, ty_deg: np.ndarray, header: dict
) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and Carrington longitude where a line of sight meets the sphere."""
    tx, ty = np.radians(tx_deg), np.radians(ty_deg)
    # x to the west, y to the north, z from the Sun to the observer.
    look = np.stack([np.cos(ty) * np.sin(tx), np.sin(ty), -np.cos(ty) * np.cos(tx)])
    distance, radius = header["DSUN_OBS"], header["RSUN_REF"]
    along = -distance * look[2]
    path = along - np.sqrt(along**2 - distance**2 + radius**2)
    x, y, z = path * look + np.array([0, 0, distance])[:, None]
    b0 = np.radians(header["HGLT_OBS"])
    north, towards = y * np.cos(b0) + z * np.sin(b0), z * np.cos(b0) - y * np.sin(b0)
    latitude = np.degrees(np.arcsin(north / radius))
    return latitude, (header["CRLN_OBS"] + np.degrees(np.arctan2(x, towards))) % 360


@pytest.mark.parametrize("disk", [ROUND, STRETCHED])
@pytest.mark.parametrize(
    "orientation", [*PRESETS.values(), Orientation(tilt_deg=7.0), Orientation(False, -4.0, "solar")]
)
def test_positions_by_the_header_are_ours_to_five_thousandths_of_a_degree(disk, orientation):
    header = drawing_wcs(disk, orientation, NOW, TIME, HEIGHT)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    r = np.array([0.05, 0.4, 0.8, 0.95])[:, None]
    circle = np.stack([(r * np.cos(angle)).ravel(), (r * np.sin(angle)).ravel()], 1) * disk.radius
    xy = circle @ disk.strain.T + [disk.x, disk.y]
    # astropy counts pixels from the centre of the first, which is at 0.5 on the drawing.
    tx, ty = WCS(header).all_pix2world(xy[:, 0] - 0.5, HEIGHT - xy[:, 1] - 0.5, 0)
    latitude, longitude = heliographic_by_vectors((np.asarray(tx) + 180) % 360 - 180, np.asarray(ty), header)
    ours = on_sun(xy, disk, NOW, orientation)
    assert np.abs(latitude - ours.latitude_deg).max() < 0.005
    off = (longitude - ours.carrington_longitude_deg + 180) % 360 - 180
    assert np.abs(off * np.cos(np.radians(latitude))).max() < 0.005


def test_a_mirrored_drawing_has_a_negative_determinant():
    for name, orientation in PRESETS.items():
        header = drawing_wcs(ROUND, orientation, NOW, TIME, HEIGHT)
        pc = np.array([[header["PC1_1"], header["PC1_2"]], [header["PC2_1"], header["PC2_2"]]])
        assert np.sign(np.linalg.det(pc)) == (-1 if orientation.mirrored else 1), name


def test_the_observer_is_at_the_distance_of_the_semidiameter():
    header = drawing_wcs(ROUND, PRESETS["uset"], NOW, TIME, HEIGHT)
    assert header["DSUN_OBS"] == pytest.approx(1.003 * 149_597_870_700, rel=0.003)
    assert header["DATE-OBS"] == "1956-04-17T08:30:00.000" and header["RSUN_REF"] == RSUN_M
