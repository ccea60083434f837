"""Umbrae with a known shape, segmented at a click."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.labels.polygons import area_and_centroid, inside_pixels
from sunspot_dash.domain.review.umbra import umbra_at, window_around
from sunspot_dash.domain.spots.detections import contains

RADIUS = 740.0
PAPER, INK, SHADE, STROKE = 238, 110, 190, 150
SIZE = 120
FINE = 8  # drawn this many times larger, then reduced as a scanner does


class Page:
    """A piece of paper on which everything is drawn in px, (0, 0) at the corner of the first pixel."""

    def __init__(self) -> None:
        self._large = np.full((FINE * SIZE, FINE * SIZE), PAPER, np.uint8)

    def disk(self, x: float, y: float, radius: float, grey: int = INK, thickness: float = -1) -> Page:
        width = -1 if thickness < 0 else round(FINE * thickness)
        cv2.circle(self._large, (round(FINE * x), round(FINE * y)), round(FINE * radius), grey, width)
        return self

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float) -> Page:
        ends = [(round(FINE * x), round(FINE * y)) for x, y in (start, end)]
        cv2.line(self._large, *ends, STROKE, round(FINE * width))
        return self

    def scan(self, noise: float = 3.0) -> np.ndarray:
        small = cv2.resize(cv2.GaussianBlur(self._large, (0, 0), 0.6 * FINE), (SIZE, SIZE), None, 0, 0, 3)
        grain = np.random.default_rng(0).normal(0, noise, small.shape)
        return np.clip(small + grain, 0, 255).astype(np.uint8)


def circle(x: float, y: float, radius: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return the intersection over union of two polygons."""
    masks = []
    for outline in (one, other):
        mask = np.zeros((FINE * SIZE, FINE * SIZE), bool)
        rows, columns, inside = inside_pixels(FINE * outline, *mask.shape)
        mask[rows, columns] = inside
        masks.append(mask)
    return float((masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum())


@pytest.mark.parametrize("radius", [2.5, 4, 8, 14, 30])
@pytest.mark.parametrize("centre", [(60.0, 60.0), (57.3, 62.6)])
def test_a_disk_on_paper_has_its_own_outline(radius, centre):
    found = umbra_at(Page().disk(*centre, radius).scan(), *centre, RADIUS)
    assert found.dtype == np.float64 and overlap(found, circle(*centre, radius)) > 0.8
    assert np.allclose(area_and_centroid(found)[1], centre, atol=0.3)


def test_of_two_touching_umbrae_the_clicked_one_is_found():
    page = Page().disk(54, 60, 6).disk(66, 60, 6).scan()
    for x in (54, 66):
        assert overlap(umbra_at(page, x, 60, RADIUS), circle(x, 60, 6)) > 0.8


def test_a_drawn_ring_around_an_umbra_is_left_out():
    page = Page().disk(60, 60, 14, STROKE, 1.5).disk(60, 60, 5).scan()
    assert overlap(umbra_at(page, 60, 60, RADIUS), circle(60, 60, 5)) > 0.8


def test_the_shading_of_a_penumbra_is_left_out():
    page = Page().disk(60, 60, 15, SHADE).disk(58, 61, 5).scan()
    assert overlap(umbra_at(page, 58, 61, RADIUS), circle(58, 61, 5)) > 0.75


@pytest.mark.parametrize("down", [0, 4])
def test_a_line_across_an_umbra_or_along_its_side_is_cut_off(down):
    page = Page().disk(60, 60, 5).line((0, 60 + down), (SIZE, 66 + down), 1.5).scan()
    assert overlap(umbra_at(page, 60, 60, RADIUS), circle(60, 60, 5)) > 0.75


@pytest.mark.parametrize(("x", "y"), [(63, 60), (60, 57), (58, 62.2)])
def test_a_click_beside_a_small_spot_finds_it(x, y):
    page = Page().disk(60, 60, 2).disk(75, 60, 7).scan()
    found = umbra_at(page, x, y, RADIUS)
    assert overlap(found, circle(60, 60, 2)) > 0.5 and contains(found, np.array([[60.0, 60]]))[0]


def test_the_same_spot_is_found_at_another_scale():
    small = Page().disk(60, 60, 6).scan()
    large = cv2.resize(small, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    found = umbra_at(large, 120, 120, 2 * RADIUS)
    assert overlap(found / 2, umbra_at(small, 60, 60, RADIUS)) > 0.9


def test_blank_paper_has_no_umbra():
    assert umbra_at(Page().scan(4.0), 60, 60, RADIUS) is None
    assert umbra_at(np.full((SIZE, SIZE), PAPER, np.uint8), 60, 60, RADIUS) is None


def test_a_spot_far_from_the_click_is_not_meant():
    assert umbra_at(Page().disk(60, 60, 3).scan(), 60, 85, RADIUS) is None


@pytest.mark.parametrize(("x", "y"), [(0, 0), (SIZE, 0), (0.0, 40.0), (SIZE, SIZE)])
def test_a_spot_at_the_side_of_the_window_is_found(x, y):
    found = umbra_at(Page().disk(x, y, 8).scan(), x, y, RADIUS)
    inside = np.clip(circle(x, y, 8), 0, SIZE)
    assert overlap(found, inside) > 0.6


def test_other_numbers_than_bytes_are_the_same():
    page = Page().disk(60, 60, 5).scan()
    assert np.array_equal(umbra_at(page, 60, 60, RADIUS), umbra_at(page.astype(np.float64), 60, 60, RADIUS))


@pytest.mark.parametrize(("x", "radius"), [(-1, RADIUS), (SIZE + 1, RADIUS), (5, 0), (float("nan"), RADIUS)])
def test_a_click_outside_the_window_is_a_fault_of_the_caller(x, radius):
    with pytest.raises(ValueError, match="in a window of"):
        umbra_at(Page().scan(), x, 5, radius)


def test_a_window_is_cut_at_the_sides_of_the_image():
    assert window_around(0.5, 99.9, 4.2, (100, 50)) == (slice(94, 100), slice(0, 6))
    assert window_around(50, 100, 2, (100, 50)) == (slice(97, 100), slice(47, 50))
