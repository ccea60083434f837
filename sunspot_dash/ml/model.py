"""U-Net with two output maps: umbrae and their centres."""

from __future__ import annotations

import segmentation_models_pytorch as smp
import torch
from torch import nn

from sunspot_dash.errors import ModelError
from sunspot_dash.ml.config import DECODER_CHANNELS, ENCODER_DEPTH, STRIDE
from sunspot_dash.ml.decoder import DecoderStage
from sunspot_dash.ml.inputs import CHANNELS

MASK, CENTRE = 0, 1
# Initial biases: probabilities of 0.018 for umbra and 0.01 for centres. Both are rare, and a low start stabilises the
# first steps.
PRIOR = {MASK: -4.0, CENTRE: -4.6}


def build_model(encoder: str, imagenet: bool = False, seed: int = 0) -> nn.Module:
    """Build a U-Net from (n, CHANNELS, h, w) to logits (n, 2, h, w), with h and w multiples of the stride.

    The weights are random, from the seed, unless ImageNet weights are requested for the encoder.

    Raises:
        ModelError: ImageNet weights are requested and cannot be downloaded.
    """
    torch.manual_seed(seed)
    try:
        model = library_unet(encoder, "imagenet" if imagenet else None)
    except Exception as error:
        if not imagenet:
            raise
        raise ModelError(
            f"the ImageNet weights of {encoder} could not be downloaded ({type(error).__name__}: {error}): "
            "connect to the internet, or train with --encoder-weights none or a .pth file"
        ) from error
    model.decoder.blocks = nn.ModuleList(
        DecoderStage(block.conv1, block.conv2) for block in model.decoder.blocks
    )
    _drop_unused_stages(model)
    with torch.no_grad():
        bias = model.segmentation_head[0].bias
        for channel, value in PRIOR.items():
            bias[channel] = value
    return model.to(memory_format=torch.channels_last)


def library_unet(encoder: str, weights: str | None = None) -> smp.Unet:
    """Return the U-Net as its library builds it, with weights of the encoder that the library knows."""
    return smp.Unet(
        encoder,
        encoder_depth=ENCODER_DEPTH,
        encoder_weights=weights,
        decoder_channels=DECODER_CHANNELS,
        in_channels=CHANNELS,
        classes=2,
    )


def _drop_unused_stages(model: smp.Unet) -> None:
    """Remove encoder stages that no output depends on (those beyond its depth)."""
    # Only stages that contribute to the output get a gradient; in eval mode the batch statistics stay as they are.
    model.eval()
    model(torch.zeros(1, CHANNELS, 4 * STRIDE, 4 * STRIDE)).sum().backward()
    for name, stage in list(model.encoder.named_children()):
        weights = list(stage.parameters())
        if weights and all(weight.grad is None for weight in weights):
            setattr(model.encoder, name, nn.Identity())
    model.zero_grad(set_to_none=True)
    model.train()
