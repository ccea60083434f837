"""The augmented variants of a tile."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.ml.augment import (
    INK_STRENGTH,
    ORIGINAL,
    SCALE,
    STRETCH,
    VARIANTS,
    disturb,
    stretch,
    vary_ink,
)
from sunspot_dash.ml.config import TrainConfig


def grey(value: int = 128) -> np.ndarray:
    return np.full((200, 200), value, np.uint8)


def test_an_original_and_four_more():
    assert VARIANTS == (ORIGINAL, "salt-and-pepper", "blur", "exposure", "coarse")
    tile = grey()
    assert disturb(tile, ORIGINAL, np.random.default_rng(0)) is tile


def test_a_stretch_turns_by_any_angle_mirrors_half_and_changes_no_side_by_more_than_its_limit():
    random = np.random.default_rng(0)
    maps = [stretch(random) for _ in range(400)]
    sizes = np.array([np.linalg.svd(linear, compute_uv=False) for linear in maps])
    assert 1 / STRETCH <= sizes.min() < 0.87 and 1.15 < sizes.max() <= STRETCH
    assert 0.4 < np.mean([np.linalg.det(linear) < 0 for linear in maps]) < 0.6
    angles = np.array([np.arctan2(linear[1, 0], linear[0, 0]) for linear in maps])
    assert np.histogram(angles, bins=8, range=(-np.pi, np.pi))[0].min() > 20


@pytest.mark.parametrize("seed", range(10))
def test_salt_and_pepper_is_one_to_four_per_cent_mostly_pepper(seed):
    noisy = disturb(grey(), "salt-and-pepper", np.random.default_rng(seed))
    salt, pepper = (noisy == 255).sum(), (noisy == 0).sum()
    assert 0.009 <= (salt + pepper) / noisy.size <= 0.041
    assert 0.77 <= pepper / (salt + pepper) <= 0.93


@pytest.mark.parametrize("seed", range(10))
def test_exposure_stays_within_plus_10_and_minus_40_per_cent(seed):
    exposed = disturb(grey(200), "exposure", np.random.default_rng(seed))
    assert len(np.unique(exposed)) == 1
    assert 0.595 <= exposed[0, 0] / 200 <= 1.105


def test_blur_keeps_a_pore_of_three_pixels():
    tile = grey(255)
    tile[99:102, 99:102] = 60
    blurred = disturb(tile, "blur", np.random.default_rng(1))
    assert blurred[100, 100] < 200 and np.unravel_index(blurred.argmin(), blurred.shape) == (100, 100)


@pytest.mark.parametrize("seed", range(5))
def test_a_coarser_scan_joins_neighbouring_pixels_and_keeps_a_pore_and_the_amount_of_ink(seed):
    tile = grey(255)
    tile[99:103, 99:103] = 60
    coarse = disturb(tile, "coarse", np.random.default_rng(seed)).astype(int)
    at = np.unravel_index(coarse.argmin(), coarse.shape)
    assert (coarse < 255).sum() > 16 and max(abs(value - 100.5) for value in at) <= 2
    assert (255 - coarse).sum() == pytest.approx(16 * 195, rel=0.1)


def test_the_coarsest_scan_has_the_disk_of_the_coarsest_form():
    assert SCALE[0] * TrainConfig.model_fields["radius"].default == pytest.approx(424, abs=5)


@pytest.mark.parametrize("seed", range(5))
def test_ink_varies_while_paper_and_the_outside_stay(seed):
    tile = np.array([[255, 255, 155, 0]], np.uint8)
    varied = vary_ink(tile, np.random.default_rng(seed))
    assert varied[0, 0] == varied[0, 1] == 255 and varied[0, 3] == 0
    assert 254 - 100 * INK_STRENGTH[1] <= varied[0, 2] <= 256 - 100 * INK_STRENGTH[0]


def test_the_same_seed_gives_the_same_tile():
    tile = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)
    for variant in VARIANTS:
        first, second = (disturb(tile, variant, np.random.default_rng(7)) for _ in range(2))
        assert np.array_equal(first, second) and first.dtype == np.uint8 and first.shape == tile.shape
