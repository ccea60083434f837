"""Areas of caps of known size, wherever they lie on the Sun."""

import time

import numpy as np
import pytest

from sunspot_dash.domain.activity.areas import LEAST_COSINE, area_correction, outline_areas, spot_areas
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import Spot, fill
from sunspot_dash.domain.sun.coordinates import disk_position, to_page

ROUND = Disk(760.0, 800.0, 740.0, 0.9)
STRETCHED = Disk(760.0, 800.0, 740.0, 0.9, 0.012, -0.008)


def cap(latitude: float, cmd: float, area_msh: float, disk: Disk) -> np.ndarray:
    """The outline (200, 2), in px of the page, of a round cap on the Sun."""
    radius = np.arccos(1 - area_msh / 1e6)
    turn = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    b, c = np.radians([latitude, cmd])
    out = np.array([np.cos(b) * np.sin(c), np.sin(b), np.cos(b) * np.cos(c)])  # west, north, towards us
    east = np.array([-np.cos(c), 0, np.sin(c)])
    north = np.cross(out, east)
    points = np.cos(radius) * out[:, None] + np.sin(radius) * (
        np.cos(turn) * east[:, None] + np.sin(turn) * north[:, None]
    )
    where = np.degrees([np.arcsin(points[1]), np.arctan2(points[0], points[2])])
    r, angle, _ = disk_position(*where, 0, 0, 0.2666)
    return to_page(r, angle, disk)


@pytest.mark.parametrize("disk", [ROUND, STRETCHED], ids=["round", "stretched"])
@pytest.mark.parametrize("area", [5.0, 100.0, 1000.0, 5000.0])
@pytest.mark.parametrize("cmd", [0, 30, -50, 65, 75])
def test_a_cap_keeps_its_area_across_the_disk(cmd, area, disk):
    found = outline_areas([cap(15, cmd, area, disk)], disk)
    # Finite triangles matter only near the limb, for spots larger than any umbra.
    assert found.corrected_msh[0] == pytest.approx(area, rel=0.02 if area <= 1000 else 0.03)
    # A hemisphere is two disks.
    seen = 2 * area * np.cos(np.radians(15)) * np.cos(np.radians(cmd))
    assert found.projected_msd[0] == pytest.approx(seen, rel=0.04)


@pytest.mark.parametrize("cmd", [0, 60])
def test_the_sum_over_pixels_is_the_same(cmd):
    outline = cap(-12, cmd, 1500, STRETCHED)
    rows, columns, inside = fill(Spot.from_outline(outline), 1700, 1700)
    y, x = np.nonzero(inside)
    centres = np.column_stack([x + columns.start, y + rows.start]) + 0.5
    share = 1e6 / (np.pi * STRETCHED.radius**2 * np.linalg.det(STRETCHED.strain))
    msd, msh = share * len(centres), share / 2 * area_correction(centres, STRETCHED).sum()
    exact = outline_areas([outline], STRETCHED)
    assert (msd, msh) == pytest.approx((exact.projected_msd[0], exact.corrected_msh[0]), rel=0.005)


def test_the_disk_has_a_million_millionths():
    t = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    circle = ROUND.radius * np.column_stack([np.cos(t), np.sin(t)]) + [ROUND.x, ROUND.y]
    assert outline_areas([circle], ROUND).projected_msd[0] == pytest.approx(1e6, rel=1e-4)


def test_concave_outlines():
    star = np.array([[0.0, 0], [10, 0], [10, 10], [5, 1], [0, 10]]) + [760, 800]
    found = outline_areas([star, star[::-1]], ROUND)
    assert found.projected_msd == pytest.approx([55e6 / np.pi / 740**2] * 2, rel=1e-9)
    assert found.corrected_msh == pytest.approx(found.projected_msd / 2, rel=1e-3)


def test_the_correction_is_capped_near_the_limb():
    at = np.array([[ROUND.x + r * ROUND.radius, ROUND.y] for r in (0, 0.9, 0.999, 1, 1.01)])
    assert area_correction(at, ROUND) == pytest.approx([1, 2.275, *[1 / LEAST_COSINE] * 3], rel=2e-3)


def test_a_spot_without_an_outline_is_one_pixel():
    empty = Spot(760, 800, 0.0, 1, np.empty((0, 2)))
    line = Spot(760, 800, 0.0, 1, np.array([[759.0, 800], [760, 800], [761, 800]]))
    square = Spot(760, 800, 4.0, 1, np.array([[759.0, 799], [761, 799], [761, 801], [759, 801]]))
    found = spot_areas([empty, square, line], ROUND)
    assert found.projected_msd == pytest.approx(np.array([1, 4, 1]) * 1e6 / np.pi / 740**2)
    assert found.corrected_msh == pytest.approx(found.projected_msd / 2, rel=1e-4)
    assert len(spot_areas([], ROUND).corrected_msh) == 0


def test_an_archive_takes_seconds():
    """A fifteenth of 750 000 outlines, a drawing's at a time."""
    random = np.random.default_rng(0)
    t = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = 3 * np.column_stack([np.cos(t), np.sin(t)])
    drawings = [[ring + at for at in random.uniform(400, 1100, (30, 2))] for _ in range(50_000 // 30)]
    began = time.process_time()
    for outlines in drawings:
        outline_areas(outlines, STRETCHED)
    assert time.process_time() - began < 1.5  # 0.1 s alone on one core
