"""Groups followed from drawing to drawing, from the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.activity.tracks import TrackDays, describe_tracks, follow
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import LAST_DATE, Period

# As many drawings are followed while a page waits: a day in each of nine years.
MOST_DRAWINGS = 3000
COLUMNS = "key, date, time, number, spots, area_msh, latitude_deg, longitude_deg, cmd_deg"


@dataclass(frozen=True)
class Tracks:
    """Groups that were seen on several drawings.

    Attributes:
        rows: of the tracks, newest first: group (number of the track), first, last, drawings,
            latitude_deg, longitude_deg, rotation, sidereal, sigma (degrees a day, None where they cannot be told),
            meridian (date and time), meridian_seen, area_msh (the largest), key (its drawing).
        once: how many groups were seen on one drawing only.
        since: the date of the first drawing that was followed, where the period holds more than the newest
            MOST_DRAWINGS; else "".
    """

    rows: list[dict[str, Any]]
    once: int
    since: str


def tracks(
    catalogue: Catalogue, model: str, period: Period, belt: tuple[float | None, float | None] = (None, None)
) -> Tracks:
    """The groups of a period, whose centres lie in a belt of latitudes, followed by differential rotation."""
    since = _date_of_newest(catalogue, model, period)
    found = catalogue.rows(
        # Of the scans of one sheet, all of one minute, the first counts: a group is seen once at a time.
        f"select {COLUMNS} from spot_group where model = ? and date >= ? and date <= ? and key in (select key from "
        "(select key, min(name) from result where model = ? and date >= ? and date <= ? group by date, time)) "
        "and latitude_deg >= ? and latitude_deg <= ? order by date, time, key, number",
        [
            *(model, since or period[0], period[1] or LAST_DATE) * 2,
            *(end if end is not None else 90 * sign for end, sign in zip(belt, (-1, 1), strict=True)),
        ],
    )
    if not found:
        return Tracks([], 0, "")
    keys = np.array([row["key"] for row in found])
    seen = TrackDays(
        np.array([observation_time(row["date"], row["time"]) for row in found]),
        np.unique(keys, return_inverse=True)[1].astype(np.int64),
        *(np.array([row[name] for row in found]) for name in ("latitude_deg", "longitude_deg", "cmd_deg")),
    )
    track = follow(seen)
    area = np.array([row["area_msh"] for row in found])
    largest = np.lexsort((-area, track))
    largest = largest[
        np.r_[True, np.diff(track[largest]) > 0]
    ]  # of each track, in the order of their numbers
    told = describe_tracks(seen, track)
    several = [one for one in told if one.drawings > 1]
    rows = [
        {
            "group": one.number + 1,
            "first": _minutes(one.first),
            "last": _minutes(one.last),
            "drawings": one.drawings,
            "latitude_deg": one.latitude_deg,
            "longitude_deg": one.carrington_longitude_deg,
            "rotation": one.rotation,
            "sidereal": one.sidereal_deg_per_day,
            "sigma": one.rate_sigma_deg_per_day,
            "meridian": _minutes(one.meridian),
            "meridian_seen": one.meridian_seen,
            "area_msh": float(area[largest[one.number]]),
            "key": found[int(largest[one.number])]["key"],
        }
        for one in sorted(several, key=lambda one: one.last, reverse=True)
    ]
    return Tracks(rows, len(told) - len(several), since)


def _date_of_newest(catalogue: Catalogue, model: str, period: Period) -> str:
    """The date of the oldest of a period's newest MOST_DRAWINGS drawings; "" where it has no more."""
    rows = catalogue.rows(
        "select date from result where model = ? and date >= ? and date <= ? order by date desc limit 2 offset ?",
        [model, period[0], period[1] or LAST_DATE, MOST_DRAWINGS - 1],
    )
    return rows[0]["date"] if len(rows) == 2 else ""


def _minutes(time: np.datetime64) -> str:
    return str(time.astype("datetime64[m]")).replace("T", " ")
