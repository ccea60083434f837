"""The channels of a tile: ink, specks, and distances on the drawing."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.ml.inputs import CHANNELS, as_input, distances, speck_level


def test_specks_are_counted_and_spots_text_and_grain_are_not():
    clean = np.full((400, 400), 255, np.uint8)
    assert speck_level(clean) == 0
    grain = clean - np.random.default_rng(0).integers(0, 9, clean.shape).astype(np.uint8)
    assert speck_level(grain) == 0
    marked = clean.copy()
    marked[100:104, 100:104] = 120  # a spot
    marked[200:202, 50:300] = 100  # a line
    assert speck_level(marked) == 0
    for x in range(20, 400, 40):
        marked[350, x] = 230
    assert speck_level(marked) == pytest.approx(np.log10(11) / 3)


def test_distances_are_correct_for_any_position_and_rotation_of_the_tile():
    turn = np.array([[0.0, -1.0, 300.0], [1.0, 0.0, 100.0]])
    away = distances(turn, 64, 400, 160)
    column, row = 10, 40
    x, y = turn[:, :2] @ [column + 0.5, row + 0.5] + turn[:, 2]
    assert away.shape == (64, 64) and away.dtype == np.float32
    assert away[row, column] == pytest.approx(np.hypot(x - 200, y - 200) / 160, rel=1e-5)


def test_paper_is_zero_and_faint_ink_is_raised():
    tile = np.array([[255, 230, 0]], np.uint8)
    fed = as_input(tile, np.full((1, 3), 0.5, np.float32), 0.8)
    assert fed.shape == (CHANNELS, 1, 3) and fed.dtype == np.float32
    assert fed[0, 0].tolist() == pytest.approx([0, 25 / 255, 1])
    assert fed[1, 0].tolist() == pytest.approx([0, (25 / 255) ** 0.5, 1])
    assert (fed[2] == 0.5).all() and (fed[3] == np.float32(0.8)).all()
