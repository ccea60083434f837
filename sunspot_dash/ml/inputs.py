"""Network input: the ink of a tile, and properties of its drawing that the tile alone does not show.

A pore on clean paper and a speck of old paper are the same few grey pixels. They differ by the number of specks on the
drawing and by the position of the tile on the disk (the cross is at the centre, the tick scale at the limb).
"""

from __future__ import annotations

import cv2
import numpy as np

CHANNELS = 4
IDENTITY = np.eye(2, 3)
# A speck is the darkest pixel within 12 px, darker than paper grain and paler than most ink.
SPECK_INK = (14, 45)
SPECK_WINDOW = 25
# log10 of the number of specks: about 1 on white paper, 2.9 at worst (1941).
SPECK_SCALE = 3.0


def speck_level(image: np.ndarray) -> float:
    """Return how specked the paper is, from 0 (clean) to about 1; image is (S, S) uint8 from `model_image`."""
    darkest = cv2.erode(image, np.ones((SPECK_WINDOW, SPECK_WINDOW), np.uint8))
    pale, dark = 255 - SPECK_INK[0], 255 - SPECK_INK[1]
    specks = int(((image == darkest) & (image <= pale) & (image > dark)).sum())
    return float(np.log10(1 + specks) / SPECK_SCALE)


def distances(to_model: np.ndarray, side: int, size: int, radius: int) -> np.ndarray:
    """Return the distance of every pixel of a tile from the disk centre, in radii.

    Args:
        to_model: (2, 3) affine map from the tile to the model image.
        side: side of the tile, px; size: side of the model image; radius: radius of the disk in it.

    Returns:
        (side, side) float32.
    """
    along = np.arange(side, dtype=np.float32) + 0.5
    (a, b, c), (d, e, f) = (to_model - [[0, 0, size / 2], [0, 0, size / 2]]).astype(np.float32)
    x = a * along[None, :] + (b * along[:, None] + c)
    y = d * along[None, :] + (e * along[:, None] + f)
    return np.sqrt(x * x + y * y) / np.float32(radius)


def as_input(tile: np.ndarray, distance: np.ndarray, specks: float) -> np.ndarray:
    """Return the input channels of a tile.

    Args:
        tile: (h, w) uint8, paper 255.
        away: (h, w) float32, distance from the disk centre in radii.
        specks: `speck_level` of the drawing.

    Returns:
        (4, h, w) float32: ink (paper 0, outside the disk 1), its square root, which lifts faint pores above the grain,
        the distance, and the speck level.
    """
    ink = 1.0 - tile.astype(np.float32) / 255.0
    return np.stack([ink, np.sqrt(ink), distance, np.full(ink.shape, specks, np.float32)])


def drawing_input(image: np.ndarray, radius: int) -> np.ndarray:
    """Return the input channels (4, S, S) of a whole model image (S, S) uint8 with a disk of that radius, px."""
    size = len(image)
    return as_input(image, distances(IDENTITY, size, size, radius), speck_level(image))
