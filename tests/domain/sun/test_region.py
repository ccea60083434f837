"""Regions of the disk: read from anything, told, and put around what was selected."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.sun.region import Region


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (("0.2", "0.5", "350", "20"), Region(0.2, 0.5, 350, 20)),
        (("0.5", "0.2", "", None), Region(0.2, 0.5)),  # radii are put in order
        (("nan", "inf", "-3", "361"), Region()),
        ((None, None, None, None, "20", "-5"), Region(b_from=-5, b_to=20)),
        ((None, None, None, None, "-91", "nan"), Region()),
        (("x", ["1"], {}, "1e9"), Region()),
    ],
)
def test_untrusted_values_never_break_a_region(given, read):
    assert Region.read(*given) == read


@pytest.mark.parametrize(
    ("cells", "held"),
    [
        ([(0.2, 0.2, 350, 0), (0.5, 0.5, 20, 0)], Region(0.2, 0.5, 350, 20)),
        ([(0.2, 0.3, 10, 5), (0.2, 0.3, 30, 5)], Region(0.2, 0.3, 10, 35)),
        ([(0.25, 0.25, 45, 0)], Region(0.25, 0.25, 45, 45)),
        ([(0.1, 0.2, 355, 10), (0.1, 0.2, 2, 1), (0.1, 0.2, 8, 4)], Region(0.1, 0.2, 355, 12)),
        ([(0.1, 0.2, 0, 180), (0.1, 0.2, 180, 180)], Region(0.1, 0.2)),  # no gap is left
    ],
)
def test_the_region_around_cells_excludes_the_widest_gap(cells, held):
    assert Region.around(cells) == held


def test_no_cells_are_rejected():
    with pytest.raises(ValueError):
        Region.around([])


def test_description():
    assert Region().describe() == "" and Region().whole
    assert Region(0.2, 0.5, 350, 20).describe() == "r/R 0.2 to 0.5, position angle 350° to 20° through north"
    assert Region(None, 0.5, 90).describe() == "r/R up to 0.5, position angle from 90°"


def test_arc_and_rings_have_a_size():
    assert Region(None, None, 350, 20).arc == (350, 30)
    assert Region().arc == (0, 360) and Region().rings() == (0, 1)
    (inner, outer), (_, span) = Region(0.3, 0.3, 9, 9).rings(), Region(0.3, 0.3, 9, 9).arc
    assert outer > inner and span > 0
