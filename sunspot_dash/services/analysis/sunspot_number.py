"""The sunspot number R = k (10 g + s) by drawing, day or month, smoothed, and per hemisphere."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sunspot_dash.domain.activity.sunspot_number import Counts
from sunspot_dash.domain.activity.timeseries import Means, daily, mean_error, monthly, smoothed
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.errors import ParameterError
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period, where_dated
from sunspot_dash.services.catalogue.sources import where_source

BY = ("drawing", "day", "month", "smoothed")
PARTS = ("disk", "north", "south")
COLUMNS = (
    "key, date || ' ' || time, number_low, number_high, "
    "spot_groups, spots, north_groups, north_spots, south_groups, south_spots"
)
COUNTED = "spot_groups is not null"


@dataclass(frozen=True, eq=False)
class CountedDrawings:
    """The counts of n dated drawings of a source, in order of time.

    Attributes:
        keys: keys of the drawings; times: "YYYY-MM-DD HH:MM" in UT, without HH:MM if only the day is known.
        counts: groups and spots of the disk and of each hemisphere.
        low, high: (n,) float64, the interval of R of the disk with k = 1; NaN for a drawing without one.
        undated: number of undated drawings, whose groups and hemispheres are unknown.
    """

    keys: list[str]
    times: list[str]
    counts: Counts
    low: np.ndarray
    high: np.ndarray
    undated: int

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def moments(self) -> np.ndarray:
        """Observation times, (n,) datetime64[m]; midnight if only the day is known."""
        return np.array(self.times, "datetime64[m]")

    def number(self, part: str = "disk", k: float = 1.0) -> np.ndarray:
        """Return the sunspot number of one of PARTS, (n,) float64."""
        return {"disk": self.counts.number, "north": self.counts.north, "south": self.counts.south}[part](k)

    def means(self, part: str = "disk", by: str = "day", k: float = 1.0) -> Means:
        """Return the means of one of PARTS by "day", by "month", or "smoothed" over 13 months."""
        found = daily(self.moments, self.number(part, k))
        if by == "day":
            return found
        found = monthly(found.dates, found.values)
        return found if by == "month" else smoothed(found.dates, found.values)

    def interval(self, by: str = "drawing", k: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Return how far R of the disk may be too high and too low, for each drawing, day or month; NaN if unknown."""
        value = self.number()
        found = []
        for error in (value - self.low, self.high - value):
            if by in ("day", "month"):
                error = mean_error(self.moments.astype("datetime64[D]"), error)
            if by == "month":
                error = mean_error(daily(self.moments, value).dates.astype("datetime64[M]"), error)
            found.append(k * error)
        return found[0], found[1]


@dataclass(frozen=True, eq=False)
class NumberSeries:
    """A time series of m sunspot numbers.

    Attributes:
        dates: ISO text: "YYYY-MM-DD HH:MM" of a drawing (without HH:MM if unknown), "YYYY-MM-DD" of a day, "YYYY-MM"
            of a month.
        values: (m,) float64; n: (m,) int64, the number of drawings (days, months) averaged in each.
        keys: keys of the drawings; "" for a mean.
        below, above: (m,) float64, how far each value may be too high and too low; NaN where unknown.
    """

    dates: list[str]
    values: np.ndarray
    n: np.ndarray
    keys: list[str]
    below: np.ndarray
    above: np.ndarray


@dataclass(frozen=True, eq=False)
class Numbers:
    """The sunspot numbers of the disk and of both hemispheres at the same dates.

    Attributes:
        by: one of BY; k: the scale factor applied; undated: number of undated drawings, which are left out.
    """

    by: str
    k: float
    disk: NumberSeries
    north: NumberSeries
    south: NumberSeries
    undated: int


def counted_drawings(catalogue: Catalogue, source: str, period: Period = ALWAYS) -> CountedDrawings:
    """Return the counts of a source on the dated drawings of a period."""
    of_source, own = where_source(source)
    dated, dates = where_dated(period)
    sql = f"select {COLUMNS} from result where {of_source} and {COUNTED} and {dated} order by date, time, key"
    rows = [tuple(row) for row in catalogue.rows(sql, [*own, *dates])]
    keys, times, low, high, *columns = zip(*rows, strict=True) if rows else ([],) * 10
    numbers = [np.array(column, np.int64) for column in columns]
    counts = Counts(**dict(zip(
        ("groups", "spots", "north_groups", "north_spots", "south_groups", "south_spots"), numbers, strict=True
    )))  # fmt: skip
    sql = f"select count(*) from result where {of_source} and date = ?"
    undated = catalogue.rows(sql, [*own, UNDATED])[0][0]
    return CountedDrawings(
        keys=list(keys),
        times=[time.rstrip() for time in times],
        counts=counts,
        low=np.array(low, np.float64),  # None becomes NaN
        high=np.array(high, np.float64),
        undated=undated,
    )


def dated_drawings(catalogue: Catalogue, source: str, period: Period = ALWAYS) -> int:
    """Return how many drawings of a period have a sunspot number."""
    of_source, own = where_source(source)
    dated, dates = where_dated(period)
    sql = f"select count(*) from result where {of_source} and {COUNTED} and {dated}"
    found: int = catalogue.rows(sql, [*own, *dates])[0][0]
    return found


def numbers(
    catalogue: Catalogue, source: str, by: str = "drawing", period: Period = ALWAYS, k: float = 1.0
) -> Numbers:
    """Return the sunspot number over time.

    Args:
        by: one of BY. Smoothing also uses the months around the period.
        period: first and last date, both included, "" for an open end.
        k: scale factor, for example from a comparison with SILSO.

    Raises:
        ParameterError: `by` is not one of BY.
    """
    if by not in BY:
        raise ParameterError(f"there is no series by '{by}': use one of {', '.join(BY)}")
    drawings = counted_drawings(catalogue, source, ALWAYS if by == "smoothed" else period)
    parts = {part: _series(drawings, part, by, k) for part in PARTS}
    if by == "smoothed":
        parts = {part: _between(series, period) for part, series in parts.items()}
    return Numbers(by, k, **parts, undated=drawings.undated)


def _series(drawings: CountedDrawings, part: str, by: str, k: float) -> NumberSeries:
    if by == "drawing":
        once = np.ones(len(drawings), np.int64)
        means = Means(np.array(drawings.times), drawings.number(part, k), once)
    else:
        means = drawings.means(part, by, k)
    unknown = np.full(len(means.values), np.nan)
    interval = drawings.interval(by, k) if part == "disk" and by != "smoothed" else (unknown, unknown)
    keys = drawings.keys if by == "drawing" else [""] * len(means.dates)
    return NumberSeries(means.dates.astype(str).tolist(), means.values, means.n, keys, *interval)


def _between(series: NumberSeries, period: Period) -> NumberSeries:
    """Return the months that overlap with a period."""
    first, last = period[0][:7], period[1][:7]
    inside = [i for i, month in enumerate(series.dates) if first <= month and (not last or month <= last)]
    return replace(
        series,
        dates=[series.dates[i] for i in inside],
        values=series.values[inside],
        n=series.n[inside],
        keys=[""] * len(inside),
        below=series.below[inside],
        above=series.above[inside],
    )
