"""A decoder stage that enlarges and convolves in one step, with the result of doing one after the other."""

from __future__ import annotations

from typing import cast

import torch
from torch import nn
from torch.nn import functional


class DecoderStage(nn.Module):
    """Doubles the size of features, joins those of the encoder, and applies two convolutions of 3 x 3.

    It takes the place of the decoder block of segmentation_models_pytorch, and has the same parameters. That block
    repeats every pixel of the features 2 x 2 times and multiplies each copy: of nine products, five are spared here.

    Args:
        first, second: the block's convolutions, each with its normalisation and activation.
    """

    def __init__(self, first: nn.Sequential, second: nn.Sequential) -> None:
        super().__init__()
        self.conv1, self.conv2 = first, second

    def forward(
        self, features: torch.Tensor, height: int, width: int, skip_connection: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return features (n, d, height, width), height and width being twice those of `features` (n, c, h, w)."""
        convolution, *rest = cast("tuple[nn.Conv2d, nn.Module, nn.Module]", tuple(self.conv1))
        channels = features.shape[1]
        weight = convolution.weight
        found = convolved_twice_as_large(features, weight[:, :channels])
        if skip_connection is not None:
            found += functional.conv2d(skip_connection, weight[:, channels:], padding=1)
        for layer in rest:
            found = layer(found)
        return self.conv2(found)


def convolved_twice_as_large(features: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Return the convolution (n, d, 2 h, 2 w) of features (n, c, h, w), each repeated 2 x 2 times, by (d, c, 3, 3).

    Repeating is a transposed convolution by ones, and two convolutions in a row are one by a larger kernel.
    """
    if (
        torch.onnx.is_in_onnx_export()
    ):  # what other programs know, and with weights that do not depend on others
        return functional.conv2d(functional.interpolate(features, scale_factor=2), weight, padding=1)
    kernel = weight.flip(2, 3)
    kernel = functional.pad(kernel, (0, 0, 0, 1)) + functional.pad(kernel, (0, 0, 1, 0))
    kernel = functional.pad(kernel, (0, 1, 0, 0)) + functional.pad(kernel, (1, 0, 0, 0))
    kernel = kernel.transpose(0, 1).contiguous(memory_format=torch.channels_last)
    return functional.conv_transpose2d(features, kernel, stride=2, padding=1)
