"""Whether a model's drawings lie as set, told by the motion of the spots that it found."""

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
    check_orientation,
    describe,
)
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import where_dated
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.text import counted

# Pairs of neighbouring drawings that are looked at, evenly over time: more say no more.
MOST_PAIRS = 150
Sampled = tuple[tuple[str, float, bytes, bytes], ...]  # time, tilt, and of the spots r/R and position angles


@dataclass(frozen=True)
class Verdict:
    """What a page tells.

    Attributes:
        level: "" (nothing to tell), "plain" or "warning".
        words: a sentence; preset: that to choose instead, or "".
    """

    level: str
    words: str
    preset: str = ""


def verdict(catalogue: Catalogue, model: str) -> Verdict:
    """How a model's drawings lie, in a sentence.

    Raises:
        WorkspaceError: the corrections cannot be read.
    """
    if not model:
        return Verdict("", "")
    set_to = PRESETS[orientation_of(catalogue.workspace, model)]
    found = check(catalogue, model)
    seen = f"{found.confidence:.0%} sure, {counted(found.pairs, 'pair')} of drawings"
    if found.verdict == "as set":
        return Verdict("plain", f"Orientation: as set ({seen}).")
    if found.verdict == "unsure":
        return Verdict("plain", f"Orientation: {found.words()}.")
    # Celestial and solar north differ by P alone: where that is not known, what was set stays.
    best = found.best.applied(set_to)
    north = best.up if found.up_known else set_to.up
    orientation = Orientation(best.mirrored, best.tilt_deg, north)
    preset = next((name for name, way in PRESETS.items() if way == orientation), "")
    if preset:
        advice = f"Choose {preset} ({ABOUT_PRESETS[preset]})"
    else:
        advice = "No preset is like that: turn the scans, or set the tilt of single drawings"
    how = describe(found.best, found.as_set) if found.up_known else _turned(found)
    return Verdict(
        "warning", f"These drawings seem to lie otherwise than set: {how} ({seen}). {advice}.", preset
    )


def check(catalogue: Catalogue, model: str) -> OrientationCheck:
    """Compare all ways in which a model's drawings could lie; computed anew only when what it rests on changes.

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
    return check_orientation(drawings, up)


def _sample(catalogue: Catalogue, model: str) -> Sampled:
    """Neighbouring drawings some days apart, at most MOST_PAIRS pairs of them, evenly over time."""
    corrections = read_corrections(catalogue.workspace.corrections_file)
    rows = [
        row
        for row in catalogue.rows(
            f"select key, name, date, time from result where model = ? and {where_dated()[0]} and time != '' "
            "and spots > 0 order by date, time",
            [model],
        )
        # One that was turned over by hand says nothing of how the others lie.
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
    """How the best way differs, but for the north that is up."""
    told = ["mirrored"] if found.best.mirrored else []
    told += [f"turned by {found.best.turned_deg}°"] if found.best.turned_deg else []
    return " and ".join(told) or describe(found.best, found.as_set)
