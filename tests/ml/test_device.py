"""The device and the precision of the network."""

from __future__ import annotations

import pytest
import torch

from sunspot_dash.ml import device as module
from sunspot_dash.ml.device import choose, mixed_precision


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx2": True}, torch.float32),
        ({"avx512_f": True, "avx512_bw": True, "avx512_bf16": False}, torch.float32),
        ({"avx512_f": True, "avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": True}, torch.bfloat16),
        ({"neon": True, "bf16": True}, torch.bfloat16),
    ],
)
def test_a_cpu_that_only_emulates_bfloat16_computes_in_float32(monkeypatch, capabilities, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    with mixed_precision(torch.device("cpu")):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == expected


@pytest.mark.parametrize("asked", ["auto", "cpu"])
def test_freed_memory_is_kept_however_the_cpu_was_chosen(monkeypatch, asked):
    kept = []
    monkeypatch.setattr(module, "keep_freed_memory", lambda: kept.append(True))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose(asked) == torch.device("cpu") and kept
