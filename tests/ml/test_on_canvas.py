"""The U-Net on a canvas: its last stages see less context and compute the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sunspot_dash.ml.inputs import CHANNELS
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.on_canvas import logits_on
from sunspot_dash.ml.regions import BLOCK, canvases

SIDE, CONTEXT = 24, 2


@pytest.mark.parametrize("encoder", ["resnet18", "mobilenet_v2"])
def test_the_logits_of_each_region_are_those_of_the_whole_canvas(encoder):
    network = build_model(encoder).eval()
    needed = np.zeros((SIDE, SIDE), bool)
    needed[3, 3:6] = needed[12, 20] = needed[17:19, 8] = True
    drawing = np.random.default_rng(4).random((CHANNELS, SIDE * BLOCK, SIDE * BLOCK), np.float32)
    (canvas,) = canvases(needed, CONTEXT)
    shown = torch.from_numpy(canvas.cut_from(drawing))[None]
    with torch.inference_mode():
        whole = network(shown)
        found, narrow = logits_on(network, shown, canvas)
    assert narrow.size[0] * narrow.size[1] < canvas.size[0] * canvas.size[1]
    for wide, small in zip(canvas.regions, narrow.regions, strict=True):
        torch.testing.assert_close(
            found[0, :, *small.on_canvas()], whole[0, :, *wide.on_canvas()], rtol=1e-4, atol=1e-5
        )
