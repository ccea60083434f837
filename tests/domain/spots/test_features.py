"""The features of candidates on a small drawing with known values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sunspot_dash.domain.drawing.crop import crop_size
from sunspot_dash.domain.spots.features import FEATURES, candidate_features
from sunspot_dash.domain.spots.instances import Candidate

RADIUS = 100
SIZE = crop_size(RADIUS)
MIDDLE = SIZE / 2


def candidate(x: float, y: float, confidence: float, side: float = 4, height: float = 4) -> Candidate:
    box = np.array([[-side, -height], [side, -height], [side, height], [-side, height]]) / 2
    return Candidate(x, y, confidence, box + [x, y])


def drawing() -> np.ndarray:
    """White paper, black outside the disk, as returned by `model_image`."""
    along = np.arange(SIZE) + 0.5 - MIDDLE
    return np.where(np.hypot(along, along[:, None]) <= 1.004 * RADIUS, 255, 0).astype(np.uint8)


def features(candidates: list[Candidate], image: np.ndarray, specks: float = 0.5) -> dict[str, np.ndarray]:
    return dict(zip(FEATURES, candidate_features(candidates, image, RADIUS, specks).T, strict=True))


def test_a_pair_and_an_isolated_candidate():
    image = drawing()
    row = int(MIDDLE)
    image[row - 2 : row + 3, row + 18 : row + 23] = 55  # 5 x 5 px of ink around the first of the pair
    pair = [candidate(MIDDLE + 20.5, MIDDLE + 0.5, 0.9), candidate(MIDDLE + 22.5, MIDDLE + 0.5, 0.6, 8, 2)]
    found = features([*pair, candidate(MIDDLE - 60, MIDDLE + 0.5, 0.2)], image)
    assert found["confidence"] == pytest.approx([0.9, 0.6, 0.2])
    assert found["rank"] == pytest.approx([0, 1 / 3, 2 / 3])
    assert found["distance"] == pytest.approx([0.205, 0.225, 0.6], abs=1e-3)
    assert found["nearest"] == pytest.approx([0.02, 0.02, 0.805], abs=1e-3)
    assert found["neighbours_0.03"] == pytest.approx([0.36, 0.81, 0])
    assert found["elongation"] == pytest.approx([1, 4, 1])
    assert found["area"] == pytest.approx(np.log1p([16, 16, 16]))
    assert found["area_on_drawing"] == pytest.approx([0, 0, 0])
    assert found["ink_5"] == pytest.approx([200, 120, 0])
    assert found["darkest"] == pytest.approx([200, 200, 0])
    assert found["darkest_on_drawing"] == pytest.approx([1, 1, 0])
    assert found["drawing_faint"] == pytest.approx([0.5] * 3)
    assert found["specks"] == pytest.approx([0.5] * 3)


def test_map_values_and_similarity_to_neighbours():
    image = drawing()
    row = int(MIDDLE)
    image[row - 2 : row + 3, row + 18 : row + 23] = 55
    image[row - 2 : row + 3, row + 26 : row + 31] = 155
    sure = replace(candidate(row + 20.5, row + 0.5, 1.0), maps=(0.9, 0.8, 0.3, 0.2))
    found = features([sure, candidate(row + 28.5, row + 0.5, 0.2)], image)
    assert found["map_mask"] == pytest.approx([0.9, 0])
    assert found["map_centre_around"] == pytest.approx([0.2, 0])
    assert found["nearest_firm"] == pytest.approx([9, 0.08], abs=1e-3)
    assert found["alike"] == pytest.approx([200 / 100, 100 / 200], rel=0.03)
    assert found["area_alike"] == pytest.approx([0, 0], abs=1e-6)
    assert found["confidence_on_drawing"] == pytest.approx([5, 1])


def test_along_the_limb_and_across_it():
    flat, tall = (30.0, 5.0), (5.0, 30.0)
    above = [candidate(MIDDLE, MIDDLE - 80, 0.5, *side) for side in (flat, tall)]
    found = features([*above, candidate(MIDDLE + 80, MIDDLE, 0.5, *tall)], drawing())
    assert found["along_limb"] == pytest.approx([5 / 6, -5 / 6, 5 / 6], abs=0.01)
    assert found["area_on_sun"] == pytest.approx(found["area"] + np.log(1 / 0.6), abs=0.01)


def test_only_black_inside_the_disk_is_ink():
    image = drawing()
    row = int(MIDDLE)
    image[row - 2 : row + 3, row - 2 : row + 3] = 0
    found = features([candidate(MIDDLE + 99, MIDDLE, 0.5), candidate(row + 0.5, row + 0.5, 0.5)], image)
    assert found["ink_5"] == pytest.approx([0, 255])


@pytest.mark.parametrize("number", [0, 1])
def test_few_candidates(number):
    found = candidate_features([candidate(MIDDLE, MIDDLE, 0.3)] * number, drawing(), RADIUS, 0.0)
    assert found.shape == (number, len(FEATURES)) and found.dtype == np.float32
    assert np.isfinite(found).all()
