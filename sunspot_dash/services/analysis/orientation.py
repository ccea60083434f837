"""Check the set orientation of a model's drawings against the motion of the detected spots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.drawing.orientation import ABOUT_PRESETS, PRESETS, Orientation
from sunspot_dash.domain.orientation.motion import (
    DAYS,
    OrientationCheck,
    SeenSpots,
    check_spot_motion,
)
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import where_dated
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.text import counted

MOST_PAIRS = 150  # pairs of neighbouring drawings, evenly spread over time; more do not change the result
Sampled = tuple[tuple[str, float, bytes, bytes], ...]  # time, tilt, and r/R and position angles of the spots


@dataclass(frozen=True)
class Verdict:
    """The result of the check, as shown on a page.

    Attributes:
        level: "" (nothing to show), "plain" or "warning".
        text: a sentence; preset: the preset to choose instead, or "".
    """

    level: str
    text: str
    preset: str = ""


def verdict(catalogue: Catalogue, model: str) -> Verdict:
    """Check the orientation of a model's drawings and describe the result.

    Raises:
        WorkspaceError: the corrections cannot be read.
    """
    if not model:
        return Verdict("", "")
    set_to = PRESETS[orientation_of(catalogue.workspace, model)]
    found = check(catalogue, model)
    seen = f"confidence {found.confidence:.0%}, {counted(found.pairs, 'pair')} of drawings"
    if found.verdict == "as set":
        return Verdict("plain", f"Orientation: as set ({seen}).")
    if found.verdict == "unsure":
        return Verdict("plain", f"Orientation: {found.describe()}.")
    # Celestial and solar north differ only by P; if the check cannot distinguish them, keep the set one.
    best = found.best.applied(set_to)
    north = best.up if found.up_known else set_to.up
    orientation = Orientation(best.mirrored, best.tilt_deg, north)
    preset = next((name for name, way in PRESETS.items() if way == orientation), "")
    if preset:
        advice = f"Choose {preset} ({ABOUT_PRESETS[preset]})"
    else:
        advice = "No preset matches: rotate the image files, or set the tilt of single drawings"
    how = found.best.describe(found.as_set) if found.up_known else _turned(found)
    return Verdict(
        "warning", f"Orientation looks wrong: compared with the setting, {how} ({seen}). {advice}.", preset
    )


def check(catalogue: Catalogue, model: str) -> OrientationCheck:
    """Compare all possible orientations of a model's drawings; cached until results, corrections or preset change.

    Raises:
        WorkspaceError: the corrections cannot be read.
    """
    return _checked(_sample(catalogue, model), PRESETS[orientation_of(catalogue.workspace, model)].up)


@lru_cache(maxsize=16)
def _checked(sample: Sampled, up: str) -> OrientationCheck:
    drawings = [
        SeenSpots(np.datetime64(time), np.frombuffer(radius), np.frombuffer(angle), tilt)
        for time, tilt, radius, angle in sample
    ]
    return check_spot_motion(drawings, up)


def _sample(catalogue: Catalogue, model: str) -> Sampled:
    """Return the spots of up to MOST_PAIRS pairs of drawings a few days apart, evenly spread over time."""
    corrections = read_corrections(catalogue.workspace.corrections_file)
    rows = [
        row
        for row in catalogue.rows(
            f"select key, name, date, time from result where model = ? and {where_dated()[0]} and time != '' "
            "and spots > 0 order by date, time",
            [model],
        )
        # A drawing with a corrected orientation says nothing about the others.
        if (by_hand := corrections.get(row["name"], NONE)).mirrored is None and by_hand.up is None
    ]
    if len(rows) < 2:
        return ()
    times = np.array([f"{row['date']}T{row['time']}" for row in rows], "M8[m]")
    days = np.diff(times) / np.timedelta64(1, "D")
    first = np.flatnonzero((days >= DAYS[0]) & (days <= DAYS[1]))
    if len(first) > MOST_PAIRS:
        first = first[np.linspace(0, len(first) - 1, MOST_PAIRS).round().astype(int)]
    chosen = [rows[i] for i in np.union1d(first, first + 1)]
    spots: dict[str, list[tuple[float, float]]] = {row["key"]: [] for row in chosen}
    marks = ", ".join("?" * len(chosen))
    sql = f"select key, radius_fraction, position_angle_deg from spot where model = ? and key in ({marks})"
    for row in catalogue.rows(sql, [model, *spots]) if chosen else []:
        spots[row["key"]].append((row["radius_fraction"], row["position_angle_deg"]))
    sample = []
    for row in chosen:
        radius, angle = np.array(spots[row["key"]], np.float64).reshape(-1, 2).T
        tilt = corrections.get(row["name"], NONE).tilt_deg or 0.0
        sample.append((f"{row['date']}T{row['time']}", tilt, radius.tobytes(), angle.tobytes()))
    return tuple(sample)


def _turned(found: OrientationCheck) -> str:
    """Describe how the best orientation differs from the set one, apart from the north that is up."""
    parts = ["mirrored"] if found.best.mirrored else []
    parts += [f"rotated by {found.best.turned_deg}°"] if found.best.turned_deg else []
    return " and ".join(parts) or found.best.describe(found.as_set)
