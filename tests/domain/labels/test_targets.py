"""Labels at the model's scale."""

from __future__ import annotations

import numpy as np

from sunspot_dash.domain.labels.targets import targets


def square(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def test_touching_neighbours_are_separated_and_the_small_one_keeps_its_pixels():
    mask, centres = targets([square(10, 10, 20, 20), square(20, 12, 24, 16)], 40, 896)
    assert mask[12:16, 20:24].all()
    assert not mask[12:16, 19].any() and mask[12:16, 11:19].all()
    assert (centres > 0.999).sum() == 2


def test_a_pore_below_a_pixel_still_has_a_centre():
    mask, centres = targets([square(10.2, 10.2, 10.8, 10.8)], 24, 896)
    assert centres[10, 10] == 1 and mask.sum() <= 1


def test_no_labels_give_zeros():
    assert not targets([], 16, 896).any()
