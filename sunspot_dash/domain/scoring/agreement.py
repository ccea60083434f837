"""Agreement of a series of values with a reference: bias, mean absolute error and correlation.

Bias and error are relative to the sum of the reference, so that many small values do not outweigh a few large ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

# With two points the correlation is always -1 or 1.
MIN_POINTS = 3


def bias(values: ArrayLike, reference: ArrayLike) -> float | None:
    """Return sum(values - reference) / sum(reference), or None where the reference sums to 0; (n,) each."""
    ours, theirs = np.asarray(values, np.float64), np.asarray(reference, np.float64)
    return _relative((ours - theirs).sum(), theirs)


def mae(values: ArrayLike, reference: ArrayLike) -> float | None:
    """Return sum(|values - reference|) / sum(reference), or None where the reference sums to 0; (n,) each."""
    ours, theirs = np.asarray(values, np.float64), np.asarray(reference, np.float64)
    return _relative(np.abs(ours - theirs).sum(), theirs)


def correlation(values: ArrayLike, reference: ArrayLike) -> float | None:
    """Return Pearson's r, -1 to 1, or None with fewer than MIN_POINTS points or where one side is constant."""
    ours, theirs = np.asarray(values, np.float64), np.asarray(reference, np.float64)
    if len(ours) < MIN_POINTS or np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return None
    return float(np.corrcoef(ours, theirs)[0, 1])


def _relative(total: np.float64, reference: np.ndarray) -> float | None:
    whole = reference.sum()
    return float(total / whole) if whole > 0 else None
