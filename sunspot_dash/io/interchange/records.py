"""One group, or one spot of a group, as catalogues of all formats have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Areas:
    """Areas of umbrae and whole spots; None for what is not known.

    Attributes:
        projected_umbra, projected_whole: as seen, millionths of the disk.
        umbra, whole: corrected for foreshortening, millionths of the hemisphere.
    """

    projected_umbra: float | None = None
    projected_whole: float | None = None
    umbra: float | None = None
    whole: float | None = None


@dataclass(frozen=True)
class Record:
    """A group on one day, or a spot of it.

    Attributes:
        time: UT, datetime64[s].
        group: number of the group in the catalogue, such as that of NOAA; spot: of the spot in the group, 0 for the
            group itself.
        latitude_deg: north positive; longitude_deg: Carrington, 0 to 360; cmd_deg: west positive.
        position_angle_deg: from the Sun's north pole through east; radius_fraction: distance from the disk centre
            over R.
        spots: number of spots of the group, None if the format has none.
        zurich, mcintosh: types, "" or with "?" if they are not known.
        latitude_sigma_deg, longitude_sigma_deg: standard deviations of the position.
    """

    time: np.datetime64
    group: str
    latitude_deg: float
    longitude_deg: float
    cmd_deg: float
    areas: Areas = Areas()
    position_angle_deg: float | None = None
    radius_fraction: float | None = None
    spot: int = 0
    spots: int | None = None
    zurich: str = ""
    mcintosh: str = ""
    latitude_sigma_deg: float | None = None
    longitude_sigma_deg: float | None = None
