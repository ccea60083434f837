"""Masks from labels, pixel by pixel identical to pycocotools' `annToMask`, decoded within each label's box.

Polygons are rasterised in the coordinates of the drawing. Moving a polygon to the origin of its box first would
change the rounding, and with it a pixel in about one label of twelve.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pycocotools import mask as coco_mask

from sunspot_dash.domain.labels.coco import Annotation
from sunspot_dash.domain.labels.segmentation import Rle, decode_counts


def page_mask(annotations: Iterable[Annotation], height: int, width: int) -> np.ndarray:
    """Return the mask of all labels of a drawing: (height, width) uint8, 0 or 255."""
    mask = np.zeros((height, width), bool)
    for annotation in annotations:
        paint(mask, annotation)
    return mask.view(np.uint8) * np.uint8(255)


def paint(mask: np.ndarray, annotation: Annotation) -> None:
    """Set the pixels of a checked label (`coco.check_coco`) in a mask (H, W) bool, in place."""
    shapes = [polygon_rle(polygon, *mask.shape) for polygon in annotation.polygons]
    for shape in [annotation.rle, *shapes] if annotation.rle is not None else shapes:
        rows, columns, pixels = shape.box()
        mask[rows, columns] |= pixels


def polygon_rle(polygon: np.ndarray, height: int, width: int) -> Rle:
    """Return the run lengths of a polygon (n, 2) in px of the drawing, n >= 3; it may have no pixel."""
    # pycocotools takes an array, or a list of four numbers, for boxes.
    (encoded,) = coco_mask.frPyObjects([polygon.ravel().tolist()], height, width)
    return Rle(height, width, np.array(decode_counts(encoded["counts"].decode("ascii")), np.int64))
