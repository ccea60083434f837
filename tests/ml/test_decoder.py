"""The decoder stage: what it computes, and with which parameters, is what the library's block does."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from sunspot_dash.ml.decoder import convolved_twice_as_large
from sunspot_dash.ml.inputs import CHANNELS
from sunspot_dash.ml.model import build_model, library_unet


def test_enlarging_and_convolving_are_one_step():
    features = torch.randn(2, 5, 6, 7, dtype=torch.float64)
    weight = torch.randn(3, 5, 3, 3, dtype=torch.float64)
    found = convolved_twice_as_large(features, weight)
    expected = functional.conv2d(functional.interpolate(features, scale_factor=2), weight, padding=1)
    assert found.shape == (2, 3, 12, 14)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("encoder", ["resnet18", "mobilenet_v2"])
def test_the_network_is_the_one_of_the_library_with_the_same_parameters_and_gradients(encoder):
    torch.manual_seed(3)
    library = library_unet(encoder).double()
    ours = build_model(encoder).double()
    wanted = ours.state_dict()
    assert not wanted.keys() - library.state_dict().keys()
    ours.load_state_dict({name: value for name, value in library.state_dict().items() if name in wanted})
    shown = torch.rand(2, CHANNELS, 64, 96, dtype=torch.float64)
    for network in (library, ours):
        network.train()
        network(shown).square().mean().backward()
    gradients = dict(library.named_parameters())
    for name, weight in ours.named_parameters():
        torch.testing.assert_close(weight.grad, gradients[name].grad, msg=name)
    with torch.inference_mode():
        torch.testing.assert_close(ours.eval()(shown), library.eval()(shown))
