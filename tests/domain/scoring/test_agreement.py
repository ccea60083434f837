"""Bias, mean absolute error and correlation on values with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.scoring.agreement import bias, correlation, mae

REFERENCE = [10.0, 20.0, 30.0, 40.0]


def test_known_answers():
    values = [12.0, 18.0, 33.0, 41.0]
    assert bias(values, REFERENCE) == pytest.approx((2 - 2 + 3 + 1) / 100)
    assert mae(values, REFERENCE) == pytest.approx((2 + 2 + 3 + 1) / 100)
    # Deviations from the means 26 and 25: sum of products 510, sums of squares 534 and 500.
    assert correlation(values, REFERENCE) == pytest.approx(510 / np.sqrt(534 * 500))


def test_a_perfect_and_a_reversed_series():
    assert (bias(REFERENCE, REFERENCE), mae(REFERENCE, REFERENCE)) == (0, 0)
    assert correlation(REFERENCE, REFERENCE) == pytest.approx(1)
    assert correlation(REFERENCE[::-1], REFERENCE) == pytest.approx(-1)


def test_undefined_values_are_none():
    assert bias([1, 2], [0, 0]) is None and mae([], []) is None
    assert correlation([1, 2], [2, 1]) is None  # two points are always on a line
    assert correlation([1, 1, 1], [1, 2, 3]) is None and correlation([1, 2, 3], [4, 4, 4]) is None
