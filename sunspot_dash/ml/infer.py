"""Inference on one drawing: from the image to candidates in px of the drawing."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import torch
from torch import nn

from sunspot_dash.domain.drawing.crop import invert, page_to_model, transform
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.domain.spots.features import candidate_features
from sunspot_dash.domain.spots.instances import Candidate, find_instances
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.ml.config import STRIDE
from sunspot_dash.ml.device import mixed_precision
from sunspot_dash.ml.inputs import as_input, distances, drawing_input, speck_level
from sunspot_dash.ml.model import CENTRE, MASK
from sunspot_dash.ml.on_canvas import logits_on
from sunspot_dash.ml.proposals import blocks_on_disk, possible_blocks
from sunspot_dash.ml.regions import BLOCK, blocks_near, canvases

# Largest inner part of a tile on a CPU, and total overlap on both sides, px. A GPU sees the whole drawing at once.
INNER = 960
OVERLAP = 96
# A view of the drawing: step along rows and columns, -1 for reversed.
View = tuple[int, int]
UPRIGHT, MIRRORED, FLIPPED, TURNED = (1, 1), (1, -1), (-1, 1), (-1, -1)
# Upright and rotated by 180 degrees: each candidate is seen twice, in different tiles and at another angle.
VIEWS = (UPRIGHT, TURNED)
# Blocks of context around the regions in which the network looks.
CONTEXT = 2
# Highest geometric mean of the maps in the first view from which a place is seen in the other one, too.
DOUBT = 0.03
# px seen in the second view around such a place: its umbra.
NEAR = 16
# Where the first view ends at most REACH px beside such a probability of umbra, it continues: a large umbra is proposed
# at its centre only.
UMBRA, REACH = 0.3, 4
# A tile that is lighter than this everywhere is blank.
BLANK = 240
# Radius (in R) around the disk centre with the compass hole and the centre cross, where spots cannot be
# distinguished from them. The nearest labelled spot is at 0.025.
CROSS_RADIUS = 0.008


def probability_maps(
    model: nn.Module,
    image: np.ndarray,
    radius: int,
    device: torch.device,
    proposals: nn.Module | None = None,
) -> np.ndarray:
    """Run the network on a model image in each of the VIEWS and average the results.

    Args:
        model: the U-Net, in eval mode on `device`.
        image: (S, S) uint8 from `model_image`; radius: radius of the disk in it, px.
        proposals: the `ProposalNetwork`, on the CPU, that says where the network looks; None for the whole disk.

    Returns:
        (2, S, S) float32 probabilities, 0 where the network has not looked.
    """
    if proposals is None:
        return np.mean([view_maps(model, image, radius, device, view) for view in VIEWS], axis=0)
    channels = drawing_input(image, radius)
    seen = possible_blocks(proposals, channels)
    maps = _in_regions(model, channels, device, seen, VIEWS[0])
    on_disk = blocks_on_disk(len(seen))
    while (beyond := blocks_near(maps[MASK] >= UMBRA, REACH) & on_disk & ~seen).any():
        maps = np.where(_pixels_of(seen), maps, _in_regions(model, channels, device, beyond, VIEWS[0]))
        seen |= beyond
    doubtful = blocks_near(both_maps(maps) >= DOUBT, NEAR) | blocks_near(maps[MASK] >= UMBRA, 0)
    needed = seen & doubtful
    again = _in_regions(model, channels, device, needed, VIEWS[1])
    return np.where(_pixels_of(needed), (maps + again) / 2, 0)


def _pixels_of(blocks: np.ndarray) -> np.ndarray:
    """Return which pixels are in blocks, (S, S) bool."""
    return np.kron(blocks, np.ones((BLOCK, BLOCK), bool))


def both_maps(maps: np.ndarray) -> np.ndarray:
    """Return the geometric mean of the two maps, (S, S); the mask may peak one pixel away from the centres."""
    found: np.ndarray = np.sqrt(maps[CENTRE] * cv2.dilate(maps[MASK], np.ones((3, 3), np.uint8)))
    return found


def view_maps(
    model: nn.Module, image: np.ndarray, radius: int, device: torch.device, view: View = UPRIGHT
) -> np.ndarray:
    """Run the network on an image shown upright, mirrored or rotated; arguments and result as in `probability_maps`."""
    return apply_view(
        _tile_by_tile(model, np.ascontiguousarray(apply_view(image, view)), radius, device), view
    )


def apply_view(image: np.ndarray, view: View) -> np.ndarray:
    """Transform an image (..., h, w) to a view; applied twice, it returns the image."""
    down, along = view
    return image[..., ::down, ::along]


@torch.inference_mode()
def _tile_by_tile(model: nn.Module, image: np.ndarray, radius: int, device: torch.device) -> np.ndarray:
    """Return the network's two maps (2, S, S) of an image (S, S).

    Every pixel is taken from the inner part of a tile, with a context of at least OVERLAP / 2 px. Blank tiles are
    skipped and stay 0.
    """
    size = image.shape[0]
    maps = np.zeros((2, size, size), np.float32)
    half = OVERLAP // 2
    step = _step(size, INNER if device.type == "cpu" else size)
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


@torch.inference_mode()
def _in_regions(
    model: nn.Module, channels: np.ndarray, device: torch.device, needed: np.ndarray, view: View
) -> np.ndarray:
    """Return the network's maps (2, S, S) in the needed blocks (as in `canvases`) in one view, 0 or more elsewhere.

    Args:
        channels: (CHANNELS, S, S) float32, the `drawing_input`.
    """
    maps = np.zeros((2, *channels.shape[1:]), np.float32)
    for canvas in canvases(needed, CONTEXT):
        shown = canvas.cut_from(channels)
        for region in canvas.regions:
            part = (..., *region.on_canvas(CONTEXT))
            shown[part] = apply_view(shown[part], view).copy()
        batch = torch.from_numpy(shown)[None].to(device).contiguous(memory_format=torch.channels_last)
        with mixed_precision(device):
            logits, narrow = logits_on(model, batch, canvas)
        found = logits[0].float().sigmoid().cpu().numpy()
        for region in narrow.regions:
            maps[:, *region.on_drawing] = apply_view(found[:, *region.on_canvas()], view)
    return maps


def _step(size: int, largest: int) -> int:
    """Return the inner size of a tile, at most about `largest` px, so that tiles divide a side of `size` evenly."""
    return math.ceil(size / math.ceil(size / largest) / STRIDE) * STRIDE


def find_candidates(
    maps: np.ndarray, image: np.ndarray, radius: int, floor: float, candidate_classifier: TreeEnsemble | None
) -> list[Candidate]:
    """Return the candidates above the floor, in model coordinates, from the `probability_maps` of a model image."""
    middle = image.shape[0] / 2
    candidates = [
        candidate
        for candidate in find_instances(maps[MASK], maps[CENTRE], floor)
        if CROSS_RADIUS < np.hypot(candidate.x - middle, candidate.y - middle) / radius <= 1
    ]
    if candidate_classifier is None:
        return candidates
    confidences = candidate_classifier.confidence(
        candidate_features(candidates, image, radius, speck_level(image))
    )
    rescored = [replace(c, confidence=float(p)) for c, p in zip(candidates, confidences, strict=True)]
    return [candidate for candidate in rescored if candidate.confidence >= floor]


def to_spots(candidates: list[Candidate], disk: Disk, radius: int) -> list[Spot]:
    """Convert candidates of the model image to spots in px of the drawing."""
    back = invert(page_to_model(disk, radius))
    spots = []
    for candidate in candidates:
        (x, y) = transform(back, np.array([[candidate.x, candidate.y]]))[0]
        outline = transform(back, candidate.outline)
        spots.append(Spot(float(x), float(y), area_and_centroid(outline)[0], candidate.confidence, outline))
    return spots
