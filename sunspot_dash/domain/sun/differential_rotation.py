"""Differential rotation of the Sun, from sunspots.

The law A - B sin^2(latitude) is from H. W. Newton and M. L. Nunn 1951 (doi:10.1093/mnras/111.4.413). Published
constants differ by up to 0.2 degrees per day, depending on the kind of spots.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

EQUATOR_DEG_PER_DAY, SLOWING_DEG_PER_DAY = 14.38, 2.96  # sidereal
EARTH_DEG_PER_DAY = 0.986
CARRINGTON_DEG_PER_DAY = 14.1844


def synodic_deg_per_day(latitude_deg: ArrayLike) -> np.ndarray:
    """Return the daily change of the central meridian distance, float64, same shape (13.2 at 15 degrees latitude)."""
    return carrington_drift_deg_per_day(latitude_deg) + (CARRINGTON_DEG_PER_DAY - EARTH_DEG_PER_DAY)


def carrington_drift_deg_per_day(latitude_deg: ArrayLike) -> np.ndarray:
    """Return the daily change of the Carrington longitude, float64, same shape; positive near the equator."""
    slowing = SLOWING_DEG_PER_DAY * np.sin(np.radians(np.asarray(latitude_deg, np.float64))) ** 2
    drift: np.ndarray = EQUATOR_DEG_PER_DAY - CARRINGTON_DEG_PER_DAY - slowing
    return drift
