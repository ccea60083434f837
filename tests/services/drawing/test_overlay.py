"""Solar quantities, grid and groups shown with a drawing."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.corrections import write_corrections
from sunspot_dash.services.dataset.orientation import set_orientation
from sunspot_dash.services.drawing.overlay import NO_DATE, overlay_of
from sunspot_dash.workspace import Workspace

NAME = "usd195604170830.png"
SQUARE = np.array([(-3, -3), (3, -3), (3, 3), (-3, 3)])


@pytest.fixture
def space(tmp_path) -> Workspace:
    space = Workspace(tmp_path / "data").create()
    (space.inference_results / "m" / "drawings").mkdir(parents=True)
    return space


def result(name: str) -> DrawingResult:
    """A spot above the threshold at the disk's centre, and one below it."""
    spots = tuple(Spot.from_outline(SQUARE + xy, sure) for xy, sure in (((500, 500), 0.9), ((700, 500), 0.3)))
    return DrawingResult(name, 1000, 1000, Disk(500, 500, 400, 1), spots, "m", "h", "i", 0.5, 1.0)


def test_a_dated_drawing_has_solar_quantities_and_positions(space):
    sky = overlay_of(space, result(NAME))
    facts = dict(sky.facts())
    assert facts["Sun"] == "P −25.95°, B0 −5.37°, L0 111.21°, Carrington rotation 1372"
    assert len(sky.candidates.numbered) == 2


def test_an_undated_drawing_says_why_it_has_no_grid(space):
    sky = overlay_of(space, result("sun.png"))
    assert sky.grid is None and NO_DATE in dict(sky.facts())["Grid, groups"]
    write_corrections(space.corrections_file, {"sun.png": Correction("1956-04-17", up="solar", tilt_deg=-2)})
    facts = dict(overlay_of(space, result("sun.png")).facts())
    assert facts["Time"] == "1956-04-17, assumed 12:00 UT"
    assert facts["Orientation"].startswith("mirrored: the Sun's own north up") and facts[
        "Orientation"
    ].endswith("tilt −2.0°")


def test_the_grid_follows_the_orientation_preset(space):
    poles = {}
    for preset in ("uset", "direct", "uset-solar"):
        set_orientation(space, "m", preset)
        poles[preset] = overlay_of(space, result(NAME)).grid.poles[0]
    assert poles["uset"].x < 500 < poles["direct"].x
    assert poles["uset-solar"].x == pytest.approx(500)
