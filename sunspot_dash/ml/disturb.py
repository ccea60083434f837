"""The disturbances of `ml.augment`, with the same ranges, for a batch of tiles on a device.

Each takes tiles (b, t, t) float32 of whole levels from 0 to 255 and one random generator for each of them.
"""

from __future__ import annotations

import numpy as np
import torch

from sunspot_dash.ml.augment import AMOUNT, MULTIPLIER, SALT, SCALE, SIGMA

BLUR_SIDE = 7  # px of the kernel for the widest blur


def salt_and_pepper(tiles: torch.Tensor, randoms: list[np.random.Generator]) -> torch.Tensor:
    """Make some pixels white and more of them black."""
    amount, salt = (_drawn(randoms, limits, tiles) for limits in (AMOUNT, SALT))
    chance = torch.rand(tiles.shape, device=tiles.device, generator=_generator(randoms, tiles))
    salted = torch.where(chance < amount * salt, 255.0, tiles)
    return torch.where((chance >= amount * salt) & (chance < amount), 0.0, salted)


def blur(tiles: torch.Tensor, randoms: list[np.random.Generator]) -> torch.Tensor:
    """Blur by a Gaussian."""
    sigma = _drawn(randoms, SIGMA, tiles)[:, :, 0]
    steps = torch.arange(BLUR_SIDE, device=tiles.device) - BLUR_SIDE // 2
    kernel = torch.exp(-(steps**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum(dim=1, keepdim=True)
    half = BLUR_SIDE // 2
    padded = torch.nn.functional.pad(tiles[None], (half,) * 4, mode="reflect")
    along = torch.nn.functional.conv2d(padded, kernel[:, None, None, :], groups=len(tiles))
    down = torch.nn.functional.conv2d(along, kernel[:, None, :, None], groups=len(tiles))
    return down[0].round()


def exposure(tiles: torch.Tensor, randoms: list[np.random.Generator]) -> torch.Tensor:
    """Multiply all levels by a factor."""
    return (tiles * _drawn(randoms, MULTIPLIER, tiles)).clamp(0, 255).floor()


def coarse(tiles: torch.Tensor, randoms: list[np.random.Generator]) -> torch.Tensor:
    """Scan at a coarser resolution: average over larger pixels, then enlarge."""
    side = tiles.shape[-1]
    enlarged = []
    for tile, scale in zip(tiles, _drawn(randoms, SCALE, tiles).flatten().tolist(), strict=True):
        small = torch.nn.functional.interpolate(tile[None, None], int(side * scale), mode="area")
        enlarged.append(torch.nn.functional.interpolate(small, side, mode="bilinear")[0, 0])
    return torch.stack(enlarged).round()


# By the name of the variant.
DISTURBANCES = {
    "salt-and-pepper": salt_and_pepper,
    "blur": blur,
    "exposure": exposure,
    "coarse": coarse,
}


def _drawn(
    randoms: list[np.random.Generator], limits: tuple[float, float], tiles: torch.Tensor
) -> torch.Tensor:
    """Return one value for each tile, (b, 1, 1)."""
    values = [random.uniform(*limits) for random in randoms]
    return torch.tensor(values, dtype=torch.float32, device=tiles.device)[:, None, None]


def _generator(randoms: list[np.random.Generator], tiles: torch.Tensor) -> torch.Generator:
    return torch.Generator(tiles.device).manual_seed(int(randoms[0].integers(2**31)))
