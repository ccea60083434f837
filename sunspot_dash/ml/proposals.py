"""Where on a drawing there may be a spot: a small network that looks at the whole disk before the U-Net.

It was trained to find what the shipped model finds, with any confidence (`benchmarks/proposals.py`). It costs a
hundredth of the U-Net, which then sees the proposed regions only. Whether it also finds what another model finds is
measured when that model is trained (`ml.validate`); a model for which it does not sees the whole disk.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from sunspot_dash.ml.config import PROPOSAL_RADIUS, ModelCard
from sunspot_dash.ml.device import mixed_precision
from sunspot_dash.ml.inputs import CHANNELS
from sunspot_dash.ml.regions import BLOCK, blocks_near
from sunspot_dash.workspace import pretrained_dir

FILE = "proposals.pt"
SCALE = 8  # px of the drawing for one of its output
# Scores from which a spot is possible, and how many parts of SCALE px are proposed around it: more where there is one.
AROUND = {0.02: 1, 0.2: 2}
# Channels, and size, stride and dilation of the kernel, of each convolution.
LAYERS = (
    (16, 5, 2, 1),
    (32, 3, 2, 1),
    (32, 3, 1, 1),
    (48, 3, 2, 1),
    (48, 3, 1, 1),
    (48, 3, 1, 2),
    (48, 3, 1, 4),
    (48, 3, 1, 8),
)


class ProposalNetwork(nn.Module):
    """From the U-Net's input, (n, CHANNELS, h, w), to the logits of the scores, (n, h / SCALE, w / SCALE)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = CHANNELS
        for width, size, stride, dilation in LAYERS:
            padding = dilation * (size // 2)
            layers += [
                nn.Conv2d(before, width, size, stride, padding, dilation, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            before = width
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, 1, 1))

    def forward(self, channels: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        logits: torch.Tensor = self.layers(channels)
        return logits[:, 0]


@cache
def proposal_network() -> ProposalNetwork:
    """Return the shipped network on the CPU, for inference: each normalisation is part of the convolution before it."""
    network = ProposalNetwork()
    network.load_state_dict(torch.load(pretrained_dir() / FILE, map_location="cpu", weights_only=True))
    folded: list[nn.Module] = []
    for layer in network.eval().layers:
        if isinstance(layer, nn.BatchNorm2d):
            convolution = folded.pop()
            assert isinstance(convolution, nn.Conv2d)
            layer = fuse_conv_bn_eval(convolution, layer)
        folded.append(layer)
    network.layers = nn.Sequential(*folded)
    return network.to(memory_format=torch.channels_last)


def proposals_for(card: ModelCard, device: torch.device) -> ProposalNetwork | None:
    """Return the network for a model, None if it may not find all that the model finds, or would save no time.

    A GPU computes the whole disk in the time that this network takes on the CPU.
    """
    return proposal_network() if card.looks_at_proposals and device.type == "cpu" else None


@torch.inference_mode()
def scores(network: nn.Module, channels: np.ndarray) -> np.ndarray:
    """Return how likely a spot is in each SCALE x SCALE px, (S / SCALE, S / SCALE), of a `drawing_input` (4, S, S)."""
    batch = torch.from_numpy(channels)[None].contiguous(memory_format=torch.channels_last)
    with mixed_precision(batch.device):
        found: np.ndarray = network(batch)[0].float().sigmoid().numpy()
    return found


def possible_blocks(network: nn.Module, channels: np.ndarray) -> np.ndarray:
    """Return which blocks of a model image may hold a spot, or are near such a place.

    Args:
        network: a `ProposalNetwork`; channels: (4, S, S), the `drawing_input` at the PROPOSAL_RADIUS.

    Returns:
        (S / BLOCK, S / BLOCK) bool.
    """
    found = scores(network, channels)
    side = BLOCK // SCALE
    near = [blocks_near(found >= level, distance, side) for level, distance in AROUND.items()]
    return np.logical_or.reduce(near) & blocks_on_disk(len(found) // side)


def blocks_on_disk(side: int) -> np.ndarray:
    """Return which blocks (side, side) of a model image hold a part of the disk, at the PROPOSAL_RADIUS."""
    from_centre = (np.arange(side) + 0.5 - side / 2) * BLOCK
    away = np.hypot(from_centre, from_centre[:, None])
    return np.asarray(away <= PROPOSAL_RADIUS + BLOCK / np.sqrt(2))
