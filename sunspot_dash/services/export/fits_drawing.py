"""A drawing as a FITS file: its grey levels with world coordinates, and a table of its counted spots."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.sun.wcs import drawing_wcs
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import atomic_write
from sunspot_dash.io.fits import write_drawing
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.drawing.images import original, row_of
from sunspot_dash.services.drawing.overlay import NO_DATE, setting_of

SPOTS = {
    "x": "px",
    "y": "px",
    "latitude": "deg",
    "longitude": "deg",
    "cmd": "deg",
    "area": "1e-6",
    "confidence": "",
}


def fits_drawing(catalogue: Catalogue, model: str, key: str, path: Path) -> None:
    """Write a drawing with the limb and the spots of a model.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        WorkspaceError: it has no result of the model, or the file cannot be written.
        ParameterError: it has no date, without which it has no coordinates.
    """
    workspace, name = catalogue.workspace, row_of(catalogue, key)["name"]
    result = read_result(result_path(workspace.results_of(model), name), model)
    date, time, orientation = setting_of(workspace, result)
    if date == UNDATED:
        raise ParameterError(NO_DATE)
    when = observation_time(date, time)
    (seen,) = observations([(result, orientation, when)])
    grey = to_grey(read_rgb(original(catalogue, key)))
    header = drawing_wcs(result.disk, orientation, seen.ephemeris, when, grey.shape[0])
    spots = [spot for _, spot in seen.numbered]
    places = seen.places
    columns = {
        # The centre of the first pixel in FITS is 1.
        "x": np.array([spot.x + 0.5 for spot in spots]),
        "y": np.array([grey.shape[0] - spot.y + 0.5 for spot in spots]),
        "latitude": places.latitude_deg,
        "longitude": places.carrington_longitude_deg,
        "cmd": places.cmd_deg,
        "area": seen.areas.corrected_msh,
        "confidence": np.array([spot.confidence for spot in spots]),
    }
    about = {"DRAWING": name, "MODEL": model, "ORIGIN": "Sunspot Dashboard", "BUNIT": "DN"}
    atomic_write(path, lambda made: write_drawing(made, grey, header | about, columns, SPOTS))
