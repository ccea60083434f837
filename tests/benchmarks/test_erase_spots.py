"""Erasing spots: they become paper, and no other pixel changes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.erase_spots import MARGIN, erase_spots

PAPER, GRAIN = 235, 2.0


def square(x: float, y: float, half: float) -> np.ndarray:
    return np.array([[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]])


@pytest.fixture
def drawing() -> np.ndarray:
    """(200, 200) uint8 paper with grain, a spot at (60, 70) and a pencil line far from it."""
    page = PAPER + np.random.default_rng(1).normal(0, GRAIN, (200, 200))
    cv2.circle(page, (60, 70), 6, 90, -1)
    cv2.line(page, (120, 20), (180, 180), 140, 2)
    return page.clip(0, 255).astype(np.uint8)


def test_an_erased_spot_is_paper_with_grain(drawing: np.ndarray) -> None:
    bare = erase_spots(drawing, [square(60, 70, 6.5)], seed=3)
    place = bare[62:79, 52:69].astype(float)
    assert abs(place.mean() - PAPER) < 3
    assert place.min() > PAPER - 25
    assert 0.4 * GRAIN < place.std() < 2 * GRAIN


def test_everything_else_is_unchanged(drawing: np.ndarray) -> None:
    bare = erase_spots(drawing, [square(60, 70, 6.5)], seed=3)
    near = np.zeros(drawing.shape, bool)
    reach = 7 + MARGIN
    near[70 - reach : 71 + reach, 60 - reach : 61 + reach] = True
    assert (bare == drawing)[~near].all()
    assert (bare != drawing)[near].any()


def test_a_drawing_without_labels_is_unchanged(drawing: np.ndarray) -> None:
    assert (erase_spots(drawing, [], seed=3) == drawing).all()


def test_the_same_seed_gives_the_same_image(drawing: np.ndarray) -> None:
    spots = [square(60, 70, 6.5)]
    assert (erase_spots(drawing, spots, 3) == erase_spots(drawing, spots, 3)).all()
