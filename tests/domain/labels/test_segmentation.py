"""The shape of a label: polygons and run lengths are checked before use."""

from __future__ import annotations

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.labels.segmentation import checked_polygon, checked_rle, decode_counts
from sunspot_dash.settings import LIMITS


def mask_of(seed: int, height: int = 37, width: int = 23) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width)) < 0.3


def compressed(mask: np.ndarray) -> str:
    return coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()


@pytest.mark.parametrize("seed", range(20))
def test_compressed_and_plain_runs_are_decoded(seed):
    mask = mask_of(seed) if seed else np.ones((2000, 3000), bool)
    height, width = mask.shape
    rle = checked_rle([height, width], compressed(mask), width, height)
    assert np.array_equal(rle.pixels(), mask)
    plain = checked_rle([height, width], rle.runs.tolist(), width, height)
    assert np.array_equal(plain.pixels(), mask)


@pytest.mark.parametrize(
    ("size", "counts", "reason"),
    [
        ([4, 5], [3, 2, 14], "counts sum to 19, expected 20"),
        ([4, 5], [3, 2, 16], "counts sum to 21, expected 20"),
        ([4, 5], [30, -12, 2], "none may be negative"),
        ([4, 5], [], "counts sum to 0"),
        ([4, 5], [20], "no pixel"),
        ([5, 4], [3, 2, 15], r"size \[5, 4\], expected \[4, 5\]"),
        ([4], [3, 2, 15], "size"),
        ([4, 5], "o", "cut short"),
        ([4, 5], "3\0", "damaged"),
        ([4, 5], "3ö", "damaged"),
        ([4, 5], "oooooooo0", "damaged"),
        ([4, 5], "32", "counts sum to 5"),
    ],
)
def test_bad_run_lengths_are_rejected(size, counts, reason):
    with pytest.raises(ValueError, match=reason):
        checked_rle(size, counts, width=5, height=4)


def test_random_text_as_counts_passes_only_if_it_fills_the_image():
    random = np.random.default_rng(0)
    for _ in range(2000):
        text = "".join(chr(c) for c in random.integers(40, 120, random.integers(0, 12)))
        try:
            assert sum(decode_counts(text)) == 20
        except (ValueError, AssertionError):
            with pytest.raises(ValueError):
                checked_rle([4, 5], text, width=5, height=4)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([1, 1, 5, 5], "4 numbers"),
        ([1, 1, 5, 5, 3], "5 numbers"),
        ([], "0 numbers"),
        ([1, 1, 5, 5, 3, 3], "no area"),
        ([2, 2, 2, 2, 2, 2], "no area"),
        ([1, 1, 12, 1, 5, 5], "outside the image of 10 x 8 px"),
        ([1, 1, 5, -2, 5, 5], "outside the image"),
        ([1e308, 1, -1e308, 4, 5, 5], "outside the image"),
    ],
)
def test_bad_polygons_are_rejected(values, reason):
    with pytest.raises(ValueError, match=reason):
        checked_polygon(values, width=10, height=8)


def test_a_polygon_with_too_long_an_outline_is_rejected():
    turns = 2 * LIMITS.max_outline_turns
    with pytest.raises(ValueError, match="px long, more than"):
        checked_polygon([0, 0, 10, 0, 10, 8] * turns, width=10, height=8)


def test_a_polygon_may_slightly_overstep_the_edge():
    assert checked_polygon([-0.4, 0, 10.3, 0, 5, 8.2], width=10, height=8).shape == (3, 2)


def test_outlines_run_along_the_edges_of_the_pixels():
    mask = np.zeros((9, 12), bool)
    mask[1, 2] = True
    mask[4:8, 5:8] = True
    mask[5, 6] = False  # a hole is filled
    runs = np.diff(np.flatnonzero(np.diff(mask.T.ravel(), prepend=False, append=False)), prepend=0).tolist()
    rle = checked_rle([9, 12], [*runs, mask.size - sum(runs)], width=12, height=9)
    assert np.array_equal(rle.pixels(), mask)
    shapes = sorted((area_and_centroid(outline) for outline in rle.outlines()), key=lambda shape: shape[0])
    assert [area for area, _ in shapes] == [1, 12]
    assert np.allclose([centre for _, centre in shapes], [[2.5, 1.5], [6.5, 6]])
