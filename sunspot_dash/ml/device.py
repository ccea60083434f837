"""Where the network runs, and in which precision."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

from sunspot_dash.errors import ParameterError


def choose(device: str) -> torch.device:
    """'auto' takes the GPU where there is one.

    Raises:
        ParameterError: a GPU was asked for and there is none.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ParameterError(f"device '{device}' was asked for but no GPU is available: use --device cpu")
    return torch.device(device)


def mixed_precision(device: torch.device) -> AbstractContextManager:
    """bfloat16 where the hardware computes in it (it needs no loss scaling), float32 elsewhere."""
    if device.type == "cuda":
        supported = torch.cuda.is_bf16_supported()
    else:
        supported = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast(device.type, torch.bfloat16, enabled=supported)
