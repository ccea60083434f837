"""What the network is fed: a tile's ink, and what a tile alone cannot tell of its sheet.

A pore on clean paper and a speck of old paper are the same few grey pixels. What parts them is the sheet:
how many specks its paper has, and where on the disk the tile lies (the cross stands at the centre, the
scale's ticks at the limb).
"""

from __future__ import annotations

import cv2
import numpy as np

CHANNELS = 4
# A speck is the darkest pixel for 12 px around, darker than the paper's grain and paler than most ink.
SPECK_INK = (14, 45)
SPECK_WINDOW = 25
# log10 of the specks on a disk: about 1 on white paper, 2.9 on the worst of 1941.
SPECK_SCALE = 3.0


def speck_level(image: np.ndarray) -> float:
    """How specked a sheet's paper is, from 0 (clean) to about 1; image is (S, S) uint8 from `model_image`."""
    darkest = cv2.erode(image, np.ones((SPECK_WINDOW, SPECK_WINDOW), np.uint8))
    pale, dark = 255 - SPECK_INK[0], 255 - SPECK_INK[1]
    specks = int(((image == darkest) & (image <= pale) & (image > dark)).sum())
    return float(np.log10(1 + specks) / SPECK_SCALE)


def distances(to_model: np.ndarray, side: int, size: int, radius: int) -> np.ndarray:
    """Distance from the disk's centre of every pixel of a tile, in radii.

    Args:
        to_model: (2, 3) affine map from the tile to the model image.
        side: the tile's side, px; size: the model image's; radius: the disk's radius in it.

    Returns:
        (side, side) float32.
    """
    along = np.arange(side, dtype=np.float32) + 0.5
    (a, b, c), (d, e, f) = (to_model - [[0, 0, size / 2], [0, 0, size / 2]]).astype(np.float32)
    x = a * along[None, :] + (b * along[:, None] + c)
    y = d * along[None, :] + (e * along[:, None] + f)
    return np.sqrt(x * x + y * y) / np.float32(radius)


def as_input(tile: np.ndarray, away: np.ndarray, specks: float) -> np.ndarray:
    """The channels of a tile.

    Args:
        tile: (h, w) uint8, paper 255.
        away: (h, w) float32, distance from the disk's centre in radii.
        specks: the sheet's `speck_level`.

    Returns:
        (4, h, w) float32: ink (paper 0, outside the disk 1), its square root, in which faint pores stand
        out from the grain, the distance, and the speck level.
    """
    ink = 1.0 - tile.astype(np.float32) / 255.0
    return np.stack([ink, np.sqrt(ink), away, np.full(ink.shape, specks, np.float32)])
