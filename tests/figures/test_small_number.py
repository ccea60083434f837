"""The thumbnail of monthly sunspot numbers."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from sunspot_dash.figures.small_number import HEIGHT, MODEL, REFERENCE, WIDTH, small_number

NONE = np.nan


def paths(values: list[float], reference: list[float]) -> tuple[dict[str, str], float]:
    picture, top = small_number(np.array(values), np.array(reference))
    found = {path.attrib["stroke"]: path.attrib["d"] for path in reversed(ElementTree.fromstring(picture))}
    return found, top


def test_both_series_have_one_scale_and_gaps_break_the_lines():
    found, top = paths([0, 40, NONE, 20, 30], [NONE, 80, 60, NONE, NONE])
    assert top == 80
    quarter, half = WIDTH / 4, HEIGHT / 2
    assert found[MODEL] == (
        f"M0.0 {HEIGHT:.1f}h0L{quarter:.1f} {half:.1f}"
        f"M{3 * quarter:.1f} {0.75 * HEIGHT:.1f}h0L{WIDTH:.1f} {0.625 * HEIGHT:.1f}"
    )
    assert found[REFERENCE] == f"M{quarter:.1f} 0.0h0L{2 * quarter:.1f} {HEIGHT / 4:.1f}"


def test_a_month_between_gaps_is_a_larger_point():
    picture, _ = small_number(np.array([1, 2, NONE, 2, NONE]), np.full(5, NONE))
    *_, points = ElementTree.fromstring(picture)
    assert points.attrib["stroke-width"] == "6" and points.attrib["d"] == f"M{0.75 * WIDTH:.1f} 0.0h0"


def test_one_month_without_spots_and_without_a_reference_is_a_point_at_the_bottom():
    found, top = paths([0], [NONE])
    assert found == {MODEL: f"M0.0 {HEIGHT:.1f}h0"} and top == 1
