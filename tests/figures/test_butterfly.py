"""The butterfly diagram, as spots and as cells."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.butterfly import ButterflyCells, ButterflyGrid, ButterflySpots
from sunspot_dash.figures.butterfly import butterfly_figure


def spots(latitudes: list[float], areas: list[float]) -> ButterflySpots:
    n = len(latitudes)
    return ButterflySpots(
        ["2001-01-01 10:00"] * n,
        np.array(latitudes),
        np.array(areas),
        ["k"] * n,
        ["a.png"] * n,
        list(range(n)),
    )


def test_spots_are_at_their_latitudes_with_units_on_the_axes():
    figure = butterfly_figure(spots([12, -60], [1, 100]), "light")
    assert list(figure.data[0].y) == [12, -60] and figure.data[0].customdata[0][0] == "k"
    assert figure.layout.yaxis.title.text == "latitude, °" and figure.layout.xaxis.title.text == "date (UT)"
    assert figure.layout.yaxis.range == (-62, 62)
    bar = figure.data[0].marker.colorbar
    assert bar.title.text == "umbral area, MSH" and bar.ticktext[-1] == "100"
    butterfly_figure(spots([], []), "dark").to_json()


@pytest.mark.parametrize(("colour", "values"), [("spots", [[1, 4]]), ("area", [[2.5, 9]])])
def test_cells_are_coloured_by_number_or_area_and_empty_ones_are_blank(colour, values):
    grid = ButterflyGrid(np.datetime64("2001-01-01"), 3, 27.2753, 10.0, 1, 2.0)
    found = ButterflyCells(grid, np.array([[1, 0, 4]]), np.array([[2.5, 0, 9.0]]), 5)
    trace = butterfly_figure(found, "light", colour).data[0]
    z = np.array(trace.z, float)
    assert z[:, [0, 2]].tolist() == values and np.isnan(z[0, 1])
    assert trace.x0.startswith("2001-01-14T15") and trace.dx == 27.2753 * 86_400_000
    assert (trace.y0, trace.dy) == (11, 2)
    assert ("number of spots" in trace.colorbar.title.text) == (colour == "spots")
