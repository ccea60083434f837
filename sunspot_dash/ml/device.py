"""Device and precision of the network."""

from __future__ import annotations

import ctypes
from contextlib import AbstractContextManager
from functools import cache

import torch

from sunspot_dash.errors import ParameterError

# Options of mallopt(3).
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4


def choose(device: str) -> torch.device:
    """Return the device; 'auto' uses a GPU if there is one.

    Raises:
        ParameterError: a GPU is requested and none is available.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    elif device.startswith("cuda") and not torch.cuda.is_available():
        raise ParameterError(f"device '{device}' was requested, but no GPU is available: use --device cpu")
    keep_freed_memory()
    return torch.device(device)


@cache
def keep_freed_memory() -> None:
    """Let the C library keep the memory that is freed, up to 2 GB, for the next layer.

    The GNU C library returns each large block to the system, which clears its pages again for the next layer: up to
    half of the time of a network on a CPU. Other C libraries have no such switch.
    """
    try:
        switch = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for option, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 2**26)):
        switch(option, value)


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
