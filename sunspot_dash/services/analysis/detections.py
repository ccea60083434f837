"""The detections of a period on the disk, as single spots or as counts per cell."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, pi, radians, sqrt
from typing import Any

import numpy as np

from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, WHOLE, Period, where_spots

MOST_SPOTS = 5000
MOST_CELLS = 1500  # on the whole disk, if there are more than MOST_SPOTS
ROWS = (
    "select spot.key, number, result.name, spot.date, radius_fraction, position_angle_deg, area_px, area_msh, "
    "confidence, latitude_deg, longitude_deg, cmd_deg, spot_group, "
    f"cast(julianday(nullif(spot.date, '{UNDATED}')) as int) as day from spot "
    "join result on result.model = spot.model and result.key = spot.key where {} order by spot.date"
)


@dataclass(frozen=True)
class Detections:
    """Spots, or cells of the disk with the number of spots in each if `cells` is set."""

    rows: list[dict[str, Any]]
    total: int
    cells: bool


def detections(
    catalogue: Catalogue, source: str, period: Period = ALWAYS, region: Region = WHOLE, on_sun: bool = False
) -> Detections:
    """Return the spots of a period within a region of the disk; undated spots only if the period is open.

    Args:
        on_sun: project the heliographic positions onto a disk with P = B0 = 0; spots without a latitude are left out,
            and angles are counted from solar north.
    """
    where, values = where_spots(source, period, region)
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
    """Return (r/R, angle from north through east in degrees) on a disk with P = B0 = 0, (n,) each."""
    latitude, cmd = np.radians(latitude_deg), np.radians(cmd_deg)
    east, north = -np.cos(latitude) * np.sin(cmd), np.sin(latitude)
    return np.hypot(east, north), np.degrees(np.arctan2(east, north)) % 360


def _cells(catalogue: Catalogue, where: str, values: list[Any], region: Region) -> list[dict[str, Any]]:
    """Count the spots per cell of a region; see `_counted`."""
    sql = f"select radius_fraction, position_angle_deg from spot where {where}"
    found = catalogue.columns(sql, values, "radius", "angle")
    return _counted(found["radius"], found["angle"], region.rings(), region.arc)


def _cells_on_sun(catalogue: Catalogue, where: str, values: list[Any]) -> list[dict[str, Any]]:
    """Count the spots per cell of the whole disk with P = B0 = 0; see `_counted`."""
    found = catalogue.columns(f"select latitude_deg, cmd_deg from spot where {where}", values, "b", "cmd")
    return _counted(*upright(found["b"], found["cmd"]), (0.0, 1.0), (0.0, 360.0))


def _counted(
    radius: np.ndarray, angle: np.ndarray, rings: tuple[float, float], arc: tuple[float, float]
) -> list[dict[str, Any]]:
    """Count the spots per cell of a part of the disk.

    All cells have the same area, whatever the part, and are about as wide as deep.

    Args:
        radius, angle: (n,) r/R and position angle (degrees) of the spots.
        rings: inner and outer r/R of the part; arc: its first angle and its span, in degrees.

    Returns:
        Rows with radius_fraction and position_angle_deg of the centre, count, and cell, a `domain.sun.region.Cell`.
    """
    (inner, outer), (start, span) = rings, arc
    depth = sqrt(pi / MOST_CELLS)
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
