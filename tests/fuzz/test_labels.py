"""Damaged label files: every usable label lies within its drawing, and everything else has a reason."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask

from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.labels.masks import page_mask
from sunspot_dash.errors import CocoError
from tests.fuzz.hostile import VALUES, damaged, damaged_bytes

SIZE = (40, 30)


def labels() -> dict:
    """Two drawings: one with two polygons and an RLE, one blank."""
    square = np.zeros((SIZE[1], SIZE[0]), np.uint8, order="F")
    square[3:9, 20:26] = 1
    shapes = [
        [[2.0, 2, 9, 2, 9, 8]],
        [[12, 12, 16, 12, 16, 16, 12, 16], [20, 20, 22, 20, 22, 23]],
        {"size": [SIZE[1], SIZE[0]], "counts": mask.encode(square)["counts"].decode()},
        {"size": [SIZE[1], SIZE[0]], "counts": [63, 6, SIZE[0] * SIZE[1] - 69]},
    ]
    return {
        "images": [
            {"id": n, "file_name": name, "width": SIZE[0], "height": SIZE[1]}
            for n, name in enumerate(("usd195604170830.png", "Data/usd195604180830.png"), 1)
        ],
        "categories": [{"id": 1, "name": "sunspot", "supercategory": ""}],
        "annotations": [
            {
                "id": n,
                "image_id": 1,
                "category_id": 1,
                "segmentation": shape,
                "iscrowd": 0,
                "area": 9,
                "bbox": [2, 2, 7, 6],
            }
            for n, shape in enumerate(shapes, 1)
        ],
    }


CONTENT = st.one_of(
    damaged(labels()).map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
    damaged_bytes(json.dumps(labels()).encode()),
)


@given(CONTENT)
def test_damaged_labels_are_used_or_have_a_reason(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "labels.json"
    path.write_bytes(content)
    try:
        coco = load_coco(path)
    except CocoError as error:
        assert error.reason
        return
    assert all(problem.reason for problem in coco.problems)
    assert (
        coco.annotations.keys()
        <= {image.file_name for image in coco.images.values()} | coco.annotations.keys()
    )
    for name, image in coco.images.items():
        assert name == image.file_name and "\0" not in name and not name.startswith("/")
        assert not {"", ".", ".."} & set(name.split("/"))
        if image.width * image.height > 10_000:
            continue  # a mask of it would only take memory
        found = page_mask(coco.annotations.get(name, []), image.height, image.width)
        assert found.shape == (image.height, image.width)
