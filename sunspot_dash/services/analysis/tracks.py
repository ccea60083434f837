"""Track sunspot groups from drawing to drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.activity.tracks import TrackDays, describe_tracks, follow
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import Period, where_dated
from sunspot_dash.services.catalogue.sources import where_source

MOST_DRAWINGS = 3000  # eight years of daily drawings; more would make the page slow
COLUMNS = "key, date, time, number, spots, area_msh, latitude_deg, longitude_deg, cmd_deg"


@dataclass(frozen=True)
class Tracks:
    """Groups that were seen on several drawings.

    Attributes:
        rows: one per track, newest first: group (number of the track), first, last, drawings, latitude_deg,
            longitude_deg, rotation, sidereal, sigma (degrees/day, None if undetermined), meridian (date and time),
            meridian_seen, area_msh (the largest), key (its drawing).
        once: number of groups that were seen on one drawing only.
        since: date of the first drawing that was used, if the period holds more than MOST_DRAWINGS; else "".
    """

    rows: list[dict[str, Any]]
    once: int
    since: str


def tracks(
    catalogue: Catalogue,
    source: str,
    period: Period,
    latitudes: tuple[float | None, float | None] = (None, None),
) -> Tracks:
    """Track the groups of a period whose centres are within a range of latitudes, using differential rotation."""
    since = _date_of_newest(catalogue, source, period)
    of_source, own = where_source(source)
    dated, dates = where_dated((since or period[0], period[1]))
    found = catalogue.rows(
        # Of several scans of one drawing, all of the same minute, only the first counts.
        f"select {COLUMNS} from spot_group where {of_source} and {dated} and key in (select key from "
        f"(select key, min(name) from result where {of_source} and {dated} group by date, time)) "
        "and latitude_deg >= ? and latitude_deg <= ? order by date, time, key, number",
        [
            *(*own, *dates) * 2,
            *(end if end is not None else 90 * sign for end, sign in zip(latitudes, (-1, 1), strict=True)),
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
    # The largest of each track, ordered by track number.
    largest = largest[np.r_[True, np.diff(track[largest]) > 0]]
    summaries = describe_tracks(seen, track)
    several = [one for one in summaries if one.drawings > 1]
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
    return Tracks(rows, len(summaries) - len(several), since)


def _date_of_newest(catalogue: Catalogue, source: str, period: Period) -> str:
    """Return the date of the oldest of a period's newest MOST_DRAWINGS drawings, or "" if these are all."""
    of_source, own = where_source(source)
    dated, dates = where_dated(period)
    rows = catalogue.rows(
        f"select date from result where {of_source} and {dated} order by date desc limit 2 offset ?",
        [*own, *dates, MOST_DRAWINGS - 1],
    )
    return rows[0]["date"] if len(rows) == 2 else ""


def _minutes(time: np.datetime64) -> str:
    return str(time.astype("datetime64[m]")).replace("T", " ")
