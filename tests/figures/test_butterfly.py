"""The butterfly diagram, numbers over time, and a page that holds them."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.butterfly import ButterflyCells, ButterflyGrid, ButterflySpots
from sunspot_dash.figures.butterfly import butterfly_figure
from sunspot_dash.figures.numbers import NumberLine, number_figure, reference_figure
from sunspot_dash.figures.page import Page, Section, page_html
from sunspot_dash.figures.series import MOST_POINTS


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


def test_spots_stand_at_their_latitudes_with_units_on_the_axes():
    figure = butterfly_figure(spots([12, -60], [1, 100]), "light")
    assert list(figure.data[0].y) == [12, -60] and figure.data[0].customdata[0][0] == "k"
    assert figure.layout.yaxis.title.text == "latitude, °" and figure.layout.xaxis.title.text == "date (UT)"
    assert figure.layout.yaxis.range == (-62, 62)
    bar = figure.data[0].marker.colorbar
    assert bar.title.text == "area of the umbra, MSH" and bar.ticktext[-1] == "100"
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


def test_a_gap_in_the_observations_is_a_gap_in_the_line():
    line = NumberLine("m", ["2001-01", "2001-02", "2001-04"], [1, 2, 3], [4, 5, 6])
    trace = number_figure([line], "light").data[0]
    assert list(trace.x) == ["2001-01-15", "2001-02-15", "2001-04-15", "2001-04-15"]
    assert list(trace.y) == [1, 2, None, 3] and trace.connectgaps is False
    assert not number_figure([], "light").data
    number_figure([NumberLine("m", [], [], [])], "dark").to_json()


def test_a_reference_has_the_difference_below():
    ours = NumberLine("ours", ["2001-01-01", "2001-01-02"], [10, 20], [1, 1])
    theirs = NumberLine("SILSO", ours.dates, [12, 15], [1, 1])
    figure = reference_figure(ours, theirs, "light")
    assert list(figure.data[2].y) == [-2, 5] and figure.layout.yaxis2.title.text == "difference"


def test_more_days_than_can_be_told_apart_are_compared_by_month():
    days = np.arange("2001-01-01", "2013-01-01", dtype="datetime64[D]").astype(str).tolist()
    ours = NumberLine("ours", days, [20.0] * len(days), [1] * len(days), days)
    theirs = NumberLine("SILSO", days, [12.0] * len(days), [1] * len(days))
    assert len(days) > MOST_POINTS
    first, second, off = reference_figure(ours, theirs, "light").data
    assert first.name == "ours, monthly means of the common days" and second.name.startswith("SILSO, monthly")
    assert len(first.x) == len(off.x) == 144 and set(first.y) == {20} and set(off.y) == {8}


def test_what_a_page_says_is_no_markup():
    section = Section(
        "<b>", ["a & b"], butterfly_figure(spots([1], [1]), "light"), table=[["<i>"], ["</td>"]]
    )
    page = page_html(Page("<script>", "x", [("1", "drawings")], [section], ["&"], [("hash", "<")]))
    assert "<title>&lt;script&gt;</title>" in page and "<b>" not in page.split("</script>")[-1]
    assert "&lt;/td&gt;" in page and "<dd>1</dd>" in page
