"""The sunspot number of the last months or days with drawings, and a reference series beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.activity.timeseries import Means, daily, monthly
from sunspot_dash.errors import SunspotError
from sunspot_dash.io.silso import SilsoSeries
from sunspot_dash.services.analysis.references import KINDS, newest, read_reference
from sunspot_dash.services.analysis.sunspot_number import counted_drawings
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import where_dated
from sunspot_dash.services.catalogue.sources import where_source

MONTHS = 24
FEW_MONTHS = 3  # an archive of so few is shown by day
FEWEST = 6  # months with drawings; if the last MONTHS have fewer, all months are shown
REFERENCES = (
    "monthly",
    "daily",
    "estimated",
    "hemispheric",
)  # kinds, the first with a month in common counts


@dataclass(frozen=True, eq=False)
class LatestActivity:
    """Means of R = 10 g + s over n months or days in a row, up to the last one with a drawing.

    Attributes:
        dates: (n,) datetime64[M] or [D]; values, reference: (n,) float64, NaN where a date has none.
        n: (n,) int64, days with drawings in each month, or drawings of each day.
        title: name of the reference series, "" if none has a date in common.
        last: (low, high), the interval of the last value; NaN where it has none.
    """

    dates: np.ndarray
    values: np.ndarray
    n: np.ndarray
    reference: np.ndarray
    title: str
    last: tuple[float, float]

    @property
    def by_day(self) -> bool:
        """Whether the means are of days."""
        return bool(self.dates.dtype == "datetime64[D]")


def latest_activity(catalogue: Catalogue, source: str, months: int = MONTHS) -> LatestActivity | None:
    """Return the sunspot number of the last months of a source, None without a dated drawing.

    An archive with drawings in few of them is shown whole, and one of at most three months by day.
    """
    last = _last_date(catalogue, source)
    if not last:
        return None
    end = np.datetime64(last, "M")
    drawings = counted_drawings(catalogue, source, (str(end - (months - 1)), ""))
    own = drawings.means("disk", "month")
    if len(own.dates) < min(FEWEST, months):
        drawings = counted_drawings(catalogue, source)
        own = drawings.means("disk", "month")
    by = "month"
    if end - own.dates[0] < np.timedelta64(FEW_MONTHS, "M"):
        by, own = "day", drawings.means("disk", "day")
    span = np.arange(own.dates[0], own.dates[-1] + 1)
    values, n = _at(own, span)
    reference, title = _reference(catalogue, span)
    below, above = (float(error[-1]) for error in drawings.interval(by))
    return LatestActivity(span, values, n, reference, title, (values[-1] - below, values[-1] + above))


def _last_date(catalogue: Catalogue, source: str) -> str:
    of_source, values = where_source(source)
    dated, _ = where_dated()
    sql = f"select max(date) from result where {of_source} and spot_groups is not null and {dated}"
    return catalogue.rows(sql, values)[0][0] or ""


def _reference(catalogue: Catalogue, span: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the numbers of a reference series in some months or on some days, and its name."""
    by_day = span.dtype == "datetime64[D]"
    for kind in REFERENCES[1:] if by_day else REFERENCES:
        found = newest(catalogue.workspace, kind)
        if found is None:
            continue
        try:
            series = read_reference(catalogue.workspace, found.identifier)
        except SunspotError:
            continue  # the page Explore reports the damage
        if isinstance(series, SilsoSeries):
            means = series.means
            if kind != "monthly":
                means = daily(means.dates, means.values)
                means = means if by_day else monthly(means.dates, means.values)
            values, _ = _at(means, span)
            if np.isfinite(values).any():
                return values, KINDS[kind]
    return np.full(len(span), np.nan), ""


def _at(means: Means, span: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values and numbers of observations on dates in a row; NaN and 0 where there are none."""
    values, n = np.full(len(span), np.nan), np.zeros(len(span), np.int64)
    place = (means.dates.astype(span.dtype) - span[0]).astype(int)
    inside = (place >= 0) & (place < len(span))
    values[place[inside]], n[place[inside]] = means.values[inside], means.n[inside]
    return values, n
