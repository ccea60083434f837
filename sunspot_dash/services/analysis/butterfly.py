"""Spot latitudes over time: the butterfly diagram."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sunspot_dash.domain.activity.butterfly import ButterflyCells, ButterflyGrid, ButterflySpots
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, WHOLE, Period, where_dated, where_spots
from sunspot_dash.services.catalogue.sources import where_source

MOST_POINTS = 5000


def butterfly(
    catalogue: Catalogue,
    source: str,
    period: Period = ALWAYS,
    region: Region = WHOLE,
    most: int = MOST_POINTS,
) -> ButterflySpots | ButterflyCells:
    """Return the latitudes of spots over time, or the number of spots per grid cell if there are more than `most`.

    Args:
        region: a region of the disk, which may limit the latitude (`Region(b_from=-40, b_to=40)`).
    """
    where, values = where_spots(source, period, region)
    where += f" and latitude_deg is not null and {where_dated(column='spot.date')[0]}"
    of_source, own = where_source(source)
    dated, dates = where_dated(period)
    first, last, total = catalogue.rows(
        f"select min(date), max(date), coalesce(sum(spots), 0) from result where {of_source} and {dated} and spots",
        [*own, *dates],
    )[0]
    if total > most and not region.whole:
        total = catalogue.rows(f"select count(*) from spot where {where}", values)[0][0]
    if total > most:
        return _cells(catalogue, where, values, ButterflyGrid.over(first, last))
    rows = catalogue.rows(
        "select spot.date || ' ' || result.time, latitude_deg, coalesce(area_msh, 0), spot.key, result.name, number "
        f"from spot join result on result.model = spot.model and result.key = spot.key where {where} "
        "order by spot.date, result.time, spot.key, number",
        values,
    )
    columns = list(zip(*rows, strict=True)) or [()] * 6
    times = [time.rstrip() for time in columns[0]]
    latitude, area = (np.array(column, np.float64) for column in columns[1:3])
    return ButterflySpots(times, latitude, area, *map(list, columns[3:]))


def _cells(catalogue: Catalogue, where: str, values: list[object], grid: ButterflyGrid) -> ButterflyCells:
    """Return the number and area of spots per cell, for the occupied range of latitudes."""
    begin = f"julianday('{grid.start}')"
    column = f"cast((julianday(date) - {begin}) / {grid.width_days} as int)"
    row = f"cast((latitude_deg + 90) / {grid.height_deg} as int)"
    rows = int(180 / grid.height_deg) + 1
    # Grouping by one integer is twice as fast as by two.
    sql = (
        f"select {column} * {rows} + {row}, count(*), sum(coalesce(area_msh, 0)) from spot "
        f"where {where} group by 1"
    )
    found = np.array([tuple(cell) for cell in catalogue.rows(sql, values)], np.float64).reshape(-1, 3)
    shape = (grid.columns, rows)
    spots, area = np.zeros(shape, np.int64), np.zeros(shape)
    at = np.unravel_index(found[:, 0].astype(np.int64), shape)
    spots[at], area[at] = found[:, 1].astype(np.int64), found[:, 2]
    filled = np.flatnonzero(spots.any(axis=0))
    used = slice(filled[0], filled[-1] + 1) if len(filled) else slice(0, 0)
    grid = replace(grid, south_deg=grid.height_deg * used.start - 90, rows=used.stop - used.start)
    return ButterflyCells(grid, spots.T[used], area.T[used], int(spots.sum()))
