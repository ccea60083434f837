"""Real drawings without their spots, on which a detector must find nothing.

Few labelled drawings are spot-free, and synthetic ones lack features of real handwriting. So the labelled nuclei are
erased and everything else is kept: faculae, notes, axes, specks, and penumbrae without their umbra.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

# Width around an outline, px at the model's scale, that is erased too: labels are drawn tightly.
MARGIN = 3
REACH = 4
PAPER = 200


def erase_spots(image: np.ndarray, polygons: Sequence[np.ndarray], seed: int) -> np.ndarray:
    """Return an (S, S) uint8 image in which the polygons, (n, 2) px each, are filled with the surrounding paper.

    The fill has the grain of the drawing's paper, so that it does not look like a smooth mark.
    """
    mask = np.zeros(image.shape, np.uint8)
    for polygon in polygons:
        outline = [np.round(polygon).astype(np.int32)]
        cv2.fillPoly(mask, outline, 1)
        cv2.polylines(mask, outline, True, 1, 2 * MARGIN - 1)
    grey = image.astype(np.float32)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 3)
    noise = np.random.default_rng(seed).standard_normal(image.shape).astype(np.float32)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.9), np.float32)
    paper = image > PAPER
    noise *= np.median(np.abs(detail[paper])) / np.median(np.abs(noise[paper]))
    filled = cv2.inpaint(image, mask, REACH, cv2.INPAINT_TELEA) + noise
    return np.where(mask > 0, np.clip(filled, 0, 255), image).astype(np.uint8)
