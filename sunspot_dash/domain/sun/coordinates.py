"""Conversion between positions on the drawn disk and heliographic coordinates.

The formulas are those of W. T. Thompson 2006 (Coordinate systems for solar image data,
doi:10.1051/0004-6361:20054262) in the form used by observers: distance from the disk centre in limb radii, position
angle from north through east, and P, B0, L0 and the semidiameter S from `ephemeris.sun`. The Sun is seen from a finite
distance: the limb is 90 degrees minus S from the disk centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.sun.ephemeris import Ephemeris

# A spot drawn slightly beyond the limb counts as on the limb.
ON_LIMB = 1.01


@dataclass(frozen=True, eq=False)
class Heliographic:
    """Heliographic positions: float64 arrays of one shape, NaN where undefined (beyond the limb, no date).

    Attributes:
        latitude_deg: B, -90 to 90, north positive.
        carrington_longitude_deg: L, in [0, 360).
        cmd_deg: central meridian distance, -180 to 180, west positive.
        rho_deg: heliocentric angle from the disk centre, 0 to 90.
    """

    latitude_deg: np.ndarray
    carrington_longitude_deg: np.ndarray
    cmd_deg: np.ndarray
    rho_deg: np.ndarray


def heliographic(
    radius_fraction: ArrayLike,
    position_angle_deg: ArrayLike,
    p_deg: ArrayLike,
    b0_deg: ArrayLike,
    l0_deg: ArrayLike,
    semidiameter_deg: ArrayLike,
) -> Heliographic:
    """Convert positions on the disk to heliographic positions; all arguments broadcast against each other.

    Args:
        radius_fraction: distance from the disk centre over R (`Polar.radius_fraction`). Up to ON_LIMB it counts as on
            the limb; beyond that the result is NaN.
        position_angle_deg: north through east, from the same north as P (`Polar.position_angle_deg`).
        p_deg, b0_deg, l0_deg, semidiameter_deg: as in `Ephemeris`; P is the `axis_deg` of the drawing.
    """
    r = np.asarray(radius_fraction, np.float64)
    r = np.where(r <= ON_LIMB, np.minimum(r, 1.0), np.nan)
    rho = np.arcsin(r) - np.radians(semidiameter_deg) * r
    from_axis = np.radians(np.subtract(p_deg, position_angle_deg))  # solar north through west
    b0 = np.radians(b0_deg)
    sin_rho, cos_rho, sin_b0, cos_b0 = np.sin(rho), np.cos(rho), np.sin(b0), np.cos(b0)
    north = sin_rho * np.cos(from_axis)
    latitude = np.arcsin(np.clip(sin_b0 * cos_rho + cos_b0 * north, -1, 1))
    cmd = np.degrees(np.arctan2(sin_rho * np.sin(from_axis), cos_rho * cos_b0 - sin_b0 * north))
    # The second % maps a rounded 360.0 to 0.
    longitude = (np.asarray(l0_deg) + cmd) % 360 % 360
    return Heliographic(*np.broadcast_arrays(np.degrees(latitude), longitude, cmd, np.degrees(rho)))


def disk_position(
    latitude_deg: ArrayLike,
    cmd_deg: ArrayLike,
    p_deg: ArrayLike,
    b0_deg: ArrayLike,
    semidiameter_deg: ArrayLike,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Convert heliographic positions to positions on the disk; the inverse of `heliographic`. All arguments broadcast.

    Returns:
        (radius_fraction, position_angle_deg in [0, 360), visible): float64, float64 and bool arrays. A position that is
        not visible is behind the limb; its coordinates are those it would have on a transparent Sun.
    """
    b, cmd, b0 = np.radians(latitude_deg), np.radians(cmd_deg), np.radians(b0_deg)
    sin_s = np.sin(np.radians(semidiameter_deg))
    towards_us = np.sin(b0) * np.sin(b) + np.cos(b0) * np.cos(b) * np.cos(cmd)
    west = np.cos(b) * np.sin(cmd)
    north = np.sin(b) * np.cos(b0) - np.cos(b) * np.sin(b0) * np.cos(cmd)
    # Angle between the disk centre and the position, as seen from 1 / sin S solar radii.
    seen = np.arctan2(np.hypot(west, north), 1 / sin_s - towards_us)
    angle = (np.asarray(p_deg) - np.degrees(np.arctan2(west, north))) % 360 % 360
    visible = towards_us >= sin_s
    r, angle, visible = np.broadcast_arrays(np.sin(seen) / sin_s, angle, visible)
    return r, angle, visible


def axis_deg(p_deg: ArrayLike, orientation: Orientation) -> np.ndarray:
    """Return the P that applies to position angles on a drawing: 0 where "up" is solar north."""
    p = np.asarray(p_deg, np.float64)
    return np.zeros_like(p) if orientation.up == "solar" else p


def from_page(
    xy: np.ndarray, disk: Disk, orientation: Orientation = PRESETS["uset"]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (radius_fraction, position_angle_deg in [0, 360)), (n,) each, of points (n, 2) in px of the drawing.

    Vectorised form of `detections.polar`.
    """
    u, v = disk.offsets(xy).T
    east = u if orientation.mirrored else -u
    angle = (np.degrees(np.arctan2(east + 0.0, -v)) + orientation.tilt_deg) % 360 % 360
    return np.hypot(u, v) / disk.radius, angle


def to_page(
    radius_fraction: ArrayLike,
    position_angle_deg: ArrayLike,
    disk: Disk,
    orientation: Orientation = PRESETS["uset"],
) -> np.ndarray:
    """Return points (..., 2) in px of the drawing, float64, of positions on the disk; the inverse of `from_page`."""
    angle = np.radians(np.subtract(position_angle_deg, orientation.tilt_deg))
    east = np.sin(angle) if orientation.mirrored else -np.sin(angle)
    offsets = np.multiply(radius_fraction, disk.radius)[..., None] * np.stack([east, -np.cos(angle)], axis=-1)
    xy: np.ndarray = offsets @ disk.strain.T + [disk.x, disk.y]
    return xy


def on_sun(
    xy: np.ndarray, disk: Disk, ephemeris: Ephemeris, orientation: Orientation = PRESETS["uset"]
) -> Heliographic:
    """Return the heliographic positions, (n,), of points (n, 2) in px of one drawing, given the `sun` at its time."""
    axis = axis_deg(ephemeris.p_deg, orientation)
    disk_values = (ephemeris.b0_deg, ephemeris.l0_deg, ephemeris.semidiameter_deg)
    return heliographic(*from_page(xy, disk, orientation), axis, *disk_values)


def separation_deg(
    latitude_deg: ArrayLike, longitude_deg: ArrayLike, to_latitude_deg: ArrayLike, to_longitude_deg: ArrayLike
) -> np.ndarray:
    """Return the angular separation on the sphere (haversine, accurate for small angles); all arguments broadcast."""
    b, to_b = np.radians(latitude_deg), np.radians(to_latitude_deg)
    half_longitude = np.radians(np.subtract(to_longitude_deg, longitude_deg)) / 2
    haversine = np.sin((to_b - b) / 2) ** 2 + np.cos(b) * np.cos(to_b) * np.sin(half_longitude) ** 2
    angle: np.ndarray = np.degrees(2 * np.arcsin(np.sqrt(np.minimum(haversine, 1))))
    return angle
