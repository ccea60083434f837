"""Whether a model's drawings lie as set, by the motion of the spots that it found on them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.corrections import NONE
from sunspot_dash.domain.detections import PRESETS, Orientation
from sunspot_dash.domain.names import UNDATED
from sunspot_dash.domain.orientation_check import OrientationCheck, SeenSpots, check_orientation
from sunspot_dash.domain.sighting import moment
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.services.catalogue import Catalogue
from sunspot_dash.services.inference import orientation_of


@dataclass(frozen=True)
class Advice:
    """What the check says, and what to do about it.

    Attributes:
        preset: how the drawings are set to lie; found: the check.
        to_set: the orientation under which the spots move with the Sun; the one that is set where it is right or
            cannot be told. to_preset: the preset that is this, None where none is.
    """

    preset: str
    found: OrientationCheck
    to_set: Orientation
    to_preset: str | None

    def words(self) -> list[str]:
        """Sentences for the user."""
        lines = [self.found.words()]
        if self.found.verdict == "wrong":
            if self.to_preset is not None:
                lines.append(f"set the orientation '{self.to_preset}' in place of '{self.preset}'")
            else:
                east = "right" if self.to_set.mirrored else "left"
                lines.append(
                    f"no preset says so: east on the {east}, tilt {self.to_set.tilt_deg:g}°, {self.to_set.up} north up"
                    " are to be set for the drawings by hand"
                )
        return lines


def check(catalogue: Catalogue, model: str) -> Advice:
    """Follow the spots of all dated drawings; those with a time of day only, since noon may be hours off."""
    preset = orientation_of(catalogue.workspace, model)
    archive = PRESETS[preset]
    corrections = read_corrections(catalogue.workspace.corrections_file)
    spots: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for key, r, angle in catalogue.rows(
        "select key, radius_fraction, position_angle_deg from spot where model = ? and radius_fraction is not null",
        [model],
    ):
        spots[key].append((r, angle))
    seen = []
    for row in catalogue.rows(
        "select key, name, date, time from result where model = ? and date <> ? and time <> ''",
        [model, UNDATED],
    ):
        places = np.array(spots[row["key"]], np.float64).reshape(-1, 2)
        tilt = corrections.get(row["name"], NONE).orientation(archive).tilt_deg
        seen.append(SeenSpots(moment(row["date"], row["time"]), places[:, 0], places[:, 1], tilt))
    found = check_orientation(seen, archive.up)
    to_set = found.best.applied(archive) if found.verdict == "wrong" else archive
    named = next((name for name, known in PRESETS.items() if known == to_set), None)
    return Advice(preset, found, to_set, named)
