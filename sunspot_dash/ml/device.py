"""Device and precision of the network."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

from sunspot_dash.errors import ParameterError


def choose(device: str) -> torch.device:
    """Return the device; 'auto' uses a GPU if there is one.

    Raises:
        ParameterError: a GPU is requested and none is available.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ParameterError(f"device '{device}' was requested, but no GPU is available: use --device cpu")
    return torch.device(device)


def mixed_precision(device: torch.device) -> AbstractContextManager:
    """Return a context of bfloat16 where the hardware supports it (no loss scaling needed), else of float32."""
    native = torch.cuda.is_bf16_supported() if device.type == "cuda" else _cpu_has_bf16()
    return torch.autocast(device.type, torch.bfloat16, enabled=native)


def _cpu_has_bf16() -> bool:
    """Return whether the processor has bfloat16 instructions.

    oneDNN also reports support where it only emulates them (AVX-512 without BF16); convolutions then take 2.4 times as
    long as in float32.
    """
    has = torch.cpu.get_capabilities().get
    return bool(has("avx512_bf16") or has("amx_bf16") or has("bf16"))
