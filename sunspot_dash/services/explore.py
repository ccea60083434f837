"""What the explore page asks the index: counts over time, and detections on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sunspot_dash.domain.names import UNDATED
from sunspot_dash.services.catalogue import Catalogue

MOST_SPOTS = 5000
CELLS = (40, 120)  # rings and sectors of the disk, where there are more spots than the eye can tell apart


@dataclass(frozen=True)
class Series:
    """Drawings with their counts, in the order of their times."""

    times: list[str]
    counts: list[int]
    keys: list[str]
    undated: int


@dataclass(frozen=True)
class Detections:
    """Spots (`cells` False), or cells of the disk with how many lie in each."""

    rows: list[dict[str, Any]]
    total: int
    cells: bool


def series(catalogue: Catalogue, model: str) -> Series:
    """The counts of every dated drawing."""
    rows = catalogue.rows(
        "select date, time, spots, key from result where model = ? order by date, time", [model]
    )
    dated = [row for row in rows if row["date"] != UNDATED]
    times = [f"{row['date']} {row['time']}" for row in dated]
    counts, keys = [row["spots"] for row in dated], [row["key"] for row in dated]
    return Series(times, counts, keys, len(rows) - len(dated))


def detections(catalogue: Catalogue, model: str, first: str = "", last: str = "") -> Detections:
    """The spots of a period (dates, both ends included; all where empty)."""
    where, values = "spot.model = ?", [model]
    for sign, date in ((">=", first), ("<=", last)):
        if date:
            where += f" and spot.date {sign} ?"
            values.append(date)
    total = catalogue.rows(f"select count(*) from spot where {where}", values)[0][0]
    if total > MOST_SPOTS:
        rings, sectors = CELLS
        sql = (
            f"select (cast(radius_fraction * {rings} as int) + 0.5) / {rings} as radius_fraction, "
            f"(cast(position_angle_deg * {sectors} / 360 as int) + 0.5) * 360.0 / {sectors} as position_angle_deg, "
            f"count(*) as count from spot where {where} group by 1, 2"
        )
        return Detections([dict(row) for row in catalogue.rows(sql, values)], total, cells=True)
    sql = (
        "select spot.*, result.name as name, cast(julianday(nullif(spot.date, 'undated')) as int) as day from spot "
        f"join result on result.model = spot.model and result.key = spot.key where {where} order by spot.date"
    )
    return Detections([dict(row) for row in catalogue.rows(sql, values)], total, cells=False)
