"""Compare a model's sunspot numbers with one of SILSO's series."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sunspot_dash.domain.activity.timeseries import (
    SMOOTHING_MONTHS,
    BootstrapEstimate,
    Comparison,
    Means,
    compare,
)
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.silso import SilsoSeries, read_silso
from sunspot_dash.io.silso_forms import FORMS
from sunspot_dash.services.analysis.sunspot_number import counted_drawings
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period
from sunspot_dash.text import counted


@dataclass(frozen=True, eq=False)
class SilsoComparison:
    """A model's R compared with one of SILSO's series.

    Attributes:
        form: form of the series, one of `io.silso_forms.FORMS`; unit: "day" or "month", the compared means.
        disk: k, r, MAE, drift and residuals; north, south: the same per hemisphere, only for "hemispheric".
        definitive: share of the common dates whose SILSO value is definitive, None without common dates.
    """

    form: str
    unit: str
    disk: Comparison
    north: Comparison | None
    south: Comparison | None
    definitive: float | None


def read_series(path: Path, form: str = "") -> SilsoSeries:
    """Read one of SILSO's files from any folder.

    Args:
        form: one of `io.silso_forms.FORMS`; by default it is recognised.

    Raises:
        ParameterError: the form is not one of these.
        SeriesError: it cannot be read, or is not one of SILSO's files.
    """
    if form and form not in FORMS:
        raise ParameterError(f"SILSO has no series '{form}': use one of {', '.join(FORMS)}")
    return read_silso(path, form)


def compare_with_silso(
    catalogue: Catalogue, source: str, series: SilsoSeries, period: Period = ALWAYS
) -> SilsoComparison:
    """Compare with SILSO over the common days, or months for a monthly series, each with the same means of the model.

    A smoothed series is compared with the model's numbers smoothed in the same way, for which the months around the
    period are used, too. Its uncertainties are drawn in blocks of 13 months.
    """
    smoothed = series.form == "smoothed"
    unit = FORMS[series.form].unit
    by = "smoothed" if smoothed else unit
    drawings = counted_drawings(catalogue, source, ALWAYS if smoothed else period)
    block = SMOOTHING_MONTHS if smoothed else 1
    disk = compare(_within(drawings.means("disk", by), period), series.means, block_months=block)
    halves = {
        part: compare(drawings.means(part, by), _means(series, values))
        for part, values in (("north", series.north), ("south", series.south))
        if len(values)
    }
    sure = series.definitive[np.isin(series.dates, disk.dates)]
    share = float(sure.mean()) if len(sure) else None
    return SilsoComparison(series.form, unit, disk, halves.get("north"), halves.get("south"), share)


def _within(means: Means, period: Period) -> Means:
    """Return the means of the days or months that overlap with a period."""
    dates, (first, last) = means.dates, period
    inside = np.ones(len(dates), bool)
    if first:
        inside &= dates >= np.datetime64(first).astype(dates.dtype)
    if last:
        inside &= dates <= np.datetime64(last).astype(dates.dtype)
    return Means(*(values[inside] for values in means))


def _means(series: SilsoSeries, values: np.ndarray) -> Means:
    known = np.isfinite(values)
    return Means(series.dates[known], values[known], series.observations[known])


def sentences(found: SilsoComparison) -> list[str]:
    """Summarize the comparison in sentences, each without its full stop."""
    disk = found.disk
    name = f"SILSO's {FORMS[found.form].title}"
    ours = "smoothed R" if found.form == "smoothed" else "10 g + s"
    if not len(disk.dates):
        return [f"{name} series has no {found.unit} in common with the model's drawings"]
    lines = [
        f"{counted(len(disk.dates), found.unit)} in common with {name} series, "
        f"{disk.dates[0]} to {disk.dates[-1]}, in {counted(disk.months, 'month')}"
    ]
    if disk.k is None:
        return [*lines, "the model counts nothing on them, so k is undefined"]
    lines.append(f"SILSO's number is k times the model's {ours}, with k = {_with_range(disk.k, 3)}")
    if disk.r is not None:
        lines.append(f"the correlation is r = {disk.r:.3f}")
    if disk.mae is not None:
        size = np.abs(disk.residual).mean()
        lines.append(
            f"the mean absolute error after k is {size:.1f}, or {disk.mae:.1%} of SILSO's mean number"
        )
    if disk.drift_per_year is not None:
        lines.append(f"the difference drifts by {_with_range(disk.drift_per_year, 2)} per year")
    for part, half in (("north", found.north), ("south", found.south)):
        if half is not None and half.k is not None:
            r = "" if half.r is None else f", r = {half.r:.3f}"
            lines.append(f"{part}: k = {_with_range(half.k, 3)}{r}, {counted(len(half.dates), found.unit)}")
    return lines


def _with_range(estimate: BootstrapEstimate, digits: int) -> str:
    if estimate.sigma is None:
        return f"{estimate.value:.{digits}f} (too few months for an uncertainty)"
    return (
        f"{estimate.value:.{digits}f} ± {estimate.sigma:.{digits}f} "
        f"(95 %: {estimate.low:.{digits}f} to {estimate.high:.{digits}f})"
    )
