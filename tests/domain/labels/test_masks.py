"""Masks: the very pixels of pycocotools' annToMask."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from sunspot_dash.domain.labels.coco import Annotation, load_coco
from sunspot_dash.domain.labels.masks import page_mask
from sunspot_dash.domain.labels.segmentation import checked_rle


def ann_to_mask(polygons: list[np.ndarray], height: int, width: int) -> np.ndarray:
    runs = coco_mask.frPyObjects([p.ravel().tolist() for p in polygons], height, width)
    return coco_mask.decode(coco_mask.merge(runs)).astype(bool)


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
        mask = page_mask([Annotation(1, 1, (points,))], height, width)
        assert np.array_equal(mask > 0, ann_to_mask([points], height, width))


def test_a_polygon_that_loses_a_pixel_when_it_is_moved_to_the_origin_first():
    points = [1295.8, 287.7, 1307.4, 288.6, 1297.1, 286.0, 1315.8, 273.7]
    points += [1313.8, 271.4, 1303.1, 270.8, 1312.6, 283.9, 1304.8, 273.8]
    polygon = np.array(points).reshape(-1, 2)
    mask = page_mask([Annotation(1, 1, (polygon,))], 300, 1400)
    assert np.array_equal(mask > 0, ann_to_mask([polygon], 300, 1400))


@pytest.mark.parametrize(
    "points",
    [
        [[-5, -5], [30, -4], [31, 40], [-6, 40]],  # all around the page
        [[50, 50], [60, 50], [60, 60]],  # beside it
        [[3, 3], [3, 3], [9, 3], [9, 3], [9, 9], [9, 9]],  # vertices doubled
        [[2, 2], [9, 9], [9, 2], [2, 9]],  # crosses itself
        [[4, 4], [8, 4], [4, 4]],  # flat
    ],
)
def test_odd_polygons_give_the_same_pixels(points):
    points = np.array(points, np.float64)
    mask = page_mask([Annotation(1, 1, (points,))], 24, 18)
    assert np.array_equal(mask > 0, ann_to_mask([points], 24, 18))


def test_several_polygons_and_rle_are_united():
    square, other = np.array([[1, 1], [5, 1], [5, 5], [1, 5.0]]), np.array([[8, 8], [9.5, 8], [9, 9.7]])
    page = np.zeros((12, 13), bool)
    page[2:4, 7:11] = True
    rle = checked_rle([12, 13], [7 * 12 + 2, 2, 10, 2, 10, 2, 10, 2, 32], 13, 12)
    labels = [Annotation(1, 1, (square, other)), Annotation(2, 1, rle=rle)]
    expected = ann_to_mask([square, other], 12, 13) | page
    mask = page_mask(labels, 12, 13)
    assert mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 255}
    assert np.array_equal(mask > 0, expected)


def test_no_label_is_a_black_page():
    assert not page_mask([], 5, 7).any() and page_mask([], 5, 7).shape == (5, 7)


def test_every_real_label_gives_the_same_pixels(shared):
    path = shared / "labelled" / "annotations" / "instances_default.json"
    with contextlib.redirect_stdout(io.StringIO()):
        reference = COCO(str(path))
    coco = load_coco(path)
    assert not coco.problems
    sizes: set[tuple[int, int]] = set()
    for name, image in coco.images.items():
        labels, size = coco.annotations[name], (image.height, image.width)
        # United as run lengths: a page-sized mask for each of the 1677 labels would take minutes.
        runs = [
            coco_mask.frPyObjects([p.ravel().tolist() for p in label.polygons], *size) for label in labels
        ]
        union = coco_mask.decode(coco_mask.merge([run for found in runs for run in found])).astype(bool)
        assert np.array_equal(page_mask(labels, *size) > 0, union)
        if size not in sizes:
            sizes.add(size)
            whole = reference.annToMask(reference.loadAnns([labels[0].id])[0]).astype(bool)
            assert np.array_equal(page_mask(labels[:1], *size) > 0, whole)
    assert sum(map(len, coco.annotations.values())) == 1677 and len(sizes) > 2
