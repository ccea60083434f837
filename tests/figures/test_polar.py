"""Detections on the disk: orientation, colours, regions."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.polar import COLOURED, density_figure, polar_figure


def spot(day: int | None, area: float) -> dict:
    place = {"radius_fraction": 0.5, "position_angle_deg": 90.0, "area_px": area, "confidence": 0.9}
    sun = {"latitude_deg": None if day is None else 12.0, "longitude_deg": None if day is None else 100.0}
    date = "undated" if day is None else f"2001-01-{day:02}"
    return {"key": "k", "number": 1, "name": "a.png", "date": date, "day": day, **place, **sun}


SPOTS = [spot(1, 10.0), spot(5, 1000.0), spot(None, 0.0)]
CELL = {"radius_fraction": 0.5, "position_angle_deg": 90.0, "count": 3, "cell": (0.49, 0.51, 89.0, 2.0)}


@pytest.mark.parametrize("colour", COLOURED)
@pytest.mark.parametrize("spots", [SPOTS, SPOTS[2:], []])
def test_every_colour_takes_any_spots(colour, spots):
    figure = polar_figure(spots, Region(), colour, True, "light")
    assert sum(len(trace.x or ()) for trace in figure.data) == len(spots)


def test_an_undated_spot_is_grey_where_colours_are_dates():
    figure = polar_figure(SPOTS, Region(), "date", True, "light")
    assert list(figure.data[0].marker.color) == [1, 5]
    assert figure.data[1].name == "undated" and len(figure.data[1].x) == 1


def test_the_dates_of_the_colour_bar_are_evenly_spaced():
    bar = polar_figure([spot(day, 1.0) for day in (1, 2, 3, 28)], Region(), "date", True, "light").data[0]
    assert bar.marker.colorbar.ticktext == ("2001-01-01", "2001-01-15", "2001-01-28")
    assert bar.marker.colorbar.tickvals == (1, 15, 28)
    (single,) = polar_figure([spot(4, 1.0)], Region(), "date", True, "light").data
    assert single.marker.colorbar.ticktext == ("2001-01-04",)


@pytest.mark.parametrize("east_right", [True, False])
def test_east_is_on_the_right_or_on_the_left_and_north_is_up(east_right):
    figure = density_figure([CELL], Region(), east_right, "light")
    assert (figure.data[0].x[0], figure.data[0].y[0]) == pytest.approx((0.5, 0))  # east of the centre
    left, right = figure.layout.xaxis.range
    assert (left < right) == east_right and figure.layout.yaxis.range[1] > 1
    assert list(figure.data[0].customdata[0]) == [3, 0.49, 0.51, 89.0, 2.0]


@pytest.mark.parametrize(
    "region", [Region(0.4, 0.8, 30, 170), Region(0.49, 0.51, 89, 91), Region(r_from=0.7)]
)
def test_the_whole_disk_stays_when_a_region_is_chosen_and_the_rest_is_dimmed(region):
    whole = polar_figure(SPOTS, Region(), "date", True, "dark")
    part = polar_figure(SPOTS[:1], region, "date", True, "dark", SPOTS)
    assert part.layout.xaxis.range == whole.layout.xaxis.range
    assert [shape.type for shape in part.layout.shapes].count("path") == 1
    *_, rest = part.data
    assert len(rest.x) == len(SPOTS) and rest.marker.opacity < 0.5 and rest.hoverinfo == "skip"


def test_the_labels_of_the_rings_are_above_the_cells():
    figure = density_figure([CELL], Region(), True, "light")
    # Plotly draws annotations above all traces.
    assert {"0.25", "0.5", "0.75", "r/R = 1", *"NESW"} == {note.text for note in figure.layout.annotations}
