"""Augmentation: a tile is used as it is, or rotated and altered: salt and pepper, blur, exposure, a coarser scan."""

from __future__ import annotations

import os

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # albumentations would check for updates online

import albumentations as A
import cv2
import numpy as np

ORIGINAL = "original"
# Ranges: the share of the pixels that salt and pepper alter, and of salt, which is white, among them; the sigma of the
# blur, px; the factor of the exposure; the scale of the coarser scan: the coarsest known have disks of radius 424 px,
# 0.47 of the model's.
AMOUNT, SALT, SIGMA, MULTIPLIER, SCALE = (0.01, 0.04), (0.10, 0.20), (0.4, 1.0), (0.6, 1.1), (0.47, 0.8)
RECIPES: dict[str, A.BasicTransform] = {
    "salt-and-pepper": A.SaltAndPepper(amount=AMOUNT, salt_vs_pepper=SALT, p=1),
    "blur": A.GaussianBlur(blur_limit=0, sigma_limit=SIGMA, p=1),
    "exposure": A.MultiplicativeNoise(multiplier=MULTIPLIER, p=1),
    # As `model_image` enlarges a coarse scan. Few drawings of the coarse forms are labelled, and the spots of their
    # dense groups touch.
    "coarse": A.Downscale(
        scale_range=SCALE, interpolation_pair={"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR}, p=1
    ),
}
INK_STRENGTH = (0.8, 1.25)
STRETCH = 1.2
VARIANTS = (ORIGINAL, *RECIPES)
_COMPOSED = {name: A.Compose([recipe]) for name, recipe in RECIPES.items()}


def stretch(random: np.random.Generator) -> np.ndarray:
    """Return a random (2, 2) map: rotation by any angle, mirroring of half the tiles, a slight stretch along any axis.

    Observers draw spots at different sizes and slants, and spots near the limb are foreshortened.
    """
    turn, axis = random.uniform(0, 2 * np.pi, 2)
    mirror = np.diag([random.choice([-1.0, 1.0]), 1.0])
    sizes = np.diag(np.exp(random.uniform(-np.log(STRETCH), np.log(STRETCH), 2)))
    return _rotation(turn) @ _rotation(-axis) @ sizes @ _rotation(axis) @ mirror


def _rotation(angle: float) -> np.ndarray:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def ink_strength(random: np.random.Generator) -> float:
    """Return a factor for all ink of a tile: pencils vary, and the labelled drawings of one era are few."""
    return float(random.uniform(*INK_STRENGTH))


def vary_ink(tile: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Make all ink paler or darker."""
    levels = np.clip(255 - (255 - np.arange(256)) * ink_strength(random), 0, 255)
    levels[0] = 0  # outside the disk stays black
    return levels.astype(np.uint8)[tile]


def disturb(tile: np.ndarray, variant: str, random: np.random.Generator) -> np.ndarray:
    """Apply the noise, blur or exposure of a variant to a (h, w) uint8 tile; the original is returned unchanged."""
    if variant == ORIGINAL:
        return tile
    composed = _COMPOSED[variant]
    composed.set_random_seed(int(random.integers(2**31)))
    return composed(image=tile[..., None])["image"][..., 0]
