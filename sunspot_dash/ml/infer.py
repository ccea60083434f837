"""The network over one drawing: from a page to candidates in the page's own pixels."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from sunspot_dash.domain.drawing.crop import invert, model_image, page_to_model, transform
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.domain.spots.features import candidate_features
from sunspot_dash.domain.spots.instances import Candidate, find_instances
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.ml.config import STRIDE
from sunspot_dash.ml.device import mixed_precision
from sunspot_dash.ml.inputs import as_input, distances, speck_level
from sunspot_dash.ml.model import CENTRE, MASK

# The most that is kept of a tile, and the margin that it sees beside it on both sides together, px.
INNER = 480
OVERLAP = 64
# How a drawing is shown to the network: the step along rows and columns, -1 is from the far end.
View = tuple[int, int]
UPRIGHT, MIRRORED, FLIPPED, TURNED = (1, 1), (1, -1), (-1, 1), (-1, -1)
# Seen upright and turned by 180 degrees a candidate is judged twice, by other tiles and at another angle.
VIEWS = (UPRIGHT, TURNED)
# Paper lighter than this everywhere in a tile has nothing on it that the network could see.
BLANK = 240
# Within this many radii of the disk's centre stand the compass's hole and the strokes of the cross; a spot
# under them could not be told from them. Of the labelled spots none is nearer than 0.025.
CROSS = 0.008


def probability_maps(model: nn.Module, image: np.ndarray, radius: int, device: torch.device) -> np.ndarray:
    """Run the network over a model image in each of the VIEWS; the mean of what it says.

    Args:
        model: the U-Net, in eval mode on `device`.
        image: (S, S) uint8 from `model_image`; radius: the disk's radius in it, px.

    Returns:
        (2, S, S) float32 probabilities.
    """
    return np.mean([view_maps(model, image, radius, device, view) for view in VIEWS], axis=0)


def view_maps(
    model: nn.Module, image: np.ndarray, radius: int, device: torch.device, view: View = UPRIGHT
) -> np.ndarray:
    """What the network says of an image that it is shown upright, mirrored or turned; as `probability_maps`."""
    return seen(_tile_by_tile(model, np.ascontiguousarray(seen(image, view)), radius, device), view)


def seen(image: np.ndarray, view: View) -> np.ndarray:
    """An image (..., h, w) in a view; twice gives back the image."""
    down, along = view
    return image[..., ::down, ::along]


@torch.inference_mode()
def _tile_by_tile(model: nn.Module, image: np.ndarray, radius: int, device: torch.device) -> np.ndarray:
    """The network's two maps (2, S, S) of an image (S, S).

    Every pixel comes from the tile in whose inner part it lies, so no pixel is judged with less than OVERLAP / 2 px
    around it; blank tiles are skipped and stay 0.
    """
    size = image.shape[0]
    maps = np.zeros((2, size, size), np.float32)
    half = OVERLAP // 2
    step = _step(size)
    side = step + OVERLAP
    padded = np.pad(image, half)
    specks = speck_level(image)
    for top in range(0, size, step):
        for left in range(0, size, step):
            tile = np.zeros((side, side), np.uint8)
            part = padded[top : top + side, left : left + side]
            tile[: part.shape[0], : part.shape[1]] = part
            if not ((tile > 0) & (tile < BLANK)).any():
                continue
            to_model = np.array([[1.0, 0, left - half], [0, 1.0, top - half]])
            away = distances(to_model, side, size, radius)
            batch = (
                torch.from_numpy(as_input(tile, away, specks))[None]
                .to(device)
                .contiguous(memory_format=torch.channels_last)
            )
            with mixed_precision(device):
                logits = model(batch)
            inner = logits[0, :, half:-half, half:-half].float().sigmoid().cpu().numpy()
            height, width = min(step, size - top), min(step, size - left)
            maps[:, top : top + height, left : left + width] = inner[:, :height, :width]
    return maps


def _step(size: int) -> int:
    """The px of a side of `size` that each tile gives: what would stick out of the image is computed in vain."""
    return math.ceil(size / math.ceil(size / INNER) / STRIDE) * STRIDE


def find_candidates(
    maps: np.ndarray, image: np.ndarray, radius: int, floor: float, candidate_classifier: TreeEnsemble | None
) -> list[Candidate]:
    """Candidates above the floor, in model coordinates, from `probability_maps` of a model image."""
    middle = image.shape[0] / 2
    found = [
        candidate
        for candidate in find_instances(maps[MASK], maps[CENTRE], floor)
        if CROSS < np.hypot(candidate.x - middle, candidate.y - middle) / radius <= 1
    ]
    if candidate_classifier is None:
        return found
    confidences = candidate_classifier.confidence(
        candidate_features(found, image, radius, speck_level(image))
    )
    judged = [replace(c, confidence=float(p)) for c, p in zip(found, confidences, strict=True)]
    return [candidate for candidate in judged if candidate.confidence >= floor]


def detect(
    model: nn.Module,
    candidate_classifier: TreeEnsemble | None,
    grey: np.ndarray,
    disk: Disk,
    radius: int,
    floor: float,
    device: torch.device,
) -> list[Spot]:
    """All candidates on a page (H, W) uint8 above the floor, in page pixels."""
    image = model_image(grey, disk, radius)
    maps = probability_maps(model, image, radius, device)
    return to_spots(find_candidates(maps, image, radius, floor, candidate_classifier), disk, radius)


def to_spots(candidates: list[Candidate], disk: Disk, radius: int) -> list[Spot]:
    """Candidates of the model image in page pixels."""
    back = invert(page_to_model(disk, radius))
    spots = []
    for candidate in candidates:
        (x, y) = transform(back, np.array([[candidate.x, candidate.y]]))[0]
        outline = transform(back, candidate.outline)
        spots.append(Spot(float(x), float(y), area_and_centroid(outline)[0], candidate.confidence, outline))
    return spots
