"""Masks: pixels equal to those of a slow rasteriser in plain Python and of earlier versions of the program."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from sunspot_dash.domain.labels.coco import Annotation, load_coco
from sunspot_dash.domain.labels.masks import page_mask
from sunspot_dash.domain.labels.segmentation import Rle, checked_rle
from tests.domain.labels.raster import raster

# Pixels of all masks of the labelled drawings and the SHA-256 of their bits.
KNOWN = (39964, "a0127d1e8593368d7e575d0f810f01d954eac20d6fe805b04cf0bb3474d206dd")


@pytest.mark.parametrize("seed", range(40))
def test_random_polygons_give_the_same_pixels(seed):
    random = np.random.default_rng(seed)
    for _ in range(10):
        height, width = (int(side) for side in random.integers(20, 1900, 2))
        middle = random.uniform(0, [width, height])
        size = random.choice([1.0, 4.0, 15.0, 60.0])
        points = middle + random.uniform(-size, size, (random.integers(3, 12), 2))
        # Labels have two decimals at most, which puts vertices on the borders of the raster's cells.
        points = np.round(points, random.integers(0, 3)) if seed % 2 else points
        points = np.clip(points, 0, [width, height]) if seed % 3 else points
        mask = page_mask([Annotation(1, 1, (points,))], height, width) > 0
        assert np.array_equal(mask, raster([points], height, width))


def test_a_polygon_is_rasterised_at_its_own_position():
    points = [1295.8, 287.7, 1307.4, 288.6, 1297.1, 286.0, 1315.8, 273.7]
    points += [1313.8, 271.4, 1303.1, 270.8, 1312.6, 283.9, 1304.8, 273.8]
    polygon = np.array(points).reshape(-1, 2)
    mask = page_mask([Annotation(1, 1, (polygon,))], 300, 1400) > 0
    assert np.array_equal(mask, raster([polygon], 300, 1400))


@pytest.mark.parametrize(
    "points",
    [
        [[-5, -5], [30, -4], [31, 40], [-6, 40]],  # all around the drawing
        [[50, 50], [60, 50], [60, 60]],  # outside it
        [[3, 3], [3, 3], [9, 3], [9, 3], [9, 9], [9, 9]],  # vertices doubled
        [[2, 2], [9, 9], [9, 2], [2, 9]],  # crosses itself
        [[4, 4], [8, 4], [4, 4]],  # flat
    ],
)
def test_odd_polygons_give_the_same_pixels(points):
    points = np.array(points, np.float64)
    mask = page_mask([Annotation(1, 1, (points,))], 24, 18) > 0
    assert np.array_equal(mask, raster([points], 24, 18))


def test_the_union_of_several_polygons_and_rle():
    square, other = np.array([[1, 1], [5, 1], [5, 5], [1, 5.0]]), np.array([[8, 8], [9.5, 8], [9, 9.7]])
    page = np.zeros((12, 13), bool)
    page[2:4, 7:11] = True
    rle = checked_rle([12, 13], [7 * 12 + 2, 2, 10, 2, 10, 2, 10, 2, 32], 13, 12)
    labels = [Annotation(1, 1, (square, other)), Annotation(2, 1, rle=rle)]
    expected = raster([square, other], 12, 13) | page
    mask = page_mask(labels, 12, 13)
    assert mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 255}
    assert np.array_equal(mask > 0, expected)


def test_no_labels_give_a_black_mask():
    assert not page_mask([], 5, 7).any() and page_mask([], 5, 7).shape == (5, 7)


@pytest.mark.parametrize("seed", range(10))
def test_runs_without_pixels_change_nothing(seed):
    random = np.random.default_rng(seed)
    height, width = (int(side) for side in random.integers(3, 9, 2))
    runs = [0]
    while sum(runs) < height * width:
        runs.append(min(int(random.integers(0, 12)) * int(random.integers(0, 2)), height * width - sum(runs)))
    inside = np.arange(len(runs)) % 2 == 1
    expected = np.repeat(inside, runs).reshape(width, height).T
    rle = Rle(height, width, np.array(runs))
    assert np.array_equal(rle.pixels(), expected)
    rows, columns, pixels = rle.box()
    assert pixels.dtype == bool and np.array_equal(expected[rows, columns], pixels)
    assert pixels.sum() == expected.sum()
    assert not pixels.size or (
        pixels[0].any() and pixels[-1].any() and pixels.T[0].any() and pixels.T[-1].any()
    )


def test_every_real_label_gives_the_same_pixels(shared):
    coco = load_coco(shared / "labelled" / "annotations" / "instances_default.json")
    assert not coco.problems
    digest = hashlib.sha256()
    pixels = 0
    for name, image in sorted(coco.images.items()):
        labels, size = coco.annotations[name], (image.height, image.width)
        mask = page_mask(labels, *size)
        expected = raster([polygon for label in labels for polygon in label.polygons], *size)
        assert np.array_equal(mask > 0, expected), name
        digest.update(np.packbits(mask > 0).tobytes())
        pixels += int(expected.sum())
    assert sum(map(len, coco.annotations.values())) == 1677
    # By this program's own rasteriser, which pycocotools has replaced.
    assert (pixels, digest.hexdigest()) == KNOWN
