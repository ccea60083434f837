"""Prepare a drawing for the network: the disk alone, made round, on even paper, at a fixed radius.

Training and inference share these functions: the edge of the blackened surroundings is the strongest line in the
image, so it must look exactly the same in both.
"""

from __future__ import annotations

import cv2
import numpy as np

from sunspot_dash.domain.drawing.disk import Disk

# In disk radii: the margin of the crop, and the radius up to which it is shown (a limb line is 0.4 % thick).
MARGIN = 1.03
VISIBLE_RADIUS = 1.004
PAPER_RADIUS_PX = 64


def crop_size(model_radius: int, multiple: int = 32) -> int:
    """Return the side of the square crop in px: disk plus margin, rounded up to a multiple of the network's stride."""
    return multiple * int(np.ceil(2 * MARGIN * model_radius / multiple))


def page_to_model(disk: Disk, model_radius: int) -> np.ndarray:
    """Return the (2, 3) affine map from drawing to model px, which makes the disk round, centred and of that radius."""
    linear = np.linalg.inv(disk.strain) * (model_radius / disk.radius)
    centre = crop_size(model_radius) / 2
    return np.column_stack([linear, centre - linear @ [disk.x, disk.y]])


def invert(affine: np.ndarray) -> np.ndarray:
    """Return the inverse of a (2, 3) affine map."""
    linear = np.linalg.inv(affine[:, :2])
    return np.column_stack([linear, -linear @ affine[:, 2]])


def transform(affine: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Apply a (2, 3) affine map to points (n, 2)."""
    return np.asarray(xy, float).reshape(-1, 2) @ affine[:, :2].T + affine[:, 2]


def warp(image: np.ndarray, affine: np.ndarray, size: tuple[int, int], border: int = 255) -> np.ndarray:
    """Resample an image through a (2, 3) affine map between continuous coordinates; size is (width, height)."""
    # cv2 counts from pixel centres, this project from pixel corners.
    shift = affine[:, 2] + 0.5 * affine[:, :2].sum(axis=1) - 0.5
    matrix = np.column_stack([affine[:, :2], shift])
    return cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=(border,) * 3)


def square_crop(drawing: np.ndarray, disk: Disk) -> np.ndarray:
    """Crop the disk with its margin at the drawing's scale, (S, S) or (S, S, 3); white beyond the image."""
    half = int(np.ceil(MARGIN * disk.radius))
    left, top = round(disk.x) - half, round(disk.y) - half
    size = 2 * half
    crop = np.full((size, size, *drawing.shape[2:]), 255, drawing.dtype)
    x0, y0 = max(left, 0), max(top, 0)
    part = drawing[y0 : max(top + size, 0), x0 : max(left + size, 0)]
    crop[y0 - top : y0 - top + part.shape[0], x0 - left : x0 - left + part.shape[1]] = part
    return crop


def darken_outside(crop: np.ndarray, centre: tuple[float, float], radius: float) -> np.ndarray:
    """Return a copy of the crop that is black outside the circle."""
    keep = np.zeros(crop.shape[:2], np.uint8)
    shift = 4
    fixed = tuple(round((value - 0.5) * 2**shift) for value in centre)
    cv2.circle(keep, fixed, round(radius * 2**shift), 255, -1, cv2.LINE_8, shift)
    return cv2.bitwise_and(crop, crop, mask=keep)


def even_paper(grey: np.ndarray) -> np.ndarray:
    """Divide by the local paper level, so that paper becomes 255 everywhere and ink keeps its contrast."""
    small = cv2.resize(grey, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    side = 2 * (PAPER_RADIUS_PX // 8) + 1
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((3, 3), np.uint8)), side)
    paper = cv2.resize(cv2.blur(paper, (side, side)), grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.divide(grey, np.maximum(paper, 64), scale=255)


def model_image(grey: np.ndarray, disk: Disk, model_radius: int) -> np.ndarray:
    """Return the network's view of a drawing.

    Args:
        grey: the drawing, (H, W) uint8.
        disk: its limb.
        model_radius: radius of the disk in the result, px.

    Returns:
        (S, S) uint8, S = crop_size(model_radius): paper near 255, ink darker, black outside the limb.
    """
    scale = model_radius / disk.radius
    if scale < 1:
        # Average first: shrinking by an affine warp alone would skip hairlines.
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        to_small = np.array([[size[0] / grey.shape[1], 0, 0], [0, size[1] / grey.shape[0], 0]])
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        to_model = page_to_model(disk, model_radius)
        back = invert(to_small)
        affine = np.column_stack(
            [to_model[:, :2] @ back[:, :2], to_model[:, :2] @ back[:, 2] + to_model[:, 2]]
        )
    else:
        affine = page_to_model(disk, model_radius)
    side = crop_size(model_radius)
    flat = even_paper(warp(grey, affine, (side, side)))
    return darken_outside(flat, (side / 2, side / 2), VISIBLE_RADIUS * model_radius)
