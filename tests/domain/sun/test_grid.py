"""The heliographic grid where its lines can be told by hand."""

import time

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.sun.coordinates import disk_position, from_page, heliographic, to_page
from sunspot_dash.domain.sun.ephemeris import Ephemeris, sun
from sunspot_dash.domain.sun.grid import heliographic_grid

DISK = Disk(760.0, 800.0, 740.0, 0.9)
STRETCHED = Disk(760.0, 800.0, 740.0, 0.9, 0.007, -0.004)
SKY = Orientation(mirrored=False)


def ephemeris(p: float, b0: float, l0: float = 0.0, s: float = 0.2666) -> Ephemeris:
    return Ephemeris(*(np.float64(v) for v in (p, b0, l0, s, 2000.0)))


def by_kind(grid, kind):
    return [line for line in grid.lines if line.kind == kind]


def test_upright_and_level():
    """P = B0 = 0: parallels are level lines at R sin B, the central meridian is upright."""
    grid = heliographic_grid(DISK, SKY, ephemeris(0, 0, s=1e-6))
    parallels = {line.value_deg: line.xy for line in by_kind(grid, "parallel") + by_kind(grid, "equator")}
    assert sorted(parallels) == list(range(-80, 90, 10))
    for latitude, xy in parallels.items():
        b = np.radians(latitude)
        assert xy[:, 1] == pytest.approx(800 - 740 * np.sin(b), abs=0.01)
        assert sorted(xy[[0, -1], 0]) == pytest.approx([760 - 740 * np.cos(b), 760 + 740 * np.cos(b)])
    (central,) = by_kind(grid, "central meridian")
    assert central.xy[:, 0] == pytest.approx(760)
    assert central.xy[[0, -1], 1] == pytest.approx([1540, 60], abs=0.01)
    meridians = {line.value_deg: line.xy for line in by_kind(grid, "meridian")}
    assert sorted(meridians) == [v for v in range(-80, 90, 10) if v]
    # West is right in the sky: the meridian 30 degrees west crosses the equator at R / 2.
    middle = meridians[30][np.abs(meridians[30][:, 1] - 800).argmin()]
    assert middle == pytest.approx([760 + 370, 800], abs=0.5)


def test_mirrored_drawings_have_west_on_the_left_and_positive_p_leans_right():
    grid = heliographic_grid(DISK, PRESETS["uset"], ephemeris(20, 0))
    west = next(line for line in by_kind(grid, "meridian") if line.value_deg == 60)
    assert west.xy[:, 0].mean() < 760
    north, south = grid.poles
    assert north.north and not south.north
    assert (north.x, north.y) == pytest.approx(
        (760 + 740 * np.sin(np.radians(20)), 800 - 740 * np.cos(np.radians(20))), abs=4
    )
    assert not north.visible and not south.visible  # on the limb itself, S beyond what is seen


@pytest.mark.parametrize("b0", [-7.0, -0.1, 3.0, 7.2])
@pytest.mark.parametrize("carrington", [False, True])
def test_every_point_is_on_its_line_and_visible(b0, carrington):
    orientation = Orientation(tilt_deg=3.0)
    at = ephemeris(-22, b0, 123.4)
    grid = heliographic_grid(STRETCHED, orientation, at, carrington=carrington)
    for line in grid.lines:
        r, angle = from_page(line.xy, STRETCHED, orientation)
        assert r.max() <= 1 + 1e-9
        found = heliographic(r * (1 - 1e-12), angle, at.p_deg, at.b0_deg, at.l0_deg, at.semidiameter_deg)
        if line.kind in ("parallel", "equator"):
            assert found.latitude_deg == pytest.approx(line.value_deg, abs=0.01)
        else:
            there = found.carrington_longitude_deg if carrington else found.cmd_deg
            off = (there - line.value_deg + 180) % 360 - 180
            assert np.abs(off * np.cos(np.radians(found.latitude_deg))).max() < 0.01
        # An end is on the limb, in a pole, or where the circle closes.
        for end, latitude in zip(r[[0, -1]], found.latitude_deg[[0, -1]], strict=True):
            closed = np.allclose(line.xy[0], line.xy[-1])
            assert closed or end == pytest.approx(1, abs=1e-5) or abs(latitude) == pytest.approx(90, abs=0.01)
    assert sum(pole.visible for pole in grid.poles) == (abs(b0) > 0.2666)
    assert grid.poles[0].visible == (b0 > 0.2666)


def test_parallels_around_the_visible_pole_are_complete():
    grid = heliographic_grid(DISK, SKY, ephemeris(0, 7.2), step_deg=5)
    high = next(line for line in by_kind(grid, "parallel") if line.value_deg == 85)
    assert high.xy[0] == pytest.approx(high.xy[-1])
    assert not [line for line in grid.lines if line.value_deg == -85 and line.kind == "parallel"]


def test_carrington_meridians_are_round_longitudes_besides_the_central_one():
    grid = heliographic_grid(DISK, SKY, ephemeris(0, 0, 123.4), carrington=True)
    assert [line.value_deg for line in by_kind(grid, "central meridian")] == [123.4]
    assert sorted(line.value_deg for line in by_kind(grid, "meridian")) == list(range(40, 220, 10))


def test_solar_north_up_ignores_p():
    grid = heliographic_grid(DISK, Orientation(up="solar"), ephemeris(25, 0))
    (central,) = by_kind(grid, "central meridian")
    assert central.xy[:, 0] == pytest.approx(760)


def test_chords_stay_on_their_arcs():
    """The middle of each chord of the grid against the line itself, drawn finely."""
    grid = heliographic_grid(DISK, SKY, ephemeris(0, 0))
    for line in by_kind(grid, "meridian"):
        r, angle, _ = disk_position(np.linspace(-90, 90, 20_001), line.value_deg, 0, 0, 0.2666)
        true = to_page(r, angle, DISK, SKY)
        middles = (line.xy[1:] + line.xy[:-1]) / 2
        off = np.hypot(*(middles[:, None] - true).transpose(2, 0, 1)).min(axis=1)
        assert off.max() < 0.0004 * 740


def test_an_unknown_time_has_no_grid():
    with pytest.raises(ValueError, match="finite numbers"):
        heliographic_grid(DISK, SKY, sun(np.datetime64("NaT")))
    with pytest.raises(ValueError, match="step 0"):
        heliographic_grid(DISK, SKY, ephemeris(0, 0), step_deg=0)


def test_it_is_quick_and_small():
    began = time.process_time()
    grid = heliographic_grid(DISK, SKY, sun(np.datetime64("2024-09-18T11:15")))
    assert time.process_time() - began < 0.2  # 3 ms
    assert sum(len(line.xy) for line in grid.lines) < 2500
