"""Masks from labels: the pixels of pycocotools' `annToMask`, without rasterising the whole page for each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pycocotools import mask as coco_mask

from sunspot_dash.domain.coco import Annotation


def paint(page: np.ndarray, annotation: Annotation) -> None:
    """Set a label's pixels in a page mask (H, W) bool, in place."""
    if annotation.rle is not None:
        page |= coco_mask.decode(annotation.rle).astype(bool)
        return
    height, width = page.shape
    for polygon in annotation.polygons:
        # pycocotools rounds vertices to a fifth of a pixel, clips at the frame, and otherwise moves with the
        # polygon: a box with the frame's own edges is enough, if the rounding is done before the move.
        x0, y0 = np.maximum(np.floor(polygon.min(axis=0)).astype(int) - 2, 0)
        x1 = min(width, int(np.ceil(polygon[:, 0].max())) + 3)
        y1 = min(height, int(np.ceil(polygon[:, 1].max())) + 3)
        if x0 >= x1 or y0 >= y1:
            continue
        fifths = np.trunc(5 * polygon + 0.5)
        shifted = (fifths / 5 - [x0, y0]).ravel().tolist()
        runs = coco_mask.frPyObjects([shifted], int(y1 - y0), int(x1 - x0))
        page[y0:y1, x0:x1] |= coco_mask.decode(runs)[:, :, 0].astype(bool)


def annotation_mask(annotation: Annotation, height: int, width: int) -> np.ndarray:
    """The pixels of one label: (height, width) bool."""
    page = np.zeros((height, width), bool)
    paint(page, annotation)
    return page


def page_mask(annotations: Iterable[Annotation], height: int, width: int) -> np.ndarray:
    """The pixels of all labels of a page: (height, width) uint8, 0 or 255."""
    page = np.zeros((height, width), bool)
    for annotation in annotations:
        paint(page, annotation)
    return page.view(np.uint8) * np.uint8(255)
