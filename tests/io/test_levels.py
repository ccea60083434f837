"""Conversion of levels of any depth to 8 bits."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.errors import ImageError
from sunspot_dash.io.levels import to_uint8


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (np.array([0, 128, 255], np.uint8), [0, 128, 255]),
        (np.array([0, 257, 32896, 65535], np.uint16), [0, 1, 128, 255]),
        (np.array([0, 2048, 4095], np.uint16), [0, 128, 255]),  # 12 bits in 16
        (np.array([0, 512, 1023], np.uint16), [0, 128, 255]),
        (np.array([0, 8192, 16383], np.uint16), [0, 128, 255]),
        (np.array([0, 100, 255], np.uint16), [0, 100, 255]),  # 8 bits in 16
        (np.array([0, 20000], np.uint16), [0, 78]),  # a dark 16-bit drawing stays dark
        (np.array([-32768, 0, 32767], np.int16), [0, 128, 255]),
        (np.array([0, 10**6, 2 * 10**6], np.int32), [0, 128, 255]),
        (np.array([-(2**31), 2**31 - 1], np.int32), [0, 255]),
        (np.array([0, 0.25, 1], np.float32), [0, 64, 255]),
        (np.array([0, 100.4, 255], np.float64), [0, 100, 255]),
        (np.array([0, 0.5, np.nan, np.inf, -np.inf], np.float32), [0, 128, 255, 255, 255]),
        (np.array([0, 0], np.int32), [0, 0]),
        (np.array([0.0, 0.0]), [0, 0]),
    ],
)
def test_levels_are_scaled_by_their_depth(levels, expected):
    scaled = to_uint8(levels)
    assert scaled.dtype == np.uint8
    assert scaled.tolist() == expected


def test_levels_without_any_value_are_rejected():
    with pytest.raises(ImageError, match="no pixel has a value"):
        to_uint8(np.full((2, 2), np.nan))
