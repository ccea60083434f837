"""Where on the Sun spots can be. What is found nearer to the poles is a letter, a facula, a mark at the sheet's edge.

The belts of activity end at 50 degrees: beyond are 2 of 38888 daily groups of the Greenwich catalogue (15 years of
1940 to 2005), the farthest at 50.3, and none of the USET labels. A sheet may lie in more than one way, and nobody may
have told which; so a place is called impossible only where it is so whichever way it lies.
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
    """Which page points (n, 2) in px are outside the belts of spots; (n,) bool, all False for a time that is NaT.

    Args:
        when: the drawing's time, UT.
    """
    ephemeris = sun(when)
    latitudes = [
        np.abs(on_sun(xy, disk, ephemeris, orientation).latitude_deg) for orientation in PRESETS.values()
    ]
    beyond: np.ndarray = np.min(latitudes, axis=0) > LATITUDE_LIMIT_DEG
    return beyond


def limit_latitude(spots: Iterable[Spot], disk: Disk, when: np.datetime64, floor: float) -> list[Spot]:
    """The spots; where none can be, with no more confidence than `floor`."""
    spots = list(spots)
    beyond = beyond_latitude_limit(np.array([(spot.x, spot.y) for spot in spots]).reshape(-1, 2), disk, when)
    return [
        replace(spot, confidence=min(spot.confidence, floor)) if never else spot
        for spot, never in zip(spots, beyond.tolist(), strict=True)
    ]
