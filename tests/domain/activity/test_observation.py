"""Positions, groups and counts of drawings, the same for single drawings and batches."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.sun.coordinates import on_sun
from sunspot_dash.domain.sun.ephemeris import sun

DISK = Disk(500.0, 480.0, 400.0, 0.9)
# Two near each other in the north, one far away in the south, one below the threshold.
PLACES = ((420.0, 380.0, 0.9), (430.0, 384.0, 0.8), (600.0, 590.0, 0.7), (610.0, 600.0, 0.2))


def drawing(name: str, places=PLACES) -> DrawingResult:
    square = np.array([[-2, -2], [2, -2], [2, 2], [-2, 2]])
    spots = tuple(Spot(x, y, 16.0, sure, square + [x, y]) for x, y, sure in places)
    return DrawingResult(name, 1000, 1200, DISK, spots, "m", "h", "i", 0.5, 1.0)


def test_spots_are_located_grouped_and_counted():
    when = observation_time("1956-04-17", "08:30")
    (seen,) = observations([(drawing("a.jpg"), PRESETS["uset"], when)])
    expected = on_sun(np.array([place[:2] for place in PLACES[:3]]), DISK, sun(when))
    assert seen.places.latitude_deg == pytest.approx(expected.latitude_deg)
    assert [number for number, _ in seen.numbered] == [1, 2, 3]
    assert seen.group[0] == seen.group[1] != seen.group[2] and len(seen.groups.number) == 2
    assert (int(seen.counts.groups[0]), int(seen.counts.spots[0])) == (2, 3)
    assert seen.areas.corrected_msh == pytest.approx(
        16e6 / (2 * np.pi * 400**2) / np.cos(np.radians(expected.rho_deg)), rel=0.01
    )


def test_a_batch_equals_single_drawings():
    asked = [
        (drawing("a.jpg"), PRESETS["uset"], observation_time("1956-04-17", "08:30")),
        (drawing("b.jpg", ()), PRESETS["uset"], observation_time("1956-04-18", "")),
        (
            drawing("c.jpg"),
            Orientation(mirrored=False, tilt_deg=3, up="solar"),
            observation_time("2001-01-01", "12:00"),
        ),
    ]
    together = observations(asked)
    for one, (seen,) in zip(together, (observations([each]) for each in asked), strict=True):
        assert one.places.latitude_deg == pytest.approx(seen.places.latitude_deg)
        assert one.places.carrington_longitude_deg == pytest.approx(seen.places.carrington_longitude_deg)
        assert one.group.tolist() == seen.group.tolist()
        assert one.groups.area == pytest.approx(seen.groups.area)
    assert not len(together[1].group) and int(together[1].counts.groups[0]) == 0


def test_an_undated_drawing_has_areas_but_no_positions():
    (seen,) = observations([(drawing("page.jpg"), PRESETS["uset"], observation_time("undated", ""))])
    assert np.isnan(seen.places.latitude_deg).all() and np.isnan(seen.ephemeris.b0_deg)
    assert seen.group.tolist() == [0, 0, 0] and (seen.areas.corrected_msh > 0).all()


def test_no_drawings():
    assert observations([]) == []
