"""What a drawing shows of the Sun: its counted spots placed, measured, grouped and counted.

The tables, the index and the pages all get these quantities here, for many drawings at once: a call costs about a
millisecond, however few spots there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.activity.areas import Areas, spot_areas
from sunspot_dash.domain.activity.groups import GroupRule, Groups, describe_groups, group_spots
from sunspot_dash.domain.activity.sunspot_number import Counts, count
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.sun.coordinates import Heliographic, axis_deg, from_page, heliographic
from sunspot_dash.domain.sun.ephemeris import Ephemeris, sun

NOON = "12:00"  # of a drawing of which only the day is known


@dataclass(frozen=True, eq=False)
class Observation:
    """The counted spots of one drawing.

    Attributes:
        numbered: the spots with their numbers, as `DrawingResult.numbered`.
        ephemeris: the Sun's disk at the drawing's time, NaN where it is undated; scalars.
        radius_fraction, position_angle_deg: (n,) on the disk, as of `from_page`.
        places: (n,) on the Sun; NaN for an undated drawing.
        areas: (n,) of the umbrae, since those are what is labelled.
        group: (n,) int32, numbers of the groups from 1, 0 for a spot without a place.
        groups: what is known of each group; areas in millionths of the hemisphere.
        counts: of groups and spots, in arrays of one.
    """

    numbered: list[tuple[int, Spot]]
    ephemeris: Ephemeris
    radius_fraction: np.ndarray
    position_angle_deg: np.ndarray
    places: Heliographic
    areas: Areas
    group: np.ndarray
    groups: Groups
    counts: Counts


def observation_time(date: str, time: str) -> np.datetime64:
    """The time of a drawing of "YYYY-MM-DD" and "HH:MM" (noon where it is empty), NaT for an undated one."""
    if date == UNDATED:
        return np.datetime64("NaT", "m")
    return np.datetime64(f"{date}T{time or NOON}", "m")


def observations(
    drawings: Sequence[tuple[DrawingResult, Orientation, np.datetime64]],
    threshold: float | None = None,
    rule: GroupRule = GroupRule(),
) -> list[Observation]:
    """What some drawings show, each as it lies and at its time (UT).

    Args:
        threshold: confidence from which a spot counts; by default each result's own.
        rule: how far a group reaches.
    """
    if not drawings:
        return []
    numbered = [result.numbered(threshold) for result, _, _ in drawings]
    sheet = np.repeat(np.arange(len(drawings)), [len(spots) for spots in numbered])
    seen = sun(np.array([when for *_, when in drawings]))
    axis = np.array(
        [axis_deg(p, orientation) for p, (_, orientation, _) in zip(seen.p_deg, drawings, strict=True)],
        np.float64,
    )
    on_page = [
        from_page(np.array([(spot.x, spot.y) for _, spot in spots]).reshape(-1, 2), result.disk, orientation)
        for spots, (result, orientation, _) in zip(numbered, drawings, strict=True)
    ]
    r, angle = (np.concatenate(parts) for parts in zip(*on_page, strict=True))
    sky = (axis, seen.b0_deg, seen.l0_deg, seen.semidiameter_deg)
    places = heliographic(r, angle, *(values[sheet] for values in sky))
    group = group_spots(places.latitude_deg, places.cmd_deg, places.rho_deg, sheet, rule)
    ends = np.cumsum([0, *(len(spots) for spots in numbered)])
    found = []
    for i, (result, *_) in enumerate(drawings):
        own = slice(ends[i], ends[i + 1])
        ephemeris = Ephemeris(*(values[i] for values in vars(seen).values()))
        here = Heliographic(*(values[own] for values in vars(places).values()))
        areas = spot_areas([spot for _, spot in numbered[i]], result.disk)
        groups = describe_groups(group[own], here.latitude_deg, here.cmd_deg, areas.corrected_msh)
        counts = count(groups, [len(numbered[i])])
        found.append(
            Observation(numbered[i], ephemeris, r[own], angle[own], here, areas, group[own], groups, counts)
        )
    return found
