"""Spots of a Carrington rotation, and the distribution of spot sizes."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import Period, where_dated, where_spots
from sunspot_dash.services.catalogue.sources import where_source

SIZE_STEP = 0.125  # bin width in log10 of the area
COLUMNS = "key, number, date, latitude_deg, longitude_deg, cmd_deg, area_msh, spot_group"


@dataclass(frozen=True)
class Rotation:
    """The spots of a Carrington rotation.

    Attributes:
        number: number of the rotation; known: numbers of all rotations with drawings, ascending.
        first, last: dates of its first and last drawing, "" if there is none.
        rows: key, number, date, latitude_deg, longitude_deg (Carrington), cmd_deg, area_msh, spot_group, name.
    """

    number: int
    known: list[int]
    first: str
    last: str
    rows: list[dict[str, Any]]


def rotation(
    catalogue: Catalogue, source: str, period: Period, region: Region, number: int | None = None
) -> Rotation:
    """Return the spots of one rotation within a region; by default the last rotation with drawings in the period."""
    of_source, own = where_source(source)
    dated, dates = where_dated(period)
    drawings = catalogue.rows(
        f"select key, name, date, time from result where {of_source} and {dated} order by date, time",
        [*own, *dates],
    )
    rotations = np.floor(
        sun(np.array([observation_time(row["date"], row["time"]) for row in drawings])).carrington_rotation
    )
    known = np.unique(rotations).astype(int).tolist()
    picked = number if number is not None else (known[-1] if known else 0)
    inside = [row for row, at in zip(drawings, rotations.tolist(), strict=True) if at == picked]
    if not inside:
        return Rotation(picked, known, "", "", [])
    first, last = inside[0]["date"], inside[-1]["date"]
    names = {row["key"]: row["name"] for row in inside}
    where, values = where_spots(source, (first, last), region)
    spots = catalogue.rows(f"select {COLUMNS} from spot where {where} and latitude_deg is not null", values)
    # The first and last day may also hold drawings of the neighbouring rotations.
    rows = [{**spot, "name": names[spot["key"]]} for spot in map(dict, spots) if spot["key"] in names]
    return Rotation(picked, known, first, last, rows)


def sizes(catalogue: Catalogue, source: str, period: Period, region: Region) -> tuple[np.ndarray, np.ndarray]:
    """Return a histogram of spot areas.

    Returns:
        (edges, counts): (n + 1,) float64 areas in millionths of the hemisphere, equally spaced in their logarithm,
        and (n,) int64; both empty if there is no spot.
    """
    where, values = where_spots(source, period, region)
    sql = f"select area_msh from spot where {where} and area_msh > 0"
    powers = np.log10(catalogue.columns(sql, values, "area_msh")["area_msh"])
    if not len(powers):
        return np.zeros(0), np.zeros(0, np.int64)
    steps = np.arange(floor(powers.min() / SIZE_STEP), floor(powers.max() / SIZE_STEP) + 2)
    counts, edges = np.histogram(powers, steps * SIZE_STEP)
    return 10**edges, counts
