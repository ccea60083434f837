"""Losses on cases with a known answer."""

from __future__ import annotations

import math

import pytest
import torch

from sunspot_dash.ml.losses import batch_dice, centre_focal, total_loss, weighted_bce


def test_the_penalty_applies_only_to_missed_spots():
    logits, ones, zeros = torch.zeros(1, 2, 2), torch.ones(1, 2, 2), torch.zeros(1, 2, 2)
    assert weighted_bce(logits, ones, 5.0).item() == pytest.approx(5 * math.log(2))
    assert weighted_bce(logits, zeros, 5.0).item() == pytest.approx(math.log(2))


def test_dice_is_over_the_batch_and_defined_without_spots():
    mask = torch.zeros(2, 4, 4)
    assert batch_dice(torch.full((2, 4, 4), -30.0), mask).item() == pytest.approx(0, abs=1e-5)
    mask[0, 1:3, 1:3] = 1
    perfect = torch.where(mask > 0, 30.0, -30.0)
    assert batch_dice(perfect, mask).item() == pytest.approx(0, abs=1e-5)
    assert batch_dice(-perfect, mask).item() > 0.9


def test_centre_loss_is_lowest_at_the_right_position():
    target = torch.zeros(1, 9, 9)
    target[0, 4, 4] = 1
    right, wrong = torch.full((1, 9, 9), -6.0), torch.full((1, 9, 9), -6.0)
    right[0, 4, 4], wrong[0, 1, 1] = 6, 6
    assert centre_focal(right, target, 3.0) < 0.01 < 5 < centre_focal(wrong, target, 3.0)


def test_the_total_has_a_gradient_everywhere():
    logits = torch.randn(2, 2, 8, 8, requires_grad=True)
    total_loss(logits, torch.zeros(2, 2, 8, 8), 3.0).backward()
    assert torch.isfinite(logits.grad).all() and (logits.grad.abs().sum(dim=(0, 2, 3)) > 0).all()
