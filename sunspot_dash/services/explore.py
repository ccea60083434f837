"""What the explore page asks the index: counts over time, and detections on the disk."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, radians, sqrt
from typing import Any

import numpy as np

from sunspot_dash.domain.names import UNDATED
from sunspot_dash.domain.region import Region
from sunspot_dash.services.catalogue import Catalogue

MOST_SPOTS = 5000
MOST_CELLS = 3000  # of a disk, where there are more spots than the eye can tell apart
WHOLE = Region()
ROWS = (
    "select spot.key, number, result.name, spot.date, radius_fraction, position_angle_deg, area_px, area_msh, "
    "confidence, latitude_deg, longitude_deg, cmd_deg, spot_group, "
    "cast(julianday(nullif(spot.date, 'undated')) as int) as day from spot "
    "join result on result.model = spot.model and result.key = spot.key where {} order by spot.date"
)
Period = tuple[str, str]  # dates, both ends included, "" for an open one
ALWAYS = ("", "")
LAST_DATE = "9999-12-31"  # for an open end, where a query needs one


@dataclass(frozen=True)
class Series:
    """Dated drawings with their counts, in the order of their times; `undated` are left out."""

    times: list[str]
    counts: list[int]
    keys: list[str]
    undated: int

    def between(self, period: Period) -> Series:
        """Those of a period."""
        first, last = period
        start = bisect_left(self.times, first)
        end = bisect_right(self.times, f"{last} 99") if last else len(self.times)
        return Series(self.times[start:end], self.counts[start:end], self.keys[start:end], self.undated)


@dataclass(frozen=True)
class Detections:
    """Spots (`cells` False), or cells of the disk with how many lie in each."""

    rows: list[dict[str, Any]]
    total: int
    cells: bool


def revision(catalogue: Catalogue, models: Sequence[str]) -> str:
    """A text that changes whenever results of these models come, change or go."""
    marks = ", ".join("?" * len(models))
    sql = f"select count(*), max(stamp), sum(spots) from result where model in ({marks})"
    return " ".join(map(str, (*models, *catalogue.rows(sql, models)[0])))


def series(catalogue: Catalogue, model: str, region: Region = WHOLE) -> Series:
    """The counts of every dated drawing: all of its spots, or those within a region of the disk."""
    if region.whole:
        sql, values = "select date, time, spots, key from result where model = ? order by date, time", [model]
    else:
        where, values = where_spots(model, ALWAYS, region)
        sql = (
            "select date, time, coalesce(inside, 0) as spots, key from result left join "
            f"(select key as place, count(*) as inside from spot where {where} group by key) on place = key "
            "where model = ? order by date, time"
        )
        values = [*values, model]
    rows = catalogue.rows(sql, values)
    dated = [row for row in rows if row["date"] != UNDATED]
    times = [f"{row['date']} {row['time']}" for row in dated]
    counts, keys = [row["spots"] for row in dated], [row["key"] for row in dated]
    return Series(times, counts, keys, len(rows) - len(dated))


def detections(
    catalogue: Catalogue, model: str, period: Period = ALWAYS, region: Region = WHOLE, on_sun: bool = False
) -> Detections:
    """The spots of a period within a region of the disk; undated ones where there is no period.

    Args:
        on_sun: places are those on a Sun whose axis stands upright and is seen from its equator's plane; spots
            without a latitude are then left out, and angles count from the Sun's north.
    """
    where, values = where_spots(model, period, region)
    where += " and latitude_deg is not null" if on_sun else ""
    total = catalogue.rows(f"select count(*) from spot where {where}", values)[0][0]
    if total > MOST_SPOTS:
        cells = (
            _cells_on_sun(catalogue, where, values) if on_sun else _cells(catalogue, where, values, region)
        )
        return Detections(cells, total, cells=True)
    rows = [dict(row) for row in catalogue.rows(ROWS.format(where), values)]
    if on_sun and rows:
        radius, angle = upright(
            *(np.array([row[name] for row in rows]) for name in ("latitude_deg", "cmd_deg"))
        )
        for row, r, at in zip(rows, radius.tolist(), angle.tolist(), strict=True):
            row["radius_fraction"], row["position_angle_deg"] = r, at
    return Detections(rows, total, cells=False)


def upright(latitude_deg: np.ndarray, cmd_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(distance from the centre over R, angle from north through east in degrees) on an upright Sun, (n,) each."""
    latitude, cmd = np.radians(latitude_deg), np.radians(cmd_deg)
    east, north = -np.cos(latitude) * np.sin(cmd), np.sin(latitude)
    return np.hypot(east, north), np.degrees(np.arctan2(east, north)) % 360


def where_spots(model: str, period: Period, region: Region) -> tuple[str, list[Any]]:
    """The condition on the table `spot` for a model's spots of a period within a region, and its values."""
    parts, values = ["spot.model = ?"], [model]
    for column, sign, value in (
        ("date", ">=", period[0]),
        ("date", "<=", period[1]),
        ("radius_fraction", ">=", region.r_from),
        ("radius_fraction", "<=", region.r_to),
        ("latitude_deg", ">=", region.b_from),
        ("latitude_deg", "<=", region.b_to),
    ):
        if value not in ("", None):
            parts.append(f"spot.{column} {sign} ?")
            values.append(value)  # type: ignore[arg-type]
    if any(period):
        parts.append(f"spot.date <> '{UNDATED}'")
    angles = [
        (f"position_angle_deg {sign} ?", value)
        for sign, value in ((">=", region.pa_from), ("<=", region.pa_to))
        if value is not None
    ]
    if angles:
        parts.append(
            "(" + (" or " if region.through_north else " and ").join(text for text, _ in angles) + ")"
        )
    return " and ".join(parts), [*values, *(value for _, value in angles)]


def _cells(catalogue: Catalogue, where: str, values: list[Any], region: Region) -> list[dict[str, Any]]:
    """How many spots lie in each cell of a region, as `_counted` tells."""
    sql = f"select radius_fraction, position_angle_deg from spot where {where}"
    found = catalogue.columns(sql, values, "radius", "angle")
    return _counted(found["radius"], found["angle"], region.rings(), region.arc)


def _cells_on_sun(catalogue: Catalogue, where: str, values: list[Any]) -> list[dict[str, Any]]:
    """As `_cells`, of the whole upright disk."""
    found = catalogue.columns(f"select latitude_deg, cmd_deg from spot where {where}", values, "b", "cmd")
    return _counted(*upright(found["b"], found["cmd"]), (0.0, 1.0), (0.0, 360.0))


def _counted(
    radius: np.ndarray, angle: np.ndarray, rings: tuple[float, float], arc: tuple[float, float]
) -> list[dict[str, Any]]:
    """How many places lie in each cell of a part of the disk: the cells are about as wide as deep, and of one area.

    Args:
        radius, angle: (n,) distance from the centre over R, and degrees. rings: the part's radii; arc: where its angles
            begin, and their span.

    Returns:
        Rows with radius_fraction and position_angle_deg of the middle, count, and cell, a `domain.region.Cell`.
    """
    (inner, outer), (start, span) = rings, arc
    depth = sqrt(radians(span) / 2 * (outer**2 - inner**2) / MOST_CELLS)
    most = ceil((outer - inner) / depth - 1e-9)
    sectors = np.maximum(1, (inner + (np.arange(most) + 0.5) * depth) * radians(span) / depth + 0.5).astype(
        int
    )
    first = np.concatenate([[0], np.cumsum(sectors)])
    ring = np.clip((radius - inner) / depth, 0, most - 1).astype(int)
    sector = np.minimum(((angle - start) % 360 * sectors[ring] / span).astype(int), sectors[ring] - 1)
    counts = np.bincount(first[ring] + sector, minlength=first[-1])
    filled = np.flatnonzero(counts)
    of_ring = np.searchsorted(first, filled, "right") - 1
    rows = []
    for at, part, of, count in zip(
        of_ring.tolist(),
        (filled - first[of_ring]).tolist(),
        sectors[of_ring].tolist(),
        counts[filled].tolist(),
        strict=True,
    ):
        r_from, width = inner + at * depth, span / of
        turned = (start + part * width) % 360
        middle = {"radius_fraction": r_from + depth / 2, "position_angle_deg": (turned + width / 2) % 360}
        rows.append({**middle, "count": count, "cell": (r_from, r_from + depth, turned, width)})
    return rows
