"""Detections on the disk: orientation, colours, regions."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.polar import COLOURED, density_figure, polar_figure


def spot(day: int | None, area: float) -> dict:
    place = {"radius_fraction": 0.5, "position_angle_deg": 10.0, "area_px": area, "confidence": 0.9}
    sun = {"latitude_deg": None if day is None else 12.0, "longitude_deg": None if day is None else 100.0}
    return {"key": "k", "number": 1, "name": "a.png", "date": f"day {day}", "day": day, **place, **sun}


SPOTS = [spot(1, 10.0), spot(5, 1000.0), spot(None, 0.0)]


@pytest.mark.parametrize("colour", COLOURED)
@pytest.mark.parametrize("spots", [SPOTS, SPOTS[2:], []])
def test_every_colour_takes_any_spots(colour, spots):
    figure = polar_figure(spots, Region(), colour, True, "light")
    assert sum(len(trace.r or ()) for trace in figure.data) == len(spots)


def test_an_undated_spot_is_grey_where_colours_are_dates():
    figure = polar_figure(SPOTS, Region(), "date", True, "light")
    assert list(figure.data[0].marker.color) == [1, 5]
    assert figure.data[0].marker.colorbar.ticktext == ("day 1", "day 5")
    assert figure.data[1].name == "undated" and len(figure.data[1].r) == 1


def test_east_is_on_the_right_or_on_the_left():
    polars = [polar_figure(SPOTS, Region(), "date", right, "light").layout.polar for right in (True, False)]
    assert [polar.angularaxis.direction for polar in polars] == ["clockwise", "counterclockwise"]
    assert [polar.angularaxis.rotation for polar in polars] == [90, 90]  # north is up


@pytest.mark.parametrize(("east_right", "sector"), [(True, (280, 60)), (False, (120, 260))])
def test_a_wide_region_keeps_its_shape(east_right, sector):
    polar = polar_figure(SPOTS, Region(0.4, 0.8, 30, 170), "date", east_right, "light").layout.polar
    assert tuple(angle % 360 for angle in polar.sector) == sector
    assert polar.radialaxis.range == (0.4, 0.8) and polar.hole == 0.5


@pytest.mark.parametrize("east_right", [True, False])
def test_a_small_region_is_a_close_up(east_right):
    cell = {"radius_fraction": 0.5, "position_angle_deg": 90.0, "count": 3, "cell": (0.49, 0.51, 89.0, 2.0)}
    figure = density_figure([cell], Region(0.49, 0.51, 89, 91), east_right, "light")
    assert (figure.data[0].x[0], figure.data[0].y[0]) == pytest.approx((0.5, 0))  # east of the centre
    left, right = figure.layout.xaxis.range
    assert (left < right) == east_right and abs(right - left) < 0.05
    assert list(figure.data[0].customdata[0]) == [3, 0.49, 0.51, 89.0, 2.0]
