"""Physical ephemeris of the Sun as seen from the Earth: P, B0, L0, semidiameter and Carrington rotation.

The position of the Sun follows J. Meeus, *Astronomical Algorithms*, 2nd ed. (Willmann-Bell 1998, ISBN 0-943396-61-1),
chapter 25, precession chapter 21. The quantities are those of chapter 29, but with the pole and rotation of the Sun
defined by the IAU relative to the stars (B. Archinal et al. 2018, doi:10.1007/s10569-017-9805-5): the book's pole,
defined relative to the moving ecliptic, shifts L0 by 0.4 degrees in 1610. The formulas use TT; TT - UT follows
F. Espenak and J. Meeus, *Five Millennium Canon of Solar Eclipses* (NASA/TP-2006-214141), section 2.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import polynomial

DAY_US = 86_400_000_000
J2000 = np.datetime64("2000-01-01T12:00:00", "us")
J2000_JD = 2451545.0
CARRINGTON_DAYS = 27.2753  # mean synodic rotation
OBLIQUITY_J2000_DEG = 23.4392911
# Right ascension and declination of the solar north pole (J2000); prime meridian at J2000 and its daily rotation.
POLE_DEG = (286.13, 63.87)
PRIME_MERIDIAN_DEG = (84.176, 14.1844)
ABERRATION_DEG = 0.00569
LIGHT_DAYS_PER_AU = 499.004784 / 86400
SEMIDIAMETER_AT_1_AU_DEG = 959.63 / 3600

# Delta T in s: (first year of validity, year of u = 0, years per unit of u, coefficients from the constant on).
# Before 1600 and after 2150 only the long-term parabola applies.
LONG_TERM = (1820, 100, (-20, 0, 32))
DELTA_T: tuple[tuple[float, float, float, tuple[float, ...]], ...] = (
    (-np.inf, *LONG_TERM),
    (1600, 1600, 1, (120, -0.9808, -0.01532, 1 / 7129)),
    (1700, 1700, 1, (8.83, 0.1603, -0.0059285, 0.00013336, -1 / 1174000)),
    (
        1800,
        1800,
        1,
        (13.72, -0.332447, 0.0068612, 0.0041116, -0.00037436, 1.21272e-5, -1.699e-7, 8.75e-10),
    ),
    (1860, 1860, 1, (7.62, 0.5737, -0.251754, 0.01680668, -0.0004473624, 1 / 233174)),
    (1900, 1900, 1, (-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197)),
    (1920, 1920, 1, (21.20, 0.84493, -0.076100, 0.0020936)),
    (1941, 1950, 1, (29.07, 0.407, -1 / 233, 1 / 2547)),
    (1961, 1975, 1, (45.45, 1.067, -1 / 260, -1 / 718)),
    (1986, 2000, 1, (63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599)),
    (2005, 2000, 1, (62.92, 0.32217, 0.005589)),
    (2050, 1820, 100, (-20 - 0.5628 * 330, 56.28, 32)),  # minus 0.5628 s for each year before 2150
    (2150, *LONG_TERM),
)


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """The solar disk at given times: float64 arrays of the times' shape; NaN where a time is NaT.

    Attributes:
        p_deg: position angle of the solar north pole, from celestial north through east, -26.4 to 26.4.
        b0_deg: heliographic latitude of the disk centre, -7.25 to 7.25.
        l0_deg: Carrington longitude of the disk centre, in [0, 360).
        semidiameter_deg: apparent radius of the disk.
        carrington_rotation: rotation number (1 began on 1853-11-09) plus the elapsed fraction.
    """

    p_deg: np.ndarray
    b0_deg: np.ndarray
    l0_deg: np.ndarray
    semidiameter_deg: np.ndarray
    carrington_rotation: np.ndarray


def sun(times: np.ndarray | np.datetime64) -> Ephemeris:
    """Compute the geocentric ephemeris of the Sun at times in UT.

    Args:
        times: numpy datetime64 of any unit and any shape, or a single one.

    Returns:
        Float64 arrays of the same shape (numpy floats for a single time). Compared with sunpy 7.0.5 in TT, 1610-2100:
        P within 0.004, B0 within 0.002 and L0 within 0.01 degrees.
    """
    when = np.asarray(times).astype("datetime64[us]")
    missing = np.isnat(when)
    days = np.where(missing, np.nan, (when - J2000).astype(np.int64) / DAY_US)
    days = days + delta_t_s(2000 + (days - 0.5) / 365.25) / 86400
    return _physical(days)


def delta_t_s(years: np.ndarray | float) -> np.ndarray:
    """Return TT - UT in seconds at decimal years (any shape), float64."""
    year = np.asarray(years, np.float64)
    piece = np.searchsorted([first for first, *_ in DELTA_T], year, side="right") - 1
    seconds = np.full(year.shape, np.nan)
    for i in np.unique(piece[np.isfinite(year)]):
        _, zero, unit, coefficients = DELTA_T[i]
        here = (piece == i) & np.isfinite(year)
        seconds[here] = polynomial.polyval((year[here] - zero) / unit, coefficients)
    return seconds


def _physical(days: np.ndarray) -> Ephemeris:
    """Return the ephemeris at days of TT since J2000.0 (float64, any shape)."""
    t = days / 36525
    longitude, distance = _place(t)
    sunwards = _towards(longitude)
    # Nutation from the lunar node alone; it only affects the direction of celestial north.
    node = np.radians(125.04 - 1934.136 * t)
    nutation = np.radians(-0.00478) * np.sin(node)
    obliquity = np.radians(OBLIQUITY_J2000_DEG - 0.0130042 * t + 0.00256 * np.cos(node))
    north = np.stack([np.sin(nutation) * np.sin(obliquity), np.sin(obliquity), np.cos(obliquity)])
    pole, crossing, ahead = (_to_ecliptic_of_date(vector, t) for vector in _solar_axes())
    seen = _towards(longitude - np.radians(ABERRATION_DEG / distance))
    east = np.cross(north, seen, axis=0)
    p = np.arctan2(_dot(pole, east), _dot(pole, np.cross(seen, east, axis=0)))
    # Light-time correction: rotation at the time the light left the Sun.
    turned = PRIME_MERIDIAN_DEG[0] + PRIME_MERIDIAN_DEG[1] * (days - LIGHT_DAYS_PER_AU * distance)
    l0 = (np.degrees(np.arctan2(-_dot(ahead, sunwards), -_dot(crossing, sunwards))) - turned) % 360 % 360
    part = -l0 / 360 % 1 % 1
    begun = np.round(1 + (days + J2000_JD - 2398167.4) / CARRINGTON_DAYS - part)
    return Ephemeris(
        p_deg=np.degrees(p),
        b0_deg=np.degrees(np.arcsin(-_dot(pole, sunwards))),
        l0_deg=l0,
        semidiameter_deg=SEMIDIAMETER_AT_1_AU_DEG / distance,
        carrington_rotation=begun + part,
    )


def _towards(longitude: np.ndarray) -> np.ndarray:
    """Return the unit vector (3, *shape) towards an ecliptic longitude (rad)."""
    return np.stack([np.cos(longitude), np.sin(longitude), np.zeros_like(longitude)])


def _place(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return geometric longitude (rad, mean equinox of date) and distance (au) of the Sun; t: centuries since J2000."""
    anomaly_deg = 357.52911 + t * (35999.05029 - 0.0001537 * t)
    anomaly = np.radians(anomaly_deg)
    centre = (
        (1.914602 - t * (0.004817 + 0.000014 * t)) * np.sin(anomaly)
        + (0.019993 - 0.000101 * t) * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    true_anomaly = np.radians(anomaly_deg + centre)
    distance = 1.000001018 * (1 - eccentricity**2) / (1 + eccentricity * np.cos(true_anomaly))
    return np.radians(280.46646 + t * (36000.76983 + 0.0003032 * t) + centre), distance


def _solar_axes() -> np.ndarray:
    """Return (3, 3), rows in the ecliptic frame of J2000: solar pole, equator's node, 90 degrees ahead of it."""
    a, d = np.radians(POLE_DEG)
    pole = np.array([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)])
    node = np.array([-np.sin(a), np.cos(a), 0.0])
    e = np.radians(OBLIQUITY_J2000_DEG)
    to_ecliptic = np.array([[1, 0, 0], [0, np.cos(e), np.sin(e)], [0, -np.sin(e), np.cos(e)]])
    return np.array([pole, node, np.cross(pole, node)]) @ to_ecliptic.T


def _to_ecliptic_of_date(vector: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Transform a vector (3,) from the ecliptic frame of J2000 to that of date, (3, *t.shape)."""
    tilt = np.radians((47.0029 - 0.03302 * t) * t / 3600)
    axis = np.radians(174.876384 - (869.8089 - 0.03536 * t) * t / 3600)
    precession = np.radians((5029.0966 + 1.11113 * t) * t / 3600)
    x = vector[0] * np.cos(axis) + vector[1] * np.sin(axis)
    y = vector[1] * np.cos(axis) - vector[0] * np.sin(axis)
    y, z = y * np.cos(tilt) + vector[2] * np.sin(tilt), vector[2] * np.cos(tilt) - y * np.sin(tilt)
    back = axis + precession
    return np.stack([x * np.cos(back) - y * np.sin(back), x * np.sin(back) + y * np.cos(back), z])


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(axis=0)
