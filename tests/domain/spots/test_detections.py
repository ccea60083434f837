"""Spots, results and their positions on the disk."""

from math import atan2, degrees, pi

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.spots.detections import DrawingResult, Spot, contains, fill, polar, spot_pixels

DISK = Disk(100.0, 120.0, 80.0, 0.9)


def ellipse(x: float, y: float, a: float, b: float, turn: float = 0.0, n: int = 60) -> np.ndarray:
    t = np.linspace(0, 2 * pi, n, endpoint=False)
    u, v = a * np.cos(t), b * np.sin(t)
    return np.column_stack([x + u * np.cos(turn) - v * np.sin(turn), y + u * np.sin(turn) + v * np.cos(turn)])


def at(x: float, y: float, confidence: float = 0.8) -> Spot:
    return Spot(
        x, y, 9.0, confidence, np.array([[x - 1, y - 1], [x + 2, y - 1], [x + 2, y + 2], [x - 1, y + 2]])
    )


def result(*spots: Spot, **changes) -> DrawingResult:
    fields = {"name": "usd194108010900.jpg", "width": 200, "height": 240, "disk": DISK, "spots": spots}
    fields |= {"model": "uset", "model_hash": "abc", "image_hash": "def", "threshold": 0.5, "seconds": 1.5}
    return DrawingResult(**(fields | changes))


@pytest.mark.parametrize(
    ("dx", "dy", "mirrored", "direct"),
    [(0, -40, 0, 0), (40, 0, 90, 270), (0, 40, 180, 180), (-40, 0, 270, 90), (10, -10, 45, 315)],
)
def test_position_angle_counts_from_north_through_east(dx, dy, mirrored, direct):
    spot = at(DISK.x + dx, DISK.y + dy)
    assert polar(spot, DISK).position_angle_deg == pytest.approx(mirrored)
    assert polar(spot, DISK, PRESETS["direct"]).position_angle_deg == pytest.approx(direct)


def test_polar_as_documented():
    where = polar(at(DISK.x + 30, DISK.y - 40), DISK)
    assert where.radius == pytest.approx(50) and where.radius_fraction == pytest.approx(50 / 80)
    assert where.angle == pytest.approx(atan2(-40, 30))
    x, y = DISK.x + where.radius * np.cos(where.angle), DISK.y + where.radius * np.sin(where.angle)
    assert (x, y) == pytest.approx((DISK.x + 30, DISK.y - 40))


@pytest.mark.parametrize("tilt", [-30.0, 15.0, 360.0, -1e-15])
def test_tilt_is_added_and_the_angle_stays_below_360(tilt):
    found = polar(at(DISK.x, DISK.y - 10), DISK, Orientation(tilt_deg=tilt)).position_angle_deg
    assert 0 <= found < 360 and (found - tilt + 180) % 360 == pytest.approx(180)


def test_the_limb_of_a_stretched_drawing_is_at_one():
    stretched = Disk(100.0, 120.0, 80.0, 0.9, 0.007, -0.004)
    angle = np.linspace(0, 2 * pi, 40)
    limb = np.column_stack([np.cos(angle), np.sin(angle)]) * 80 @ stretched.strain.T + [100, 120]
    fractions = [polar(at(x, y), stretched).radius_fraction for x, y in limb]
    assert fractions == pytest.approx([1] * 40)
    where = [polar(at(x, y), stretched).position_angle_deg for x, y in limb[1:-1]]
    assert where == pytest.approx([degrees(a + pi / 2) % 360 for a in angle[1:-1]])


def test_invalid_orientations_are_rejected():
    with pytest.raises(ValueError, match="celestial"):
        Orientation(up="left")
    with pytest.raises(ValueError, match="tilt_deg"):
        Orientation(tilt_deg=float("nan"))


@pytest.mark.parametrize(
    "values", [(np.nan, 1, 1, 0.5), (1, np.inf, 1, 0.5), (1, 1, -1, 0.5), (1, 1, 1, 1.1), ("1", 1, 1, 0.5)]
)
def test_invalid_spots_are_rejected(values):
    with pytest.raises(ValueError, match="spot"):
        Spot(*values, np.empty((0, 2)))


@pytest.mark.parametrize("outline", [[[np.nan, 0.0]], [1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_invalid_outlines_are_rejected(outline):
    with pytest.raises(ValueError, match="outline"):
        Spot(1, 1, 1, 0.5, np.array(outline))


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"width": 0}, {"height": 2.5}, {"threshold": 2}, {"seconds": np.nan}]
)
def test_invalid_results_are_rejected(change):
    with pytest.raises(ValueError, match="drawing result"):
        result(**change)


def test_numbers_do_not_depend_on_the_threshold():
    drawing = result(at(10, 10, 0.4), at(20, 20, 0.5), at(30, 30, 0.9))
    assert [spot.x for spot in drawing.counted()] == [20, 30]
    assert [number for number, _ in drawing.numbered(0.6)] == [3]
    assert len(drawing.counted(0.0)) == 3


def test_a_polygon_gives_area_and_centroid():
    spot = Spot.from_outline(np.array([[1000.0, 0], [1004, 0], [1004, 2], [1000, 2]])[::-1])
    assert (spot.x, spot.y, spot.area_px) == pytest.approx((1002, 1, 8))
    round_one = Spot.from_outline(ellipse(50.3, 40.7, 6, 3, 0.7, n=400))
    assert (round_one.x, round_one.y) == pytest.approx((50.3, 40.7))
    assert round_one.area_px == pytest.approx(pi * 18, rel=1e-3)
    flat = Spot.from_outline(np.array([[1.0, 1.0], [3.0, 1.0]]))
    assert (flat.x, flat.y, flat.area_px) == (2, 1, 0)


@pytest.mark.parametrize("size", [(1.5, 1.2), (3, 2), (10, 6)])
def test_filling_keeps_the_area_at_any_position(size):
    random = np.random.default_rng(0)
    areas, errors = [], []
    for x, y, turn in random.uniform(0, 1, (300, 3)):
        spot = Spot.from_outline(ellipse(20 + x, 20 + y, *size, turn * pi))
        page = spot_pixels([spot], 40, 40)
        areas.append(page.sum() / spot.area_px)
        rows, columns = np.nonzero(page)
        errors.append([columns.mean() + 0.5 - spot.x, rows.mean() + 0.5 - spot.y])
    assert np.mean(areas) == pytest.approx(1, abs=0.02)
    assert np.abs(np.mean(errors, axis=0)).max() < 0.03


def test_filling_follows_pixel_centres():
    exact = Spot.from_outline(np.array([[2.0, 3.0], [5.0, 3.0], [5.0, 7.0], [2.0, 7.0]]))
    page = spot_pixels([exact], 10, 10)
    assert page.sum() == 12 and page[3:7, 2:5].all()
    ring = ellipse(30, 22, 9, 5, 0.4)
    centres = np.stack(np.meshgrid(np.arange(60) + 0.5, np.arange(40) + 0.5), -1).reshape(-1, 2)
    assert (spot_pixels([Spot.from_outline(ring)], 40, 60).ravel() == contains(ring, centres)).all()


@pytest.mark.parametrize(
    "outline", [np.empty((0, 2)), [[3.6, 4.6], [3.8, 4.6], [3.7, 4.9]], [[3.0, 4.0], [3.9, 4.9]]]
)
def test_a_spot_is_at_least_one_pixel(outline):
    page = spot_pixels([Spot(3.7, 4.7, 0.1, 1, np.array(outline))], 10, 10)
    assert page.sum() == 1 and page[4, 3]


@pytest.mark.parametrize("xy", [(-30, -30), (500, 5), (0, 0), (10, 10), (5, -0.4)])
def test_a_spot_over_the_edge_is_clipped(xy):
    spot = Spot.from_outline(ellipse(*xy, 3, 3))
    rows, columns, inside = fill(spot, 10, 10)
    page = np.zeros((10, 10), bool)
    assert page[rows, columns].shape == inside.shape and inside.any()


def test_contains_by_the_even_odd_rule():
    star = np.array([[0.0, 0], [4, 0], [4, 4], [2, 1], [0, 4]])
    assert contains(star, [[1, 1], [2, 2], [3.5, 1], [9, 1]]).tolist() == [True, False, True, False]
    assert contains(star[:2], [[1, 0]]).tolist() == [False] and contains(star, []).shape == (0,)
