"""Real sheets without their spots: what a detector must find nothing on.

Few sheets without a spot are labelled, and a synthetic one lacks what a hand draws on a real one. So the labelled
nuclei are rubbed out, and all else stays: faculae, notes, axes, specks, and penumbrae that have lost their umbra.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

# Around an outline, px at the model's scale, ink is rubbed out too: labels are drawn tightly.
MARGIN = 3
REACH = 4
PAPER = 200


def erase_spots(image: np.ndarray, polygons: Sequence[np.ndarray], seed: int) -> np.ndarray:
    """An (S, S) uint8 image in which the polygons, (n, 2) px each, are filled with the paper around them.

    The fill has the grain of the sheet's paper, so that it is no smooth mark of its own.
    """
    mask = np.zeros(image.shape, np.uint8)
    for polygon in polygons:
        outline = [np.round(polygon).astype(np.int32)]
        cv2.fillPoly(mask, outline, 1)
        cv2.polylines(mask, outline, True, 1, 2 * MARGIN - 1)
    page = image.astype(np.float32)
    fine = page - cv2.GaussianBlur(page, (0, 0), 3)
    noise = np.random.default_rng(seed).standard_normal(image.shape).astype(np.float32)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.9), np.float32)
    paper = image > PAPER
    noise *= np.median(np.abs(fine[paper])) / np.median(np.abs(noise[paper]))
    filled = cv2.inpaint(image, mask, REACH, cv2.INPAINT_TELEA) + noise
    return np.where(mask > 0, np.clip(filled, 0, 255), image).astype(np.uint8)
