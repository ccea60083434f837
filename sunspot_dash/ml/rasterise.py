"""The training targets of a batch of tiles, rasterised on a device as `domain.labels.targets` does on the CPU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.labels.targets import CENTRE_SIGMA

LARGEST_STRETCH = 1.3  # of a tile's map, with which the size of an outline on it is bounded


@dataclass(frozen=True)
class Outlines:
    """Polygons on a device.

    Attributes:
        vertices: (p, v, 2) float64; the last vertex is repeated, which adds edges without length.
        centroids: (p, 2) float64.
        areas: (p,) float64, px^2, on the host; extents: (p,) float64, px, the largest side of each box, on the host.
    """

    vertices: torch.Tensor
    centroids: torch.Tensor
    areas: np.ndarray
    extents: np.ndarray

    @classmethod
    def of(cls, polygons: list[np.ndarray], device: torch.device) -> Outlines:
        """Copy polygons (n, 2) to a device."""
        longest = max((len(polygon) for polygon in polygons), default=1)
        vertices = np.zeros((len(polygons), longest, 2))
        measures = [area_and_centroid(polygon) for polygon in polygons]
        for number, polygon in enumerate(polygons):
            vertices[number, : len(polygon)], vertices[number, len(polygon) :] = polygon, polygon[-1]
        return cls(
            torch.from_numpy(vertices).to(device),
            torch.tensor(np.array([centroid for _, centroid in measures]).reshape(-1, 2)).to(device),
            np.array([area for area, _ in measures]),
            np.array([np.hypot(*np.ptp(polygon, axis=0)) for polygon in polygons]),
        )


def targets_on(
    outlines: Outlines, numbers: np.ndarray, tiles: np.ndarray, affines: np.ndarray, side: int, radius: float
) -> torch.Tensor:
    """Rasterise umbrae on tiles.

    Args:
        numbers, tiles: (k,) int, pairs of an outline and a tile that it may overlap; an outline can have several.
        affines: (b, 2, 3) float64, the maps from the drawings to the tiles.
        side: of the tiles, px; radius: of the disk at their scale, px.

    Returns:
        (b, 2, side, side) float32, as from `domain.labels.targets.targets`.
    """
    device, count = outlines.vertices.device, len(affines)
    labels = torch.zeros(count * side * side, device=device)
    centres = torch.zeros(count * side * side, device=device)
    # Largest first: on each pixel the highest rank, the smallest umbra, remains.
    order = np.argsort(-outlines.areas[numbers], kind="stable")
    numbers, tiles = numbers[order], tiles[order]
    ranks = torch.arange(1, len(numbers) + 1, device=device, dtype=torch.float32)
    maps = torch.from_numpy(affines).to(device)
    for some in _by_extent(outlines.extents[numbers], side):
        chosen = torch.from_numpy(some).to(device)
        tile = torch.from_numpy(tiles[some]).to(device)
        own = torch.from_numpy(numbers[some]).to(device)
        linear, shift = maps[tile, :, :2], maps[tile, :, 2]
        points = torch.einsum("kij,kvj->kvi", linear, outlines.vertices[own]) + shift[:, None]
        middle = torch.einsum("kij,kj->ki", linear, outlines.centroids[own]) + shift
        width = min(side, int(np.ceil(LARGEST_STRETCH * outlines.extents[numbers[some]].max())) + 2)
        _paint(labels, points, middle, tile, ranks[chosen], (side, width))
        _add_bumps(centres, middle, tile, side, CENTRE_SIGMA * radius)
    labels = labels.view(count, side, side)
    mask = (labels > 0) & (_beside(labels) == labels)
    return torch.stack([mask.float(), centres.view(count, side, side)], dim=1)


def _by_extent(extents: np.ndarray, side: int) -> list[np.ndarray]:
    """Return the numbers of the outlines whose size is at most 16, 32, 64, ... px."""
    steps = np.ceil(np.log2(np.clip(extents, 16, side))).astype(int)
    return [np.flatnonzero(steps == step) for step in np.unique(steps)]


def _paint(
    labels: torch.Tensor,
    points: torch.Tensor,
    middle: torch.Tensor,
    tile: torch.Tensor,
    ranks: torch.Tensor,
    size: tuple[int, int],
) -> None:
    """Raise labels (b * side * side) to the rank of each outline at the pixels whose centres it holds, in place.

    Args:
        points: (k, v, 2), middle: (k, 2), on the tile; tile, ranks: (k,); size: side of the tile and of a window, px.
    """
    side, width = size
    first = points.amin(dim=1).floor().clamp(0, side - 1)
    (x0, y0), (x1, y1) = points.unbind(-1), points.roll(-1, dims=1).unbind(-1)
    rows = first[:, 1, None] + torch.arange(width, device=labels.device) + 0.5
    across = (y0[..., None] > rows[:, None]) != (y1[..., None] > rows[:, None])
    rise = torch.where(y1 == y0, 1.0, y1 - y0)
    at = x0[..., None] + (rows[:, None] - y0[..., None]) * ((x1 - x0) / rise)[..., None]
    # The parity of crossings flips at the first pixel whose centre lies beyond each crossing.
    column = ((at - 0.5).ceil() - first[:, 0, None, None]).clamp(0, width).long()
    flips = torch.zeros((len(points), width, width + 1), device=labels.device)
    flips.scatter_add_(2, column.transpose(1, 2), across.transpose(1, 2).float())
    inside = flips.cumsum(dim=2)[..., :-1] % 2 == 1
    x = first[:, 0, None, None].long() + torch.arange(width, device=labels.device)
    y = first[:, 1, None, None].long() + torch.arange(width, device=labels.device)[:, None]
    inside &= (x < side) & (y < side)
    _raise(labels, tile[:, None, None], (x, y), torch.where(inside, ranks[:, None, None], 0), side)
    # One without a pixel keeps that of its centroid.
    centroid = middle.floor().long().unbind(-1)
    _raise(labels, tile, centroid, torch.where(inside.any(dim=(1, 2)), 0, ranks), side)


def _add_bumps(
    centres: torch.Tensor, middle: torch.Tensor, tile: torch.Tensor, side: int, sigma: float
) -> None:
    """Add a Gaussian at each centroid to centres (b * side * side) by maximum, in place."""
    reach = int(np.ceil(4 * sigma))
    steps = torch.arange(-reach, reach + 1, device=centres.device)
    bump = torch.exp(-(steps**2) / (2 * sigma**2))
    values = (bump * bump[:, None]).float()
    column, row = middle.floor().long().unbind(-1)
    x, y = column[:, None, None] + steps, row[:, None, None] + steps[:, None]
    _raise(centres, tile[:, None, None], (x, y), values, side)


def _raise(
    maps: torch.Tensor,
    tile: torch.Tensor,
    place: tuple[torch.Tensor, ...],
    values: torch.Tensor,
    side: int,
) -> None:
    """Raise maps (b * side * side) to values at places (x, y) of tiles, in place; those off a tile are left out."""
    x, y = place
    inside = (x >= 0) & (x < side) & (y >= 0) & (y < side)
    index = tile * side * side + y.clamp(0, side - 1) * side + x.clamp(0, side - 1)
    maps.scatter_reduce_(0, index.flatten(), torch.where(inside, values, 0).flatten(), "amax")


def _beside(labels: torch.Tensor) -> torch.Tensor:
    """Return the highest label of each pixel and its four neighbours, (b, side, side)."""
    padded = torch.nn.functional.pad(labels, (1, 1, 1, 1))
    shifts = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))
    height, width = labels.shape[1:]
    return torch.stack([padded[:, r : r + height, c : c + width] for r, c in shifts]).amax(dim=0)
