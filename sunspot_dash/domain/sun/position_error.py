"""Uncertainty of heliographic positions, from what they are computed of.

A position depends on where the spot was drawn, on the fitted limb, on the tilt of the drawing in its scan, and on its
time. Each is varied by its standard deviation, and the changes are added in quadrature. Near the limb an error on the
drawing becomes many degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sunspot_dash.domain.sun.coordinates import ON_LIMB, heliographic
from sunspot_dash.domain.sun.ephemeris import CARRINGTON_DAYS, Ephemeris

# Degrees by which the central meridian moves in Carrington longitude, a day.
MERIDIAN_DEG_PER_DAY = 360 / CARRINGTON_DAYS
# Standard deviation of the time of a drawing without one: it was made by daylight.
DAY_HOURS = 3.5


@dataclass(frozen=True)
class PositionErrors:
    """Standard deviations of what a position depends on.

    Attributes:
        drawn: place of a spot or group on the drawing, in either direction, in disk radii: fitted to the Greenwich
            catalogue (benchmarks/positions.py).
        centre, radius: centre of the limb in either direction, and its radius, in disk radii: residuals of the fit
            against points picked by eye (docs/accuracy.md).
        tilt_deg: tilt of the drawing in its scan, degrees.
        hours: time of the drawing.
    """

    drawn: float = 0.014
    centre: float = 0.0005
    radius: float = 0.0005
    tilt_deg: float = 1.0
    hours: float = 0.25


@dataclass(frozen=True, eq=False)
class Uncertain:
    """Standard deviations of heliographic positions, (n,) float64 each, degrees; NaN where the position is."""

    latitude_deg: np.ndarray
    longitude_deg: np.ndarray
    cmd_deg: np.ndarray


def position_uncertainty(
    radius_fraction: ArrayLike,
    position_angle_deg: ArrayLike,
    axis_deg: ArrayLike,
    ephemeris: Ephemeris,
    errors: PositionErrors = PositionErrors(),
) -> Uncertain:
    """Return how uncertain positions are.

    Args:
        radius_fraction, position_angle_deg: (n,) places on the disk, as in `heliographic`.
        axis_deg: P as it applies to the position angles (`coordinates.axis_deg`).
        ephemeris: at the time of the drawing, scalars.
    """
    r, angle = (np.asarray(values, np.float64) for values in (radius_fraction, position_angle_deg))
    across = np.hypot(errors.drawn, errors.centre)
    along = np.hypot(across, errors.radius * r)
    sideways = np.hypot(across, np.radians(errors.tilt_deg) * r)
    turned = np.degrees(np.arctan2(sideways, r))
    moved = np.hypot(r, sideways)

    def at(r: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return latitude and central meridian distance of a place; one beyond the limb is on it."""
        found = heliographic(
            np.minimum(r, 1.0),
            angle,
            axis_deg,
            ephemeris.b0_deg,
            ephemeris.l0_deg,
            ephemeris.semidiameter_deg,
        )
        return found.latitude_deg, found.cmd_deg

    b, cmd = at(r, angle)
    inward = at(np.abs(r - along), np.where(r < along, angle + 180, angle))
    squares = np.zeros((2, *b.shape))
    for pair in (
        (at(r + along, angle), inward),
        (at(moved, angle + turned), at(moved, angle - turned)),
    ):
        # At the limb a place can only move inward: the larger change counts.
        squares[0] += np.max([np.abs(one - b) for one, _ in pair], axis=0) ** 2
        squares[1] += np.max([np.abs(_difference(one, cmd)) for _, one in pair], axis=0) ** 2
    latitude, distance = np.where(r <= ON_LIMB, np.sqrt(squares), np.nan)
    time = MERIDIAN_DEG_PER_DAY * errors.hours / 24
    return Uncertain(latitude, np.hypot(distance, time), distance)


def _difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    difference: np.ndarray = (one - other + 180) % 360 - 180
    return difference
