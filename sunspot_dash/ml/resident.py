"""Training tiles made on the device: cut, rotated, disturbed and labelled from drawings that stay in its memory.

A GPU trains on more tiles a second than the processor beside it can cut. So the drawings are copied to it once, and a
whole batch is made at a time. Positions, variants and rotations are those of the same epoch made on the CPU
(`ml.dataset`); images and labels agree with those, except for the noise, which is drawn on the device.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from sunspot_dash.domain.drawing.crop import invert
from sunspot_dash.ml.augment import ORIGINAL, ink_strength
from sunspot_dash.ml.dataset import Labelled, TilePlan, tile_affine
from sunspot_dash.ml.disturb import DISTURBANCES
from sunspot_dash.ml.rasterise import Outlines, targets_on

SHARE = 0.5  # of the device's free memory that drawings may take
# A polygon counts for a tile if its centre is at most this many sides of the tile away; a large umbra reaches in.
NEAR = 1.0


@dataclass(frozen=True)
class Resident:
    """Drawings in the memory of a device.

    Attributes:
        images: (n, S, S) uint8; specks: (n,) float32, the speck levels.
        outlines: the polygons of all drawings, one after the other; first: (n + 1,) int, where those of each begin.
        centres: (p, 2) float64, their centroids, on the host.
    """

    images: torch.Tensor
    specks: torch.Tensor
    outlines: Outlines
    first: np.ndarray
    centres: np.ndarray

    @classmethod
    def copy(cls, drawings: list[Labelled], device: torch.device) -> Resident:
        """Copy drawings of one size to a device."""
        images = torch.empty((len(drawings), *drawings[0].image.shape), dtype=torch.uint8, device=device)
        for number, drawing in enumerate(drawings):
            images[number] = torch.from_numpy(np.array(drawing.image))
        polygons = [polygon for drawing in drawings for polygon in drawing.polygons]
        outlines = Outlines.of(polygons, device)
        return cls(
            images,
            torch.tensor([drawing.specks for drawing in drawings], dtype=torch.float32, device=device),
            outlines,
            np.cumsum([0, *(len(drawing.polygons) for drawing in drawings)]),
            outlines.centroids.cpu().numpy(),
        )

    def batches(
        self, batches: Iterable[list[TilePlan]], tile_size: int, radius: int
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield the input (b, 4, t, t) and target (b, 2, t, t) of each batch of tiles."""
        for some in batches:
            affines = np.stack([tile_affine(plan, tile_size) for plan in some])
            yield (
                self._input(some, affines, tile_size, radius),
                self._target(some, affines, tile_size, radius),
            )

    def _input(self, plans: list[TilePlan], affines: np.ndarray, side: int, radius: int) -> torch.Tensor:
        device = self.images.device
        to_model = np.stack([invert(affine) for affine in affines])
        number = torch.tensor([plan.drawing for plan in plans], device=device)
        along = torch.arange(side, device=device, dtype=torch.float32) + 0.5
        matrix = torch.from_numpy(to_model.astype(np.float32)).to(device)[:, :, None, None, :]
        x, y = (
            matrix[:, axis, ..., 0] * along
            + matrix[:, axis, ..., 1] * along[:, None]
            + matrix[:, axis, ..., 2]
            for axis in (0, 1)
        )
        levels = _sampled(self.images, number, x, y)
        levels = _disturbed(levels, plans)
        middle = self.images.shape[1] / 2
        ink = 1 - levels / 255
        away = torch.hypot(x - middle, y - middle) / radius
        specks = self.specks[number][:, None, None].expand_as(ink)
        return torch.stack([ink, ink.sqrt(), away, specks], dim=1)

    def _target(self, plans: list[TilePlan], affines: np.ndarray, side: int, radius: int) -> torch.Tensor:
        tiles, numbers = [], []
        for tile, plan in enumerate(plans):
            first, last = self.first[plan.drawing], self.first[plan.drawing + 1]
            away = np.abs(self.centres[first:last] - plan.centre).max(axis=1, initial=0)
            near = first + np.flatnonzero(away < NEAR * side)
            tiles.append(np.full(len(near), tile))
            numbers.append(near)
        return targets_on(
            self.outlines, np.concatenate(numbers), np.concatenate(tiles), affines, side, radius
        )


def fits(drawings: list[Labelled], device: torch.device) -> bool:
    """Return whether the drawings are of one size, and leave the device enough memory to train."""
    if device.type != "cuda" or len({drawing.image.shape for drawing in drawings}) != 1:
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return sum(drawing.image.size for drawing in drawings) < SHARE * free


def _sampled(images: torch.Tensor, number: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return bilinear samples (b, t, t), rounded, of images (n, S, S) at x and y (b, t, t); 0 beyond the image."""
    size = images.shape[1]
    column, row = x - 0.5, y - 0.5
    left, top = column.floor(), row.floor()
    found = torch.zeros_like(x)
    for down in (0, 1):
        for right in (0, 1):
            at_x, at_y = left + right, top + down
            weight = (1 - (column - at_x).abs()) * (1 - (row - at_y).abs())
            inside = (at_x >= 0) & (at_x < size) & (at_y >= 0) & (at_y < size)
            at = at_y.clamp(0, size - 1).long() * size + at_x.clamp(0, size - 1).long()
            values = images.flatten()[number[:, None, None] * size * size + at]
            found += torch.where(inside, weight * values, 0)
    return found.round()


def _disturbed(levels: torch.Tensor, plans: list[TilePlan]) -> torch.Tensor:
    """Vary the ink of the tiles (b, t, t), and apply the noise, blur or exposure of their variants."""
    randoms = [np.random.default_rng(plan.seed) for plan in plans]
    strength = [
        1.0 if plan.variant == ORIGINAL else ink_strength(random)
        for plan, random in zip(plans, randoms, strict=True)
    ]
    factor = torch.tensor(strength, device=levels.device)[:, None, None]
    varied = (255 - (255 - levels) * factor).clamp(0, 255).floor()
    levels = torch.where((levels == 0) | (factor == 1), levels, varied)
    for variant, change in DISTURBANCES.items():
        chosen = [number for number, plan in enumerate(plans) if plan.variant == variant]
        if chosen:
            levels[chosen] = change(levels[chosen], [randoms[number] for number in chosen])
    return levels
