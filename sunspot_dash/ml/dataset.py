"""Training tiles: cut again every epoch from drawings at the model's scale, with exact labels.

A tile is cut, rotated and labelled in a single affine step from the drawing and its polygons, so rotation never blurs a
label. The tiles of an epoch depend on (seed, epoch) only: a resumed training sees exactly the same tiles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from sunspot_dash.domain.drawing.crop import invert, model_image, page_to_model, transform, warp
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.labels.targets import targets
from sunspot_dash.domain.labels.tiles import tiles_of
from sunspot_dash.ml.augment import ORIGINAL, VARIANTS, disturb, stretch, vary_ink
from sunspot_dash.ml.inputs import as_input, distances, speck_level

# A pixel is ink if it is this much darker than the paper; ink without spots causes false detections.
INK = 25
INK_SHARE = 0.75


@dataclass(frozen=True)
class Labelled:
    """A labelled drawing at the model's scale.

    Attributes:
        name: file name.
        image: (S, S) uint8, possibly memory-mapped.
        polygons: (n, 2) float each, model coordinates.
        ink: (m, 2) int32, x and y of dark pixels far from any spot.
        specks: speck level of the paper.
    """

    name: str
    image: np.ndarray = field(repr=False)
    polygons: list[np.ndarray] = field(repr=False)
    ink: np.ndarray = field(repr=False)
    specks: float


def prepare(
    name: str,
    grey: np.ndarray,
    disk: Disk,
    polygons: list[np.ndarray],
    radius: int,
    cache: Path | None = None,
) -> Labelled:
    """Bring a drawing (H, W) uint8 and its polygons (px of the drawing) to the model's scale.

    With a cache folder the image is stored in a file and memory-mapped, so that thousands of drawings fit in memory.
    """
    image = model_image(grey, disk, radius)
    affine = page_to_model(disk, radius)
    scaled = [transform(affine, polygon) for polygon in polygons]
    near_spot = np.zeros(image.shape, np.uint8)
    for polygon in scaled:
        cv2.circle(near_spot, tuple(int(v) for v in area_and_centroid(polygon)[1]), radius // 32, 1, -1)
    dark = (image < 255 - INK) & (image > 0) & (near_spot == 0)
    ink = np.argwhere(dark)[:, ::-1].astype(np.int32)
    if len(ink) > 20_000:
        ink = ink[:: len(ink) // 20_000 + 1]
    specks = speck_level(image)
    if cache is not None:
        path = cache / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)  # the name may have folders
        np.save(path, image)
        image = np.load(path, mmap_mode="r")
    return Labelled(name, image, scaled, ink, specks)


@dataclass(frozen=True, eq=False)
class TilePlan:
    """Position and augmentation of one tile of an epoch."""

    drawing: int
    centre: tuple[float, float]
    variant: str
    linear: np.ndarray  # (2, 2) rotation, mirroring and stretch
    seed: int


def plan_epoch(
    drawings: list[Labelled], tile_size: int, radius: int, seed: int, epoch: int
) -> list[TilePlan]:
    """Choose the tiles of an epoch, shuffled: around spots, on ink without spots, and on blank paper."""
    random = np.random.default_rng([seed, epoch])
    plans: list[TilePlan] = []
    for number, drawing in enumerate(drawings):
        for centre in _centres(drawing, tile_size, radius, random):
            variant = VARIANTS[int(random.integers(len(VARIANTS)))]
            linear = np.eye(2) if variant == ORIGINAL else stretch(random)
            plans.append(TilePlan(number, centre, variant, linear, int(random.integers(2**31))))
    return [plans[i] for i in random.permutation(len(plans))]


def _centres(
    drawing: Labelled, tile_size: int, radius: int, random: np.random.Generator
) -> list[tuple[float, float]]:
    """Return the tile centres on one drawing."""
    reach = 0.42 * tile_size
    count, background = tiles_of(len(drawing.polygons))
    centres = []
    if drawing.polygons:
        spots = np.array([area_and_centroid(polygon)[1] for polygon in drawing.polygons])
        # Without replacement first, so that every spot is visited before one is visited twice.
        order = np.concatenate([random.permutation(len(spots)) for _ in range(count // len(spots) + 1)])
        centres += [tuple(spots[i] + random.uniform(-reach, reach, 2)) for i in order[:count]]
    middle = drawing.image.shape[0] / 2
    for _ in range(background):
        if len(drawing.ink) and random.random() < INK_SHARE:
            centre = drawing.ink[random.integers(len(drawing.ink))] + random.uniform(-reach, reach, 2)
        else:
            angle, r = random.uniform(0, 2 * np.pi), radius * np.sqrt(random.random())
            centre = np.array([middle + r * np.cos(angle), middle + r * np.sin(angle)])
        centres.append(tuple(centre))
    return [(float(x), float(y)) for x, y in centres]


class Tiles(Dataset):
    """Tiles of an epoch: ((4, t, t) float32 input, (2, t, t) float32 target)."""

    def __init__(self, drawings: list[Labelled], plans: list[TilePlan], tile_size: int, radius: int):
        self.drawings, self.plans, self.tile_size, self.radius = drawings, plans, tile_size, radius

    def __len__(self) -> int:
        return len(self.plans)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        plan = self.plans[index]
        drawing = self.drawings[plan.drawing]
        image, target = cut(drawing, plan, self.tile_size, self.radius)
        to_model = invert(tile_affine(plan, self.tile_size))
        away = distances(to_model, self.tile_size, drawing.image.shape[0], self.radius)
        return torch.from_numpy(as_input(image, away, drawing.specks)), torch.from_numpy(target)


def cut(drawing: Labelled, plan: TilePlan, tile_size: int, radius: int) -> tuple[np.ndarray, np.ndarray]:
    """Return one tile (t, t) uint8 and its target (2, t, t) float32."""
    random = np.random.default_rng(plan.seed)
    affine = tile_affine(plan, tile_size)
    reach = int(np.ceil(0.9 * tile_size))
    x, y = (int(v) for v in plan.centre)
    size = drawing.image.shape[0]
    x0, x1 = np.clip([x - reach, x + reach], 0, size)
    y0, y1 = np.clip([y - reach, y + reach], 0, size)
    patch = np.ascontiguousarray(drawing.image[y0:y1, x0:x1])
    local = affine.copy()
    local[:, 2] += affine[:, :2] @ [x0, y0]
    side = (tile_size, tile_size)
    image = warp(patch, local, side, border=0) if patch.size else np.zeros(side, np.uint8)
    near = [
        p for p in drawing.polygons if np.abs(p.mean(axis=0) - plan.centre).max() < reach + 0.1 * tile_size
    ]
    target = targets([transform(affine, polygon) for polygon in near], tile_size, radius)
    if plan.variant != ORIGINAL:
        image = vary_ink(image, random)
    return disturb(image, plan.variant, random), target


def tile_affine(plan: TilePlan, tile_size: int) -> np.ndarray:
    """Return the (2, 3) map from the drawing to the tile."""
    # Whole-pixel shifts avoid resampling tiles that are not rotated.
    centre = np.floor(plan.centre)
    return np.column_stack([plan.linear, tile_size / 2 - plan.linear @ centre])
