"""From a drawing to the image for the network: exact maps, even paper, unchanged ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.crop import (
    MARGIN,
    VISIBLE_RADIUS,
    crop_size,
    darken_outside,
    even_paper,
    invert,
    model_image,
    page_to_model,
    square_crop,
    transform,
    warp,
)
from sunspot_dash.domain.drawing.disk import Disk

STRETCHED = Disk(410.3, 391.8, 300.4, 1, 0.006, -0.0045)


def limb(disk: Disk, share: float = 1.0) -> np.ndarray:
    """Points (90, 2) on the drawing at this share of the radius."""
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    on_disk = share * disk.radius * np.column_stack([np.cos(angle), np.sin(angle)])
    return on_disk @ disk.strain.T + [disk.x, disk.y]


def paper(disk: Disk, width: int = 840, height: int = 800, shade: float = 200) -> np.ndarray:
    """A drawing with a 3 px limb line."""
    page = np.full((height, width), shade, np.uint8)
    line = np.round(16 * (limb(disk) - 0.5)).astype(np.int32)
    return cv2.polylines(page, [line], True, 60, 3, cv2.LINE_AA, shift=4)


@pytest.mark.parametrize("model_radius", [64, 300, 512, 1024])
def test_the_crop_contains_the_disk_and_its_margin_in_whole_strides(model_radius):
    size = crop_size(model_radius)
    assert size % 32 == 0 and 2 * MARGIN * model_radius <= size < 2 * MARGIN * model_radius + 32


@pytest.mark.parametrize("model_radius", [128, 512])
def test_the_limb_becomes_a_circle_of_the_model_radius(model_radius):
    affine = page_to_model(STRETCHED, model_radius)
    assert affine.shape == (2, 3)
    middle = crop_size(model_radius) / 2
    found = transform(affine, limb(STRETCHED)) - middle
    assert np.allclose(np.hypot(*found.T), model_radius)
    assert np.allclose(transform(affine, [STRETCHED.x, STRETCHED.y]), [[middle, middle]])
    # Not rotated or mirrored: the cardinal points keep their places.
    assert found[0, 0] > 0.99 * model_radius and found[90 // 4 + 1, 1] > 0.99 * model_radius


def test_the_inverse_is_exact():
    affine = page_to_model(STRETCHED, 512)
    points = np.random.default_rng(0).uniform(0, 800, (50, 2))
    assert np.allclose(transform(invert(affine), transform(affine, points)), points)
    assert transform(affine, np.empty((0, 2))).shape == (0, 2)


def test_warp_uses_pixel_corners():
    page = np.random.default_rng(1).integers(0, 256, (12, 16), np.uint8)
    same = np.array([[1.0, 0, 0], [0, 1, 0]])
    assert np.array_equal(warp(page, same, (16, 12)), page)
    # At half size each new pixel is the mean of four; this holds only for corner-based maps.
    half = warp(page, same / 2, (8, 6)).astype(float)
    mean = page.reshape(6, 2, 8, 2).mean(axis=(1, 3))
    assert np.abs(half - mean).max() <= 1
    assert warp(page, same, (18, 12))[0, 17] == 255
    assert warp(page, same, (18, 12), border=0)[0, 17] == 0


@pytest.mark.parametrize("model_radius", [150, 512])
def test_a_dot_is_warped_to_its_mapped_position(model_radius):
    page = np.full((800, 840), 255, np.uint8)
    for place in ((400, 200), (610, 500), (180, 430)):
        cv2.circle(page, place, 7, 0, -1)
    page = cv2.GaussianBlur(page, (0, 0), 2)
    affine = page_to_model(STRETCHED, model_radius)
    seen = 255.0 - model_image(page, STRETCHED, model_radius)
    for x, y in transform(affine, [[400.5, 200.5], [610.5, 500.5], [180.5, 430.5]]):
        reach = int(20 * model_radius / 300)
        left, top = int(x) - reach, int(y) - reach
        ink = seen[top : top + 2 * reach + 1, left : left + 2 * reach + 1]
        ink = np.where(ink > 1, ink, 0)
        rows, columns = np.indices(ink.shape) + 0.5
        centre = left + (ink * columns).sum() / ink.sum(), top + (ink * rows).sum() / ink.sum()
        assert np.hypot(centre[0] - x, centre[1] - y) < 0.15


def test_a_square_crop_is_not_resampled():
    page = np.random.default_rng(2).integers(0, 200, (800, 840, 3), np.uint8)
    disk = Disk(410.3, 391.8, 300, 1)
    crop = square_crop(page, disk)
    assert crop.shape == (618, 618, 3)
    assert np.array_equal(crop, page[392 - 309 : 392 + 309, 410 - 309 : 410 + 309])
    crop[:] = 0
    assert page.any(), "a copy, not a view"


@pytest.mark.parametrize("place", [(90, 80), (0, 0), (799, 650), (-20, 300), (400, 640), (2000, -900)])
def test_a_square_crop_is_white_beyond_the_drawing(place):
    page = np.random.default_rng(3).integers(0, 200, (640, 800), np.uint8)
    disk = Disk(*place, 100, 1)
    crop = square_crop(page, disk)
    assert crop.shape == (206, 206)
    wide = np.full((640 + 6000, 800 + 6000), 255, np.uint8)
    wide[3000:3640, 3000:3800] = page
    top, left = 3000 + place[1] - 103, 3000 + place[0] - 103
    assert np.array_equal(crop, wide[top : top + 206, left : left + 206])


@pytest.mark.parametrize("shape", [(80, 90), (80, 90, 3)])
def test_the_outside_is_black_and_the_inside_unchanged(shape):
    crop = np.random.default_rng(4).integers(1, 256, shape, np.uint8)
    before = crop.copy()
    dark = darken_outside(crop, (44.3, 39.6), 30.2)
    assert np.array_equal(crop, before), "a copy"
    y, x = np.mgrid[0:80, 0:90] + 0.5
    distance = np.hypot(x - 44.3, y - 39.6)
    assert np.array_equal(dark[distance < 29.5], crop[distance < 29.5])
    assert not dark[distance > 31.2].any()


def test_the_circle_is_centred_to_less_than_a_pixel():
    inside = darken_outside(np.full((400, 400), 1, np.uint8), (200.5, 199.75), 150) > 0
    rows, columns = np.nonzero(inside)
    assert abs(columns.mean() + 0.5 - 200.5) < 0.1 and abs(rows.mean() + 0.5 - 199.75) < 0.1
    assert np.sqrt(inside.sum() / np.pi) == pytest.approx(150, abs=0.6)


def test_a_circle_about_the_whole_crop_darkens_nothing():
    crop = np.full((20, 20), 7, np.uint8)
    assert np.array_equal(darken_outside(crop, (10, 10), 30), crop)


@pytest.mark.parametrize("levels", [(120, 250), (90, 180), (235, 245)])
def test_paper_becomes_even_and_ink_keeps_its_contrast(levels):
    shade = np.tile(np.linspace(*levels, 700), (600, 1))
    page = shade.copy()
    cv2.circle(page, (350, 300), 8, 0.0, -1)  # an umbra
    page[100:500:40, 50:650] *= 0.5  # hairlines at half brightness
    even = even_paper(np.round(page).astype(np.uint8))
    blank = page == shade
    inner = np.zeros_like(blank)
    inner[32:-32, 32:-32] = True
    assert np.abs(even[blank & inner].astype(int) - 255).max() <= 8
    assert np.median(even[blank]) >= 253
    assert even[296:305, 346:355].max() <= 3
    assert np.abs(even[page == 0.5 * shade].astype(int) - 128).max() <= 8


def test_a_large_umbra_stays_dark():
    page = np.full((600, 600), 210, np.uint8)
    cv2.circle(page, (300, 300), 40, 30, -1)
    even = even_paper(page)
    assert even[300, 300] <= 40 and even[50, 50] == 255


def test_black_paper_is_not_amplified():
    assert even_paper(np.zeros((100, 100), np.uint8)).max() == 0
    # Anything darker than a quarter of full brightness is not paper.
    assert even_paper(np.full((100, 100), 16, np.uint8)).max() <= 64


@pytest.mark.parametrize("model_radius", [128, 300, 450])
def test_model_images_are_uniform(model_radius):
    size = crop_size(model_radius)
    y, x = np.mgrid[0:size, 0:size] + 0.5
    share = np.hypot(x - size / 2, y - size / 2) / model_radius
    for disk, shade in ((STRETCHED, 200), (Disk(420, 400, 250, 1), 150)):
        seen = model_image(paper(disk, shade=shade), disk, model_radius)
        assert seen.shape == (size, size) and seen.dtype == np.uint8
        assert seen[share < 0.97].min() >= 250
        assert not seen[share > VISIBLE_RADIUS + 1.5 / model_radius].any()
        # The limb line itself is visible all around.
        ring = np.abs(share - 1) < 1.5 / model_radius
        octants = ((np.arctan2(y - size / 2, x - size / 2) / np.pi + 1) * 4).astype(int).clip(0, 7)
        assert all(seen[ring & (octants == octant)].min() < 200 for octant in range(8))
