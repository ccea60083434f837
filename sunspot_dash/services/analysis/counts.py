"""Time series of the spot counts of dated drawings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import (
    ALWAYS,
    WHOLE,
    Period,
    where_dated,
    where_period,
    where_spots,
)
from sunspot_dash.services.catalogue.sources import SIGN, where_source


@dataclass(frozen=True)
class Series:
    """Dated drawings with their spot counts, in order of time.

    Attributes:
        undated: number of the others.
        below, above: how far each count may be too high and too low; None where unknown.
    """

    times: list[str]
    counts: list[int]
    keys: list[str]
    undated: int
    below: list[float | None]
    above: list[float | None]

    def between(self, period: Period) -> Series:
        """Return the part of the series within a period."""
        first, last = period
        start = bisect_left(self.times, first)
        end = bisect_right(self.times, f"{last} 99") if last else len(self.times)
        lists = (self.times, self.counts, self.keys, self.below, self.above)
        times, counts, keys, below, above = (values[start:end] for values in lists)
        return Series(times, counts, keys, self.undated, below, above)  # type: ignore[arg-type]


def revision(catalogue: Catalogue, sources: Sequence[str]) -> str:
    """Return a text that changes whenever drawings of these sources are added, changed, reviewed or removed."""
    parts: list[object] = [len(sources), *sources]
    for source in sources:
        where, values = where_source(source)
        sql = (
            f"select count(*), max(stamp), sum(spots), sum(instr(model, '{SIGN}')) from result where {where}"
        )
        parts += catalogue.rows(sql, values)[0]
    return " ".join(map(str, parts))


def shown_drawings(catalogue: Catalogue, source: str, period: Period) -> tuple[int, int]:
    """Return how many drawings of a source are in a period, and how many there are."""
    of_source, own = where_source(source)
    inside, dates = where_period(period)
    sql = f"select coalesce(sum({inside}), 0), count(*) from result where {of_source}"
    shown, every = catalogue.rows(sql, [*dates, *own])[0]
    return int(shown), int(every)


def extent(catalogue: Catalogue) -> Period:
    """Return the dates of the first and last dated drawing with a result, "" without one."""
    first, last = catalogue.rows(f"select min(date), max(date) from result where {where_dated()[0]}")[0]
    return first or "", last or ""


def series(catalogue: Catalogue, source: str, region: Region = WHOLE) -> Series:
    """Return the number of spots on every dated drawing, on the whole disk or within a region of it."""
    of_source, own = where_source(source)
    if region.whole:
        columns = "date, time, spots, key, spots - spots_low as below, spots_high - spots as above"
        sql, values = f"select {columns} from result where {of_source} order by date, time", own
    else:
        where, values = where_spots(source, ALWAYS, region)
        sql = (
            "select date, time, coalesce(inside, 0) as spots, key, null as below, null as above from result left join "
            f"(select key as place, count(*) as inside from spot where {where} group by key) on place = key "
            f"where {of_source} order by date, time"
        )
        values = [*values, *own]
    rows = catalogue.rows(sql, values)
    dated = [row for row in rows if row["date"] != UNDATED]
    times = [f"{row['date']} {row['time']}" for row in dated]
    counts, keys, below, above = (
        [row[column] for row in dated] for column in ("spots", "key", "below", "above")
    )
    return Series(times, counts, keys, len(rows) - len(dated), below, above)
