"""Measure the tilt of a drawing from its scale, ticks or axes; it is proposed to the user, not applied."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.orientation.tilt_marks import tilt_from_marks
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.dataset.corrections import correction_of
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.services.drawing.details import limb_of
from sunspot_dash.services.drawing.images import original, row_of
from sunspot_dash.services.drawing.overlay import signed

# With a larger uncertainty, correcting the tilt does more harm than the usual tilt of a scan.
MAX_UNCERTAINTY_DEG = 1.5


@dataclass(frozen=True)
class SuggestedTilt:
    """The tilt read from a drawing's marks.

    Attributes:
        tilt_deg: rounded to a tenth; None if it could not be measured, or not precisely enough.
        text: a sentence for the user.
    """

    tilt_deg: float | None
    text: str


def measure_tilt(catalogue: Catalogue, key: str) -> SuggestedTilt:
    """Measure the tilt of a drawing from its scale, ticks or axes.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    row = row_of(catalogue, key)
    disk, problem = limb_of(catalogue, key)
    if disk is None:
        return SuggestedTilt(None, f"The tilt cannot be measured without a limb: {problem}")
    correction = correction_of(catalogue.workspace, row["name"])
    archive = PRESETS[orientation_of(catalogue.workspace, catalogue.last_model())]
    orientation = replace(correction.orientation(archive), tilt_deg=archive.tilt_deg)
    date, time = correction.date_and_time(row["name"])
    p_deg = None if date == UNDATED else float(sun(observation_time(date, time)).p_deg)
    found = tilt_from_marks(to_grey(read_rgb(original(catalogue, key))), disk, orientation, p_deg)
    if found is None:
        more = " (hand-drawn axes can be read once the date is known)" if p_deg is None else ""
        return SuggestedTilt(None, f"The drawing has no marks from which to measure its tilt{more}.")
    marks = ["the tick scale" if mark == "scale" else mark for mark in found.marks]
    value = f"{signed(found.tilt_deg, 1)} ± {found.uncertainty_deg:.1f}° from {', '.join(marks)}"
    if found.uncertainty_deg > MAX_UNCERTAINTY_DEG:
        return SuggestedTilt(None, f"{value}: too uncertain to be used.")
    return SuggestedTilt(round(found.tilt_deg, 1) + 0.0, f"{value}.")
