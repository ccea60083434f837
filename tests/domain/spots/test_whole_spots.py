"""Penumbrae that are shaded, outlined, or not there, on a plain disk."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.crop import crop_size
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.spots.whole_spots import whole_spots

RADIUS = 480
SIZE = crop_size(RADIUS)
DISK = Disk(SIZE / 2, SIZE / 2, RADIUS, 1.0)
UMBRA, PENUMBRA = 5, 14  # px


def circle(x: float, y: float, radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


@pytest.fixture
def paper() -> np.ndarray:
    image = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(image, (SIZE // 2, SIZE // 2), RADIUS, 255, -1)
    cv2.circle(image, (SIZE // 2, SIZE // 2), RADIUS, 60, 2)
    return image


def umbra(image: np.ndarray, x: int, y: int, radius: int = UMBRA) -> np.ndarray:
    cv2.circle(image, (x, y), radius, 40, -1)
    return circle(x + 0.5, y + 0.5, radius + 0.5)


def test_a_shaded_penumbra_is_found_with_its_area(paper):
    cv2.circle(paper, (400, 500), PENUMBRA, 220, -1)
    (whole,) = whole_spots(paper, RADIUS, DISK, [umbra(paper, 400, 500)])
    area, centre = area_and_centroid(whole)
    assert area == pytest.approx(np.pi * PENUMBRA**2, rel=0.06)
    assert centre == pytest.approx((400.5, 500.5), abs=0.5)


def test_an_outline_with_gaps_encloses_its_penumbra(paper):
    for start in range(0, 360, 40):
        cv2.ellipse(paper, (400, 500), (PENUMBRA, PENUMBRA), 0, start, start + 33, 120, 1)
    (whole,) = whole_spots(paper, RADIUS, DISK, [umbra(paper, 400, 500)])
    assert area_and_centroid(whole)[0] == pytest.approx(np.pi * PENUMBRA**2, rel=0.15)


def test_two_umbrae_in_one_penumbra_are_one_spot(paper):
    cv2.ellipse(paper, (400, 500), (2 * PENUMBRA, PENUMBRA), 0, 0, 360, 215, -1)
    umbrae = [umbra(paper, 390, 500), umbra(paper, 410, 500)]
    assert len(whole_spots(paper, RADIUS, DISK, umbrae)) == 1


def test_umbrae_without_penumbra_are_no_whole_spots(paper):
    umbrae = [umbra(paper, 400, 500), umbra(paper, 412, 500), umbra(paper, 406, 511), umbra(paper, 600, 300)]
    assert whole_spots(paper, RADIUS, DISK, umbrae) == []


def test_a_stroke_through_an_umbra_is_none(paper):
    cv2.line(paper, (300, 500), (500, 510), 150, 2)
    assert whole_spots(paper, RADIUS, DISK, [umbra(paper, 400, 505)]) == []


def test_the_outline_of_a_facula_around_a_pore_is_too_large(paper):
    cv2.circle(paper, (400, 500), round(0.06 * RADIUS), 120, 1)
    assert whole_spots(paper, RADIUS, DISK, [umbra(paper, 400, 500, 2)]) == []


def test_shade_without_an_umbra_is_not_looked_for(paper):
    cv2.circle(paper, (400, 500), PENUMBRA, 220, -1)
    assert whole_spots(paper, RADIUS, DISK, []) == []
    assert whole_spots(paper, RADIUS, DISK, [umbra(paper, 600, 300)]) == []
