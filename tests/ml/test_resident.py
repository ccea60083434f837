"""Tiles made on the device: the same as those cut on the CPU, for every variant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from sunspot_dash.ml.augment import ORIGINAL, VARIANTS, stretch
from sunspot_dash.ml.dataset import Labelled, TilePlan, Tiles, plan_epoch
from sunspot_dash.ml.resident import Resident, fits

SIDE, RADIUS = 64, 128
CPU = torch.device("cpu")
LEVEL = 1 / 255


def plans_of(drawings: list[Labelled], variant: str, rotated: bool) -> list[TilePlan]:
    """An epoch's plans with one variant, rotated and stretched or not."""
    random = np.random.default_rng(7)
    return [
        replace(plan, variant=variant, linear=stretch(random) if rotated else np.eye(2))
        for plan in plan_epoch(drawings, SIDE, RADIUS, 3, 0)
    ]


def both(drawings: list[Labelled], plans: list[TilePlan]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Inputs and targets of all tiles, cut on the CPU and made on the device."""
    cut = [torch.stack(each) for each in zip(*Tiles(drawings, plans, SIDE, RADIUS), strict=True)]
    (made,) = Resident.copy(drawings, CPU).batches([plans], SIDE, RADIUS)
    return cut, list(made)


@pytest.mark.parametrize("rotated", [False, True])
def test_targets_are_those_cut_on_the_cpu(drawings, rotated):
    cut, made = both(drawings, plans_of(drawings, ORIGINAL, rotated))
    assert cut[1][:, 0].sum() > 500, "hardly any umbra to compare"
    assert (cut[1][:, 0] != made[1][:, 0]).sum() <= 1e-3 * cut[1][:, 0].sum()
    torch.testing.assert_close(made[1][:, 1], cut[1][:, 1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("rotated", [False, True])
def test_an_original_tile_is_the_one_cut_on_the_cpu(drawings, rotated):
    cut, made = both(drawings, plans_of(drawings, ORIGINAL, rotated))
    # OpenCV interpolates with weights rounded to 1/32.
    assert (cut[0][:, 0] - made[0][:, 0]).abs().max() <= (8 * LEVEL if rotated else 1e-6)
    assert (cut[0][:, 0] - made[0][:, 0]).abs().mean() <= LEVEL / 4
    for channel in (2, 3):
        torch.testing.assert_close(made[0][:, channel], cut[0][:, channel], rtol=0, atol=1e-4)
    torch.testing.assert_close(made[0][:, 1], made[0][:, 0].sqrt())


@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant != ORIGINAL])
def test_variants_change_a_tile_as_much_as_on_the_cpu(drawings, variant):
    plans = plans_of(drawings, variant, rotated=False)
    cut, made = both(drawings, plans)
    plain, _ = both(drawings, [replace(plan, variant=ORIGINAL) for plan in plans])
    changes = [(tiles[0][:, 0] - plain[0][:, 0]).abs().mean().item() for tiles in (cut, made)]
    assert changes[0] > 0 and changes[1] == pytest.approx(changes[0], rel=0.35)
    assert made[0][:, 0].min() >= 0 and made[0][:, 0].max() <= 1
    torch.testing.assert_close(made[1], plain[1], rtol=0, atol=1e-5)


def test_the_same_epoch_gives_the_same_tiles(drawings):
    plans = plan_epoch(drawings, SIDE, RADIUS, 3, 1)
    first, again = (next(Resident.copy(drawings, CPU).batches([plans[:6]], SIDE, RADIUS)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert torch.equal(one, other)


def test_drawings_without_spots_have_empty_targets(drawings):
    blank = replace(drawings[0], polygons=[])
    plans = [replace(plan, drawing=0) for plan in plan_epoch([blank], SIDE, RADIUS, 0, 0)]
    ((images, target),) = Resident.copy([blank], CPU).batches([plans], SIDE, RADIUS)
    assert not target.any() and images.shape == (len(plans), 4, SIDE, SIDE)


def test_a_cpu_cuts_its_tiles(drawings):
    assert not fits(drawings, CPU)
