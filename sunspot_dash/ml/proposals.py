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

from sunspot_dash.ml.config import PROPOSAL_RADIUS, ModelCard
from sunspot_dash.ml.regions import BLOCK, block_maxima
from sunspot_dash.workspace import pretrained_dir

FILE = "proposals.pt"
SCALE = 8  # px of the drawing for one of its output
LEVEL = 0.02  # a spot is possible from this score on
WIDTHS = (8, 16, 24, 32, 32, 32)  # channels


class ProposalNetwork(nn.Module):
    """From ink and its square root, (n, 2, h, w), to scores (n, h / SCALE, w / SCALE)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 2
        # Size, stride and dilation of the kernels.
        kernels = ((5, 2, 1), (3, 2, 1), (3, 1, 1), (3, 2, 1), (3, 1, 1), (3, 1, 2))
        for width, (size, stride, dilation) in zip(WIDTHS, kernels, strict=True):
            layers += [
                nn.Conv2d(before, width, size, stride, dilation * (size // 2), dilation),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            before = width
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, 1, 1))

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """Return the logits of the scores."""
        logits: torch.Tensor = self.layers(ink)
        return logits[:, 0]


@cache
def proposal_network() -> ProposalNetwork:
    """Return the shipped network, in eval mode on the CPU."""
    network = ProposalNetwork()
    network.load_state_dict(torch.load(pretrained_dir() / FILE, map_location="cpu", weights_only=True))
    return network.eval().to(memory_format=torch.channels_last)


def proposals_for(card: ModelCard, device: torch.device) -> ProposalNetwork | None:
    """Return the network for a model, None if it may not find all that the model finds, or would save no time.

    A GPU computes the whole disk in the time that this network takes on the CPU.
    """
    return proposal_network() if card.looks_at_proposals and device.type == "cpu" else None


def ink_channels(image: np.ndarray) -> np.ndarray:
    """Return the input of the network, (2, h, w) float32, of a model image (h, w) uint8."""
    ink = 1.0 - image.astype(np.float32) / 255.0
    return np.stack([ink, np.sqrt(ink)])


@torch.inference_mode()
def scores(network: nn.Module, image: np.ndarray) -> np.ndarray:
    """Return how likely a spot is in each SCALE x SCALE px of a model image (S, S) uint8, (S / SCALE, S / SCALE)."""
    batch = torch.from_numpy(ink_channels(image))[None].contiguous(memory_format=torch.channels_last)
    found: np.ndarray = network(batch)[0].sigmoid().numpy()
    return found


def possible_blocks(network: nn.Module, image: np.ndarray) -> np.ndarray:
    """Return which blocks of a model image may hold a spot, (S / BLOCK, S / BLOCK) bool.

    Args:
        network: a `ProposalNetwork`; image: (S, S) uint8 at the PROPOSAL_RADIUS, S a multiple of BLOCK.
    """
    highest = block_maxima(scores(network, image), BLOCK // SCALE)
    from_centre = (np.arange(len(highest)) + 0.5) * BLOCK - image.shape[0] / 2
    inside = np.hypot(from_centre, from_centre[:, None]) <= PROPOSAL_RADIUS + BLOCK
    return np.asarray((highest >= LEVEL) & inside)
