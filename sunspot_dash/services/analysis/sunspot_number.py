"""The sunspot number of a model's drawings, R = k (10 g + s): each, by day, by month, smoothed; north and south."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sunspot_dash.domain.activity.sunspot_number import Counts
from sunspot_dash.domain.activity.timeseries import Means, daily, monthly, smoothed
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.errors import ParameterError
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period, where_dated

BY = ("drawing", "day", "month", "smoothed")
PARTS = ("disk", "north", "south")
COLUMNS = "key, date || ' ' || time, spot_groups, spots, north_groups, north_spots, south_groups, south_spots"
FROM = "from result where model = ? and spot_groups is not null and"


@dataclass(frozen=True, eq=False)
class CountedDrawings:
    """The dated drawings of a model in the order of their times; arrays of n.

    Attributes:
        keys: of the drawings; times: "YYYY-MM-DD HH:MM" in UT, without HH:MM where only the day is known.
        counts: groups and spots, of the disk and of each hemisphere.
        undated: how many more there are, whose groups and hemispheres cannot be told.
    """

    keys: list[str]
    times: list[str]
    counts: Counts
    undated: int

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def moments(self) -> np.ndarray:
        """(n,) datetime64[m]; midnight where only the day is known, which the day's mean does not mind."""
        return np.array(self.times, "datetime64[m]")

    def number(self, part: str = "disk", k: float = 1.0) -> np.ndarray:
        """(n,) float64: the sunspot number of one of PARTS."""
        return {"disk": self.counts.number, "north": self.counts.north, "south": self.counts.south}[part](k)

    def means(self, part: str = "disk", by: str = "day", k: float = 1.0) -> Means:
        """Means of one of PARTS by "day", by "month" of its days, or "smoothed" over 13 of those months."""
        found = daily(self.moments, self.number(part, k))
        if by == "day":
            return found
        found = monthly(found.dates, found.values)
        return found if by == "month" else smoothed(found.dates, found.values)


@dataclass(frozen=True, eq=False)
class NumberSeries:
    """Numbers over time, m points in the order of their dates.

    Attributes:
        dates: ISO text: "YYYY-MM-DD HH:MM" of a drawing (without HH:MM where it is not known), "YYYY-MM-DD" of a
            day, "YYYY-MM" of a month.
        values: (m,) float64; n: (m,) int64, of how many drawings (days, months) each is the mean.
        keys: of the drawings; "" for a mean.
    """

    dates: list[str]
    values: np.ndarray
    n: np.ndarray
    keys: list[str]


@dataclass(frozen=True, eq=False)
class Numbers:
    """A model's numbers, of the whole disk and of its hemispheres, at the same dates.

    Attributes:
        by: one of BY; k: the scale that is in them; undated: drawings that are left out.
    """

    by: str
    k: float
    disk: NumberSeries
    north: NumberSeries
    south: NumberSeries
    undated: int


def counted_drawings(catalogue: Catalogue, model: str, period: Period = ALWAYS) -> CountedDrawings:
    """The dated drawings of a period with what a model counted on them."""
    dated, dates = where_dated(period)
    sql = f"select {COLUMNS} {FROM} {dated} order by date, time, key"
    rows = [tuple(row) for row in catalogue.rows(sql, [model, *dates])]
    keys, times, *columns = zip(*rows, strict=True) if rows else ([],) * 8
    numbers = [np.array(column, np.int64) for column in columns]
    counts = Counts(**dict(zip(
        ("groups", "spots", "north_groups", "north_spots", "south_groups", "south_spots"), numbers, strict=True
    )))  # fmt: skip
    undated = catalogue.rows("select count(*) from result where model = ? and date = ?", [model, UNDATED])[0][
        0
    ]
    return CountedDrawings(list(keys), [time.rstrip() for time in times], counts, undated)


def dated_drawings(catalogue: Catalogue, model: str, period: Period = ALWAYS) -> int:
    """How many drawings of a period have a number."""
    dated, dates = where_dated(period)
    found: int = catalogue.rows(f"select count(*) {FROM} {dated}", [model, *dates])[0][0]
    return found


def numbers(
    catalogue: Catalogue, model: str, by: str = "drawing", period: Period = ALWAYS, k: float = 1.0
) -> Numbers:
    """The sunspot number over time.

    Args:
        by: one of BY. A smoothed month draws on the months around it, also on those outside the period.
        period: dates, both included, "" for an open end.
        k: scale, for example that of a comparison with SILSO's.

    Raises:
        ParameterError: `by` is none of BY.
    """
    if by not in BY:
        raise ParameterError(f"a series by '{by}': use one of {', '.join(BY)}")
    drawings = counted_drawings(catalogue, model, ALWAYS if by == "smoothed" else period)
    parts = {part: _series(drawings, part, by, k) for part in PARTS}
    if by == "smoothed":
        parts = {part: _between(series, period) for part, series in parts.items()}
    return Numbers(by, k, **parts, undated=drawings.undated)


def _series(drawings: CountedDrawings, part: str, by: str, k: float) -> NumberSeries:
    if by == "drawing":
        once = np.ones(len(drawings), np.int64)
        return NumberSeries(drawings.times, drawings.number(part, k), once, drawings.keys)
    means = drawings.means(part, by, k)
    return NumberSeries(means.dates.astype(str).tolist(), means.values, means.n, [""] * len(means.dates))


def _between(series: NumberSeries, period: Period) -> NumberSeries:
    """Those months that lie in a period, or that it begins or ends in."""
    first, last = period[0][:7], period[1][:7]
    inside = [i for i, month in enumerate(series.dates) if first <= month and (not last or month <= last)]
    return replace(
        series,
        dates=[series.dates[i] for i in inside],
        values=series.values[inside],
        n=series.n[inside],
        keys=[""] * len(inside),
    )
