"""The regions that the network sees: they hold every needed block, and lie apart on the canvas."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.ml.regions import BLOCK, canvases, cover
from sunspot_dash.ml.regions import SIDE as LARGEST

SIDE, CONTEXT = 40, 2  # blocks


def scattered(seed: int, share: float) -> np.ndarray:
    """Needed blocks at random places."""
    return np.random.default_rng(seed).random((SIDE, SIDE)) < share


def cost(boxes: np.ndarray) -> int:
    """Blocks that the network sees, with the context."""
    return int((boxes[:, 2:] - boxes[:, :2] + 2 * CONTEXT).prod(axis=1).sum())


@pytest.mark.parametrize("share", [0.002, 0.02, 0.2, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_boxes_hold_every_needed_block_and_cost_no_more_than_one_box(seed, share):
    needed = scattered(seed, share)
    needed[7, 9] = True
    boxes, seen = cover(needed, CONTEXT), np.zeros_like(needed)
    for top, left, bottom, right in boxes:
        seen[top:bottom, left:right] = True
    assert (seen >= needed).all()
    rows, columns = np.nonzero(needed)
    one = np.array([[rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]])
    assert cost(boxes) <= cost(one)


def test_neighbours_share_a_box_and_distant_blocks_do_not():
    needed = np.zeros((SIDE, SIDE), bool)
    needed[3, 3] = needed[3, 5] = needed[30, 30] = True
    assert sorted(map(tuple, cover(needed, CONTEXT).tolist())) == [(3, 3, 4, 6), (30, 30, 31, 31)]


def test_nothing_needed_is_no_canvas():
    assert canvases(np.zeros((SIDE, SIDE), bool), CONTEXT) == []


@pytest.mark.parametrize(("side", "share"), [(SIDE, 0.01), (SIDE, 0.1), (SIDE, 1.0), (116, 0.05), (116, 1.0)])
@pytest.mark.parametrize("narrower", [False, True])
def test_a_drawing_goes_to_the_canvases_and_back(side, share, narrower):
    needed = np.random.default_rng(5).random((side, side)) < share
    drawing = np.random.default_rng(1).integers(1, 255, (1, side * BLOCK, side * BLOCK))
    back = np.zeros_like(drawing)
    for wide in canvases(needed, CONTEXT):
        canvas = wide.narrowed(1) if narrower else wide
        taken = np.zeros(canvas.size, int)
        for region in canvas.regions:
            taken[region.on_canvas(canvas.context)] += 1
        assert taken.max() == 1, "regions overlap on the canvas"
        assert all(length % BLOCK == 0 for length in canvas.size)
        assert max(canvas.size) < 2 * LARGEST * BLOCK
        shown = canvas.cut_from(drawing)
        for region in canvas.regions:
            back[:, *region.on_drawing] = shown[:, *region.on_canvas()]
    wanted = np.kron(needed, np.ones((BLOCK, BLOCK), bool))
    np.testing.assert_array_equal(back[0][wanted], drawing[0][wanted])


def test_the_context_of_a_region_is_what_surrounds_it_on_the_drawing_and_0_beyond():
    needed = np.zeros((SIDE, SIDE), bool)
    needed[0, 5] = needed[20, SIDE - 1] = True
    drawing = np.random.default_rng(2).integers(1, 255, (1, SIDE * BLOCK, SIDE * BLOCK))
    margin = CONTEXT * BLOCK
    padded = np.pad(drawing[0], margin)
    (canvas,) = canvases(needed, CONTEXT)
    shown = canvas.cut_from(drawing)[0]
    for region in canvas.regions:
        rows, columns = region.on_drawing
        around = padded[rows.start : rows.stop + 2 * margin, columns.start : columns.stop + 2 * margin]
        np.testing.assert_array_equal(shown[region.on_canvas(CONTEXT)], around)


def test_the_place_on_reduced_features_is_that_on_the_canvas_divided():
    (canvas,) = canvases(scattered(3, 0.01), CONTEXT)
    for region in canvas.regions:
        for scale in (2, 4, BLOCK):
            fine, coarse = region.on_canvas(1), region.on_canvas(1, scale)
            assert [(s.start / scale, s.stop / scale) for s in fine] == [(s.start, s.stop) for s in coarse]
