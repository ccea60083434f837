"""Masks: the very pixels of pycocotools' annToMask."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from sunspot_dash.domain.coco import Annotation, load_coco
from sunspot_dash.domain.masks import annotation_mask, page_mask


def ann_to_mask(polygons: list[np.ndarray], height: int, width: int) -> np.ndarray:
    runs = coco_mask.frPyObjects([p.ravel().tolist() for p in polygons], height, width)
    return coco_mask.decode(coco_mask.merge(runs)).astype(bool)


@pytest.mark.parametrize("seed", range(200))
def test_random_polygons_give_the_same_pixels(seed):
    random = np.random.default_rng(seed)
    height, width = random.integers(20, 90, 2)
    vertices = random.integers(3, 12)
    middle, size = random.uniform(0, [width, height]), random.choice([1.0, 4.0, 15.0, 60.0])
    points = np.clip(middle + random.uniform(-size, size, (vertices, 2)), 0, [width, height])
    if seed % 3 == 0:
        points = np.round(points, 1)
    annotation = Annotation(1, 1, (points,))
    expected = ann_to_mask([points], height, width)
    assert np.array_equal(annotation_mask(annotation, height, width), expected)


def test_several_polygons_and_rle_are_united():
    square, other = np.array([[1, 1], [5, 1], [5, 5], [1, 5.0]]), np.array([[8, 8], [9.5, 8], [9, 9.7]])
    page = np.zeros((12, 12), np.uint8, order="F")
    page[2:4, 7:11] = 1
    rle = coco_mask.encode(page)
    labels = [Annotation(1, 1, (square, other)), Annotation(2, 1, rle=rle)]
    expected = ann_to_mask([square, other], 12, 12) | page.astype(bool)
    mask = page_mask(labels, 12, 12)
    assert mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 255}
    assert np.array_equal(mask > 0, expected)


def test_every_real_label_gives_the_same_pixels(shared):
    path = shared / "labelled" / "annotations" / "instances_default.json"
    with contextlib.redirect_stdout(io.StringIO()):
        reference = COCO(str(path))
    coco = load_coco(path)
    assert not coco.problems
    count = 0
    for name, image in coco.images.items():
        # One page union an image: annToMask for each of the 1677 labels would take hours of page-sized masks.
        expected = np.zeros((image.height, image.width), bool)
        for label in coco.annotations[name]:
            expected |= ann_to_mask(list(label.polygons), image.height, image.width)
            count += 1
        assert np.array_equal(page_mask(coco.annotations[name], image.height, image.width) > 0, expected)
        first = coco.annotations[name][0]
        whole = reference.annToMask(reference.loadAnns([first.id])[0]).astype(bool)
        assert np.array_equal(annotation_mask(first, image.height, image.width), whole)
    assert count == 1677
