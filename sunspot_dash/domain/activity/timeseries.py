"""Time series: daily and monthly means, smoothing, and comparison with a reference series.

A day is the mean of its drawings and a month the mean of its observed days. Gaps are NaN or absent, never 0. The
smoothing and the scale factor k = sum of the reference / sum of the series over common days are SILSO's (F. Clette et
al. 2014, doi:10.1007/s11207-014-0584-z). Uncertainties are bootstrapped by month (B. Efron 1979,
doi:10.1214/aos/1176344552), because days of one month share their groups and are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sunspot_dash.domain.scoring.agreement import correlation, mae

# First and last month at half weight, so that every calendar month has the same total weight.
SMOOTHING_MONTHS, HALF_WEIGHT_MONTHS = 13, 6
DRAWS = 1000
LEAST_YEARS = 0.25  # of a series, for a drift per year
DAYS_PER_YEAR = 365.25


class Means(NamedTuple):
    """Means over days or months.

    Attributes:
        dates: (m,) datetime64[D] or [M], ascending, only those with an observation.
        values: (m,) float64.
        n: (m,) int64, number of drawings (per day) or days (per month) averaged.
    """

    dates: np.ndarray
    values: np.ndarray
    n: np.ndarray


def daily(times: ArrayLike, values: ArrayLike) -> Means:
    """Return daily means of drawings.

    Args:
        times: (n,) datetime64 in UT, in any order; values: (n,). Entries with NaT or NaN are ignored.
    """
    return _means(np.asarray(times).astype("datetime64[D]"), values)


def monthly(days: ArrayLike, values: ArrayLike) -> Means:
    """Return monthly means of daily values.

    Args:
        days: (n,) datetime64, each day once (as from `daily`); values: (n,). NaN entries are ignored.

    Raises:
        ValueError: a day occurs twice; average its drawings first.
    """
    import pandas as pd  # only where used: the web process starts without it

    dates = np.asarray(days).astype("datetime64[D]")
    if pd.DatetimeIndex(dates).has_duplicates:
        raise ValueError("monthly: a day occurs more than once; average its drawings with `daily` first")
    return _means(dates.astype("datetime64[M]"), values)


def mean_error(dates: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Return the error of the mean of each date, in ascending order, if the errors of single values are independent.

    Args:
        dates: (n,) datetime64[D] or [M] of the values; errors: (n,) float64, NaN where unknown, and so is their mean's.
    """
    _, member, n = np.unique(dates, return_inverse=True, return_counts=True)
    total: np.ndarray = np.sqrt(np.bincount(member, errors**2, minlength=len(n))) / n
    return total


def smoothed(months: ArrayLike, values: ArrayLike) -> Means:
    """Return 13-month smoothed means (1/2 R-6 + R-5 + ... + R+5 + 1/2 R+6) / 12 of monthly means, (n,) each.

    A month gets a value only if all 13 months are observed.

    Returns:
        Means with n = 13.
    """
    import pandas as pd

    dates = np.asarray(months).astype("datetime64[M]")
    known = np.isfinite(np.asarray(values, np.float64)) & ~np.isnat(dates)
    dates, means = dates[known], np.asarray(values, np.float64)[known]
    every = np.arange(dates.min(), dates.max() + 1) if len(dates) else dates
    # The months between that were not observed are NaN, and so is every sum of 13 months with one of them.
    series = pd.Series(means, pd.DatetimeIndex(dates)).reindex(pd.DatetimeIndex(every))
    whole = series.rolling(SMOOTHING_MONTHS, center=True).sum()
    ends = series.shift(HALF_WEIGHT_MONTHS) + series.shift(-HALF_WEIGHT_MONTHS)
    smooth = ((whole - ends / 2) / 12).to_numpy()
    found = np.isfinite(smooth)
    return Means(every[found], smooth[found], np.full(found.sum(), SMOOTHING_MONTHS))


def common(first: Means, second: Means) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (dates, first values, second values) for the dates on which both series are finite.

    Raises:
        ValueError: one series is daily and the other monthly.
    """
    if first.dates.dtype != second.dates.dtype:
        raise ValueError(
            f"series of {first.dates.dtype} and {second.dates.dtype} cannot be compared: both must be daily or monthly"
        )
    dates, i, j = np.intersect1d(first.dates, second.dates, assume_unique=True, return_indices=True)
    ours, theirs = first.values[i], second.values[j]
    both = np.isfinite(ours) & np.isfinite(theirs)
    return dates[both], ours[both], theirs[both]


@dataclass(frozen=True)
class BootstrapEstimate:
    """A value with its 1-sigma uncertainty and 95 % bounds; these are None with a single block of months."""

    value: float
    sigma: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Comparison of a daily or monthly series with a reference.

    Attributes:
        dates: (n,) datetime64[D] or [M], common to both; ours, reference: (n,) float64, ours not yet scaled.
        months: number of months covered.
        k: sum of the reference over the sum of ours; None if ours is 0 throughout.
        r: Pearson correlation; None with fewer than three dates or where one series is constant.
        mae: sum of |k ours - reference| over the sum of the reference, None with a single date.
        drift_per_year: slope of the residual per year; None in less than LEAST_YEARS.
    """

    dates: np.ndarray
    ours: np.ndarray
    reference: np.ndarray
    months: int
    k: BootstrapEstimate | None
    r: float | None
    mae: float | None
    drift_per_year: BootstrapEstimate | None

    @property
    def residual(self) -> np.ndarray:
        """Return k ours - reference, (n,) float64."""
        return _scale(self.k) * self.ours - self.reference


def compare(
    ours: Means, reference: Means, draws: int = DRAWS, seed: int = 0, block_months: int = 1
) -> Comparison:
    """Scale a series to a reference over their common dates and compare the two.

    Args:
        ours, reference: both daily or both monthly means.
        draws, seed: number of bootstrap samples, and the seed of their random choice.
        block_months: consecutive months that are drawn together, as they must if they are not independent.

    Raises:
        ValueError: one series is daily and the other monthly.
    """
    dates, x, y = common(ours, reference)
    month = dates.astype("datetime64[M]").astype(np.int64)
    months = len(np.unique(month))
    block = np.unique(month // block_months, return_inverse=True)[1]
    blocks = int(block.max()) + 1 if len(dates) else 0
    # Number of times each block is drawn, (draws, blocks).
    random = np.random.default_rng(seed)
    drawn = random.multinomial(blocks, np.full(blocks, 1 / blocks), draws) if blocks else np.zeros((draws, 0))
    k = _ratio(x, y, block, drawn) if x.sum() > 0 else None
    scaled = _scale(k) * x
    return Comparison(
        dates=dates,
        ours=x,
        reference=y,
        months=months,
        k=k,
        r=correlation(x, y),
        mae=mae(scaled, y) if len(dates) > 1 else None,  # k makes a single difference 0
        drift_per_year=_slope(dates, scaled - y, block, drawn) if _years(dates) >= LEAST_YEARS else None,
    )


def _years(dates: np.ndarray) -> float:
    days = dates.astype("datetime64[D]").astype(np.int64)
    return float(np.ptp(days)) / 365.25 if len(days) else 0.0


def _scale(k: BootstrapEstimate | None) -> float:
    return 1.0 if k is None else k.value


def _ratio(x: np.ndarray, y: np.ndarray, block: np.ndarray, drawn: np.ndarray) -> BootstrapEstimate:
    ours, theirs = np.bincount(block, x), np.bincount(block, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _estimate(float(y.sum() / x.sum()), (drawn @ theirs) / (drawn @ ours), drawn.shape[1])


def _slope(
    dates: np.ndarray, residual: np.ndarray, block: np.ndarray, drawn: np.ndarray
) -> BootstrapEstimate:
    """Fit the least-squares slope per year; each bootstrap sample is computed from sums by block."""
    days = dates.astype("datetime64[D]")
    years = (days - days[0]).astype(np.float64) / DAYS_PER_YEAR
    years -= years.mean()
    moments = [np.ones_like(years), years, residual, years * years, years * residual]
    by_block = np.array([np.bincount(block, moment) for moment in moments])

    def slope(n: np.ndarray, t: np.ndarray, z: np.ndarray, tt: np.ndarray, tz: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((n * tz - t * z) / (n * tt - t * t))

    return _estimate(float(slope(*by_block.sum(axis=1))), slope(*(by_block @ drawn.T)), drawn.shape[1])


def _estimate(value: float, drawn: np.ndarray, blocks: int) -> BootstrapEstimate:
    drawn = drawn[np.isfinite(drawn)]
    if blocks < 2 or len(drawn) < 2:
        return BootstrapEstimate(value, None, None, None)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return BootstrapEstimate(value, float(drawn.std(ddof=1)), float(low), float(high))


def _means(dates: np.ndarray, values: ArrayLike) -> Means:
    """Means of the values of each date that has one.

    Grouped by date, not resampled: the time needed does not depend on the span, and a gap has no entry.
    """
    import pandas as pd

    numbers = np.asarray(values, np.float64)
    if dates.shape != numbers.shape:
        raise ValueError(f"{len(dates)} dates, but {len(numbers)} values")
    known = np.isfinite(numbers) & ~np.isnat(dates)
    found = pd.Series(numbers[known]).groupby(pd.DatetimeIndex(dates[known])).agg(["mean", "count"])
    labels = found.index.to_numpy().astype(dates.dtype)
    return Means(labels, found["mean"].to_numpy(), found["count"].to_numpy(np.int64))
