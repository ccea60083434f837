"""How much a drawing's sheet lies turned in its scan, by its own marks: offered, never set unasked."""

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

# Off by more than this, a tilt puts spots further from their place than an unturned sheet usually lies.
WORST_DEG = 1.5


@dataclass(frozen=True)
class MeasuredTilt:
    """What a sheet's marks say.

    Attributes:
        tilt_deg: to be set, to a tenth; None where it was not read, or not well enough.
        words: a sentence for the user.
    """

    tilt_deg: float | None
    words: str


def measure_tilt(catalogue: Catalogue, key: str) -> MeasuredTilt:
    """Read the tilt off a drawing's scale, ticks or axes.

    Raises:
        ImageError: there is no such drawing, or it cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    row = row_of(catalogue, key)
    disk, trouble = limb_of(catalogue, key)
    if disk is None:
        return MeasuredTilt(None, f"The tilt cannot be read without a limb: {trouble}")
    correction = correction_of(catalogue.workspace, row["name"])
    archive = PRESETS[orientation_of(catalogue.workspace, catalogue.last_model())]
    orientation = replace(correction.orientation(archive), tilt_deg=archive.tilt_deg)
    date, time = correction.date_and_time(row["name"])
    p_deg = None if date == UNDATED else float(sun(observation_time(date, time)).p_deg)
    found = tilt_from_marks(to_grey(read_rgb(original(catalogue, key))), disk, orientation, p_deg)
    if found is None:
        more = " (axes drawn by hand can be read once its date is known)" if p_deg is None else ""
        return MeasuredTilt(None, f"No marks on the sheet tell its tilt{more}.")
    marks = ["the tick scale" if mark == "scale" else mark for mark in found.marks]
    said = f"{signed(found.tilt_deg, 1)} ± {found.uncertainty_deg:.1f}° from {', '.join(marks)}"
    if found.uncertainty_deg > WORST_DEG:
        return MeasuredTilt(None, f"{said}: too uncertain to be used.")
    return MeasuredTilt(round(found.tilt_deg, 1) + 0.0, f"{said}.")
