"""Latitude limit of spots; detections at higher latitudes are letters, faculae or marks near the edge.

Of 38888 daily groups in the Greenwich catalogue (15 years between 1940 and 2005), 2 are beyond 50 degrees, the farthest
at 50.3; no USET label is. The orientation of a drawing may be set wrongly, so a position is rejected only if it exceeds
the limit in every preset orientation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.domain.sun.coordinates import on_sun
from sunspot_dash.domain.sun.ephemeris import sun

LATITUDE_LIMIT_DEG = 50.0


def beyond_latitude_limit(xy: np.ndarray, disk: Disk, when: np.datetime64) -> np.ndarray:
    """Return which points (n, 2) in px of the drawing exceed the latitude limit; (n,) bool, all False for NaT.

    Args:
        when: time of the drawing, UT.
    """
    ephemeris = sun(when)
    latitudes = [
        np.abs(on_sun(xy, disk, ephemeris, orientation).latitude_deg) for orientation in PRESETS.values()
    ]
    beyond: np.ndarray = np.min(latitudes, axis=0) > LATITUDE_LIMIT_DEG
    return beyond


def limit_latitude(spots: Iterable[Spot], disk: Disk, when: np.datetime64, floor: float) -> list[Spot]:
    """Return the spots; beyond the latitude limit, their confidence is at most `floor`."""
    spots = list(spots)
    beyond = beyond_latitude_limit(np.array([(spot.x, spot.y) for spot in spots]).reshape(-1, 2), disk, when)
    return [
        replace(spot, confidence=min(spot.confidence, floor)) if too_far else spot
        for spot, too_far in zip(spots, beyond.tolist(), strict=True)
    ]
