"""How fast spots go round: the Sun's differential rotation as spots show it.

The law A - B sin^2 of the latitude is that of H. W. Newton and M. L. Nunn 1951 (doi:10.1093/mnras/111.4.413).
Published constants differ by up to 0.2 degrees a day, with the kind of spots that were followed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

EQUATOR_DEG_PER_DAY, SLOWING_DEG_PER_DAY = 14.38, 2.96  # sidereal
EARTH_DEG_PER_DAY = 0.986
CARRINGTON_DEG_PER_DAY = 14.1844


def synodic_deg_per_day(latitude_deg: ArrayLike) -> np.ndarray:
    """Growth of a spot's distance from the central meridian, float64 of the latitudes' shape (13.2 at 15 degrees)."""
    return carrington_drift_deg_per_day(latitude_deg) + (CARRINGTON_DEG_PER_DAY - EARTH_DEG_PER_DAY)


def carrington_drift_deg_per_day(latitude_deg: ArrayLike) -> np.ndarray:
    """Growth of a spot's Carrington longitude, float64 of the latitudes' shape: positive near the equator."""
    slowing = SLOWING_DEG_PER_DAY * np.sin(np.radians(np.asarray(latitude_deg, np.float64))) ** 2
    drift: np.ndarray = EQUATOR_DEG_PER_DAY - CARRINGTON_DEG_PER_DAY - slowing
    return drift
