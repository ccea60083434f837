"""Groups of known shape on a round disk, and the types that are proposed for them."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.group_shapes import GroupShape, group_shapes
from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.activity.reviewed import types_of
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.review.group_notes import NOTHING, GroupNote
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.sun.coordinates import axis_deg, disk_position, to_page
from sunspot_dash.domain.sun.ephemeris import sun

RADIUS = 1000.0
DISK, WAY = Disk(1100, 1100, RADIUS, 1), PRESETS["uset"]
WHEN = observation_time("1956-04-17", "08:30")
DEGREE = RADIUS * np.pi / 180  # px at the disk centre
# A group: umbrae (cmd, latitude), and whole spots (cmd, latitude, half width, half height), degrees.
Umbra, Whole = tuple[float, float], tuple[float, float, float, float]


def on_page(cmd: float, latitude: float) -> np.ndarray:
    now = sun(WHEN)
    r, angle, _ = disk_position(latitude, cmd, axis_deg(now.p_deg, WAY), now.b0_deg, now.semidiameter_deg)
    return to_page(r, angle, DISK, WAY)


def ellipse(cmd: float, latitude: float, width: float, height: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    return np.array(
        [
            on_page(cmd + width * np.cos(a) / np.cos(np.radians(latitude)), latitude + height * np.sin(a))
            for a in angles
        ]
    )


def shape(umbrae: list[Umbra], wholes: list[Whole] | None) -> GroupShape:
    spots = tuple(Spot.from_outline(ellipse(*at, 0.2, 0.2), 0.9) for at in umbrae)
    result = DrawingResult("a.png", 2200, 2200, DISK, spots, "m", "h", "i", 0.5, 1.0)
    (seen,) = observations([(result, WAY, WHEN)])
    outlines = None if wholes is None else [ellipse(*one) for one in wholes]
    (found,) = group_shapes(seen, outlines, DISK, WAY)
    return found


LEADER, TRAILER = (14.0, 10.0, 1.2, 1.2), (8.0, 10.0, 1.0, 1.0)
LARGE = (14.0, 10.0, 1.6, 1.6)
LONG = [(16.0 - 2 * i, 10.0) for i in range(7)]


@pytest.mark.parametrize(
    ("umbrae", "wholes", "zurich", "mcintosh"),
    [
        ([(14, 10)], [], "A", "Axx"),
        ([(14, 10), (13, 10.5)], [], "A", "Axx"),
        ([(14, 10), (8, 10)], [], "B", "Bxo"),
        ([(14, 10), (12, 10), (11.5, 10.4), (10, 10), (8, 10)], [], "B", "Bxi"),
        ([(14, 10), (8, 10)], [(14, 10, 0.7, 0.7)], "C", "Cso"),
        ([(14, 10), (8, 10)], [TRAILER], "C", "Cho"),
        ([(14, 10), (8, 10)], [(14, 10, 0.7, 0.7), (8, 10, 0.6, 0.6)], "D", "Dso"),
        ([(14, 10), (8, 10)], [LEADER, TRAILER], "D", "Dho"),
        ([(14, 10), (11, 10), (8, 10)], [LEADER, TRAILER, (11, 10, 0.9, 0.9)], "D", "Dhc"),
        (LONG, [(16, 10, 1.2, 1.2), (4, 10, 1, 1)], "E", "Ehi"),
        ([*LONG, (2.0, 10.0), (0.0, 10.0)], [(16, 10, 1.2, 1.2), (0, 10, 1, 1)], "F", "Fhi"),
        ([(14, 10)], [(14, 10, 0.6, 0.6)], "J", "Hsx"),
        ([(14, 10)], [(14, 10, 1.4, 0.7)], "J", "Hax"),
        ([(14, 10)], [LARGE], "H", "Hhx"),
        ([(14, 10), (12.5, 10)], [(13.2, 10, 2.9, 1.5)], "H", "Hkx"),
    ],
)
def test_a_type_follows_from_penumbrae_length_and_spots(umbrae, wholes, zurich, mcintosh):
    found = shape(umbrae, wholes)
    assert (found.zurich, found.mcintosh) == (zurich, mcintosh)


def test_umbrae_far_apart_in_one_penumbra_are_one_spot():
    found = shape([(16, 10), (11, 10)], [(13.5, 10, 3.6, 1.8)])
    assert not found.bipolar and found.zurich == "H"


def test_length_and_areas_are_those_drawn():
    found = shape([(14, 10), (8, 10)], [LEADER, TRAILER])
    assert found.length_deg == pytest.approx(6 * np.cos(np.radians(10)) + 2.2, abs=0.1)
    whole = 1e6 * np.pi * (1.2**2 + 1.0**2) / (2 * np.pi * np.degrees(1) ** 2)
    assert found.whole_msh == pytest.approx(whole, rel=0.03)
    assert found.umbral_msh == pytest.approx(
        1e6 * 2 * np.pi * 0.2**2 / (2 * np.pi * np.degrees(1) ** 2), rel=0.05
    )


def test_a_faint_edge_is_no_penumbra():
    assert shape([(14, 10)], [(14, 10, 0.3, 0.3)]).zurich == "A"


def test_without_a_search_for_penumbrae_types_are_unknown():
    found = shape([(14, 10), (8, 10)], None)
    assert (found.zurich, found.mcintosh, found.whole_msh) == ("?", "???", None)


def test_chosen_types_replace_the_proposal_as_far_as_both_go_together():
    found = shape([(14, 10), (8, 10)], [LEADER, TRAILER])
    assert types_of(found, NOTHING) == ("D", "Dho")
    assert types_of(found, GroupNote("D")) == ("D", "Dho")
    assert types_of(found, GroupNote("C")) == ("C", "???")
    assert types_of(found, GroupNote("C", "Cso")) == ("C", "Cso")
    assert types_of(found, GroupNote("", "Eso")) == ("?", "Eso")
    assert types_of(found, GroupNote("", "Dsi")) == ("D", "Dsi")
