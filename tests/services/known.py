"""Results with known answers, as inference would write them."""

from __future__ import annotations

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.sun.coordinates import axis_deg, disk_position
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.io.results import write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.workspace import Workspace

CENTRE, RADIUS = 500.0, 400.0


def drawing(
    when: str, places: list[tuple[float, float]], mirrored: bool = True, name: str = ""
) -> DrawingResult:
    """A drawing of "YYYY-MM-DDTHH:MM" with spots of 4 px x 4 px at (latitude, CMD) in degrees."""
    sky = sun(np.datetime64(when, "m"))
    axis = axis_deg(float(sky.p_deg), PRESETS["uset"])
    spots = []
    for latitude, cmd in places:
        r, angle, visible = disk_position(latitude, cmd, axis, sky.b0_deg, sky.semidiameter_deg)
        assert visible
        right = np.sin(np.radians(angle)) * (1 if mirrored else -1)
        x, y = CENTRE + RADIUS * r * right, CENTRE - RADIUS * r * np.cos(np.radians(angle))
        square = np.array([[-2.0, -2], [2, -2], [2, 2], [-2, 2]]) + (x, y)
        spots.append(Spot(float(x), float(y), 16, 0.9, square))
    name = name or f"usd{when.translate(str.maketrans('', '', '-T:'))}.png"
    disk = Disk(CENTRE, CENTRE, RADIUS, 0.9)
    return DrawingResult(name, 1000, 1000, disk, tuple(spots), "m", "a" * 64, "i", 0.4, 1.0)


def catalogue_with(space: Workspace, *results: DrawingResult) -> Catalogue:
    """A workspace's index with the results of model "m"."""
    for result in results:
        write_result(space.inference_results / "m" / "drawings", result)
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    return catalogue


DAYS = np.arange("2001-01-01", "2001-07-01", dtype="datetime64[D]")
RESULT = (
    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, disk_confidence, by_hand, "
    "spot_groups, north_groups, north_spots, south_groups, south_spots) "
    "values ('m', ?, ?, ?, ?, '', 1, ?, 0.5, 1, 0, ?, ?, ?, 1, 1)"
)
