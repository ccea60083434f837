"""Tiles: exact labels under rotation, and epochs that can be repeated."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.ml.augment import VARIANTS
from sunspot_dash.ml.dataset import Labelled, TilePlan, Tiles, cut, plan_epoch

SIDE, RADIUS = 64, 128


def one_spot(x: float, y: float) -> Labelled:
    """A white drawing with one dark square spot of 6 px, and its exact label."""
    image = np.full((288, 288), 255, np.uint8)
    square = np.array([[-3, -3], [3, -3], [3, 3], [-3, 3]]) + [x, y]
    image[int(y - 3) : int(y + 3), int(x - 3) : int(x + 3)] = 0
    return Labelled("one", image, [square.astype(float)], np.zeros((0, 2), np.int32), 0.0)


@pytest.mark.parametrize("angle", np.linspace(0, 2 * np.pi, 9))
@pytest.mark.parametrize("mirrored", [False, True])
def test_label_and_image_rotate_together(angle, mirrored):
    drawing = one_spot(150, 130)
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirrored:
        linear = linear @ np.diag([-1.0, 1.0])
    plan = TilePlan(0, (144.0, 140.0), "original", linear, 1)
    tile, target = cut(drawing, plan, SIDE, RADIUS)
    ys, xs = np.nonzero(target[0])
    dark = 255.0 - tile
    rows, columns = np.indices(tile.shape)
    assert xs.mean() == pytest.approx((dark * columns).sum() / dark.sum(), abs=0.3)
    assert ys.mean() == pytest.approx((dark * rows).sum() / dark.sum(), abs=0.3)
    peak = np.unravel_index(target[1].argmax(), target[1].shape)
    assert np.hypot(peak[0] - ys.mean(), peak[1] - xs.mean()) < 1.2
    assert target[0].sum() == pytest.approx(36, abs=9)


def test_an_epoch_depends_only_on_seed_and_number(drawings):
    first, again, other = (
        [(plan.centre, plan.variant, plan.seed) for plan in plan_epoch(drawings, SIDE, RADIUS, 1, epoch)]
        for epoch in (5, 5, 6)
    )
    assert first == again and first != other


def test_every_epoch_has_background_and_all_variants(drawings):
    side = RADIUS // 4  # a tile of 256 px on a disk of 1024 px
    plans = [plan for epoch in range(8) for plan in plan_epoch(drawings, side, RADIUS, 0, epoch)]
    assert {plan.variant for plan in plans} == set(VARIANTS)
    share = np.mean([plan.variant == "original" for plan in plans])
    assert 0.15 < share < 0.35
    tiles = Tiles(drawings, plans, side, RADIUS)
    blank = np.mean([tiles[i][1][0].max().item() == 0 for i in range(0, len(tiles), 5)])
    assert 0.15 < blank < 0.7


def test_tiles_at_the_edge_of_the_drawing_are_complete(drawings):
    plan = TilePlan(0, (-500.0, 2.0), "original", np.eye(2), 1)
    tile, target = cut(drawings[0], plan, SIDE, RADIUS)
    assert tile.shape == (SIDE, SIDE) and not tile.any() and not target.any()
