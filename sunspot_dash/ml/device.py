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
    """Return a context of bfloat16 where the hardware computes in it (it needs no loss scaling), else of float32."""
    native = torch.cuda.is_bf16_supported() if device.type == "cuda" else _cpu_has_bf16()
    return torch.autocast(device.type, torch.bfloat16, enabled=native)


def _cpu_has_bf16() -> bool:
    """Whether the processor has instructions for bfloat16.

    oneDNN also says yes where it only emulates them (AVX-512 without its BF16 part): there a convolution takes 2.4
    times as long as in float32.
    """
    has = torch.cpu.get_capabilities().get
    return bool(has("avx512_bf16") or has("amx_bf16") or has("bf16"))
