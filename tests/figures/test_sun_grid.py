"""The heliographic grid and the groups over a drawing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.sun.coordinates import disk_position, to_page
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.domain.sun.grid import heliographic_grid
from sunspot_dash.figures.sun_grid import grid_traces, group_labels, group_outlines

DISK = Disk(1200.0, 1300.0, 1100.0, 1.0)
WHEN = observation_time("1956-04-17", "08:30")
SIZE = (2400, 2900)
SQUARE = np.array([(-4, -4), (4, -4), (4, 4), (-4, 4)])


def observed(places):
    """Return the observation of a drawing with a spot at each (B, CMD)."""
    sky = sun(WHEN)
    r, angle, _ = disk_position(*np.array(places).T, sky.p_deg, sky.b0_deg, sky.semidiameter_deg)
    spots = tuple(Spot.from_outline(SQUARE + xy) for xy in to_page(r, angle, DISK))
    result = DrawingResult("a.png", 2400, 2900, DISK, spots, "m", "h", "i", 0.5, 1.0)
    return observations([(result, PRESETS["uset"], WHEN)])[0]


def test_the_grid_is_three_traces_within_the_limb_and_small():
    fine, strong, poles = grid_traces(heliographic_grid(DISK, PRESETS["uset"], sun(WHEN)), DISK)
    assert len(json.dumps([fine, strong, poles], separators=(",", ":"))) < 30_000
    assert strong["line"]["width"] > fine["line"]["width"] and strong["x"].count(None) == 2
    xy = np.array([(x, y) for x, y in zip(fine["x"], fine["y"], strict=True) if x is not None])
    assert np.hypot(*(xy - [DISK.x, DISK.y]).T).max() <= DISK.radius + 1
    assert poles["text"] == ["N", "S"]
    # P is -25.95 degrees: the north pole is west, on the left of a mirrored drawing; B0 shows the south pole.
    assert poles["x"][0] < DISK.x and poles["y"][0] < DISK.y
    assert poles["marker"]["symbol"] == ["circle-open", "circle"]


def test_groups_are_outlined_and_labelled():
    observation = observed([(15, 30), (16, 36), (-20, -40)])
    (outline,) = group_outlines(observation, DISK)
    assert outline["x"].count(None) == 2
    first = outline["x"].index(None)
    x, y = np.array(outline["x"][:first]), np.array(outline["y"][:first])
    members = [spot for (_, spot), g in zip(observation.numbered, observation.group, strict=True) if g == 1]
    for spot in members:
        assert x.min() < spot.x - 25 and spot.x + 25 < x.max() and y.min() < spot.y < y.max()
    labels = group_labels(observation, DISK, SIZE)
    assert [label["text"] for label in labels] == ["1 · 2 spots · bipolar", "2 · 1 spot"]
    assert [label["name"] for label in labels] == ["1", "2"]
    assert labels[0]["hovertext"].startswith("1 · 2 spots · bipolar<br>")
    assert "B −20.0°, CMD −40.0°" in labels[1]["hovertext"]


def test_labels_do_not_overlap():
    labels = group_labels(observed([(12, 0), (19, 0), (26, 0), (33, 0)]), DISK, SIZE)
    assert len(labels) == 4
    places = {(round(label["x"] / 200), round(label["y"] / 60), label["xanchor"]) for label in labels}
    assert len(places) == 4


def test_labels_stay_within_the_drawing():
    observation = observed([(15, 30)])
    (usual,) = group_labels(observation, DISK, SIZE)
    spot = observation.numbered[0][1]
    assert usual["y"] < spot.y and usual["xanchor"] == "center"
    (tight,) = group_labels(observation, DISK, (round(spot.x) + 30, 2900))
    assert tight["xanchor"] == "right" and tight["x"] < spot.x


def test_a_drawing_without_a_spot_has_no_group():
    empty = DrawingResult("a.png", 2400, 2900, DISK, (), "m", "h", "i", 0.5, 1.0)
    (observation,) = observations([(empty, PRESETS["uset"], WHEN)])
    assert group_labels(observation, DISK, SIZE) == []
    assert group_outlines(observation, DISK)[0]["x"] == []
    assert observation.counts.number()[0] == pytest.approx(0)
