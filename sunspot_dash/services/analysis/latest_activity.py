"""The sunspot number of the last months with drawings, and a reference series beside it."""

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
FEWEST = 6  # months with drawings; if the last MONTHS have fewer, all months are shown
REFERENCES = (
    "monthly",
    "daily",
    "estimated",
    "hemispheric",
)  # kinds, the first with a month in common counts


@dataclass(frozen=True, eq=False)
class LatestActivity:
    """Monthly means of R = 10 g + s over n months in a row, up to the last one with a drawing.

    Attributes:
        months: (n,) datetime64[M]; values, reference: (n,) float64, NaN where a month has none.
        days: (n,) int64, days with drawings in each month.
        title: name of the reference series, "" if none has a month in common.
    """

    months: np.ndarray
    values: np.ndarray
    days: np.ndarray
    reference: np.ndarray
    title: str


def latest_activity(catalogue: Catalogue, source: str, months: int = MONTHS) -> LatestActivity | None:
    """Return the sunspot number of the last months of a source, None without a dated drawing.

    An archive with drawings in few of them is shown whole.
    """
    last = _last_date(catalogue, source)
    if not last:
        return None
    end = np.datetime64(last, "M")
    own = counted_drawings(catalogue, source, (str(end - (months - 1)), "")).means("disk", "month")
    if len(own.dates) < min(FEWEST, months):
        own = counted_drawings(catalogue, source).means("disk", "month")
    span = np.arange(own.dates[0].astype("datetime64[M]"), end + 1)
    values, days = _at(own, span)
    reference, title = _reference(catalogue, span)
    return LatestActivity(span, values, days, reference, title)


def _last_date(catalogue: Catalogue, source: str) -> str:
    of_source, values = where_source(source)
    dated, _ = where_dated()
    sql = f"select max(date) from result where {of_source} and spot_groups is not null and {dated}"
    return catalogue.rows(sql, values)[0][0] or ""


def _reference(catalogue: Catalogue, span: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the numbers of a reference series in some months, and its name."""
    for kind in REFERENCES:
        found = newest(catalogue.workspace, kind)
        if found is None:
            continue
        try:
            series = read_reference(catalogue.workspace, found.identifier)
        except SunspotError:
            continue  # the page Explore reports the damage
        if isinstance(series, SilsoSeries):
            means = series.means
            by_month = means if kind == "monthly" else monthly(*daily(means.dates, means.values)[:2])
            values, _ = _at(by_month, span)
            if np.isfinite(values).any():
                return values, KINDS[kind]
    return np.full(len(span), np.nan), ""


def _at(means: Means, span: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values and numbers of observations in months in a row; NaN and 0 where there are none."""
    values, n = np.full(len(span), np.nan), np.zeros(len(span), np.int64)
    place = (means.dates.astype("datetime64[M]") - span[0]).astype(int)
    inside = (place >= 0) & (place < len(span))
    values[place[inside]], n[place[inside]] = means.values[inside], means.n[inside]
    return values, n
