"""Run a U-Net on a canvas of regions, its last stages without most of the context.

Nearly half of the time of a U-Net goes to the last two stages of its decoder, at half and at full resolution. What they
compute depends on a few pixels around; only the stages before need the wide context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sunspot_dash.ml.regions import Canvas

if TYPE_CHECKING:
    from segmentation_models_pytorch import Unet

# The last two decoder stages and the head see 11 px: 4 of the input at a quarter of the resolution, two convolutions
# of 3 x 3 at half and three at full resolution.
LAST_STAGES, LAST_CONTEXT = 2, 1


def logits_on(network: Unet, channels: torch.Tensor, canvas: Canvas) -> tuple[torch.Tensor, Canvas]:
    """Return the network's logits (1, 2, h, w) on a narrower canvas, and that canvas.

    Args:
        channels: (1, CHANNELS, *canvas.size), on the device of the network.
    """
    narrow = canvas.narrowed(LAST_CONTEXT)
    features = network.encoder(channels)
    skips = [*reversed(features[1:-1]), None]
    stages = list(network.decoder.blocks)
    found = network.decoder.center(features[-1])
    for number, (stage, skip) in enumerate(zip(stages, skips, strict=True)):
        if number == len(stages) - LAST_STAGES:
            found = _moved(found, canvas, narrow)
        if number >= len(stages) - LAST_STAGES and skip is not None:
            skip = _moved(skip, canvas, narrow)
        found = stage(found, 2 * found.shape[2], 2 * found.shape[3], skip_connection=skip)
    return network.segmentation_head(found), narrow


def _moved(features: torch.Tensor, canvas: Canvas, narrow: Canvas) -> torch.Tensor:
    """Return features (1, c, h, w) of the regions of a canvas, reduced by some factor, on another with less context."""
    scale = canvas.size[0] // features.shape[2]
    height, width = narrow.size
    shape = (1, features.shape[1], height // scale, width // scale)
    moved = torch.zeros(shape, dtype=features.dtype, device=features.device).contiguous(
        memory_format=torch.channels_last
    )
    for source, target in zip(canvas.regions, narrow.regions, strict=True):
        moved[:, :, *target.on_canvas(narrow.context, scale)] = features[
            :, :, *source.on_canvas(narrow.context, scale)
        ]
    return moved
