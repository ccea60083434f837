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
            meridian_seen, area_msh (the largest), seen (key of the drawing and number of the group, per drawing).
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
    members = np.split(np.argsort(track, kind="stable"), np.cumsum(np.bincount(track))[:-1])
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
            "seen": [[found[at]["key"], found[at]["number"]] for at in members[one.number].tolist()],
        }
        for one in sorted(several, key=lambda one: one.last, reverse=True)
    ]
    return Tracks(rows, len(summaries) - len(several), since)


def days_of_track(catalogue: Catalogue, source: str, seen: list[list[Any]]) -> list[dict[str, Any]]:
    """Return a group day by day.

    Args:
        seen: key of the drawing and number of the group on it, from a row of `tracks`.

    Returns:
        Rows in order of time, with key, date, time, spots, area_msh, latitude_deg, longitude_deg, cmd_deg; x_from,
        y_from, x_to, y_to of its spots on the drawing (px); and width, height (px) and version (changes with the
        file) of the drawing, None if it is missing.
    """
    of_source, own = where_source(source, "spot_group")
    pairs = ", ".join("(?, ?)" for _ in seen)
    rows = catalogue.rows(
        "select spot_group.key, spot_group.date, spot_group.time, spots, spot_group.area_msh, spot_group.latitude_deg, "
        "spot_group.longitude_deg, spot_group.cmd_deg, min(x) as x_from, min(y) as y_from, max(x) as x_to, "
        "max(y) as y_to, width, height, modified_ns as version from spot_group "
        "join spot on spot.model = spot_group.model and spot.key = spot_group.key "
        "and spot.spot_group = spot_group.number "
        f"left join drawing on drawing.key = spot_group.key where {of_source} "
        f"and (spot_group.key, spot_group.number) in (values {pairs}) group by spot_group.key "
        "order by spot_group.date, spot_group.time",
        [*own, *(value for pair in seen for value in pair)],
    )
    return [dict(row) for row in rows]


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
