"""Observation of one drawing: its counted spots with positions, areas, groups and counts.

Tables, index and pages all take these quantities from here. Drawings are processed together, because a call costs
about a millisecond however few spots there are.
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
from sunspot_dash.domain.sun.coordinates import (
    Heliographic,
    axis_deg,
    disk_position,
    from_page,
    heliographic,
)
from sunspot_dash.domain.sun.ephemeris import Ephemeris, sun
from sunspot_dash.domain.sun.position_error import (
    DAY_HOURS,
    PositionErrors,
    Uncertain,
    position_uncertainty,
)

NOON = "12:00"  # assumed where only the day is known


@dataclass(frozen=True, eq=False)
class Observation:
    """The counted spots of one drawing.

    Attributes:
        numbered: the spots with their numbers, from `DrawingResult.numbered`.
        ephemeris: of the drawing's time, scalars; NaN for an undated drawing.
        radius_fraction, position_angle_deg: (n,) position on the disk, from `from_page`.
        places: (n,) position on the Sun; NaN for an undated drawing.
        areas: (n,) areas; these are umbral areas, because umbrae are labelled.
        group: (n,) int32, group numbers from 1; 0 for a spot without a position.
        groups: properties of each group; areas in millionths of the hemisphere.
        counts: numbers of groups and spots, in arrays of length one.
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


def uncertain_positions(
    seen: Observation, orientation: Orientation, has_time: bool = True
) -> tuple[Uncertain, Uncertain]:
    """Return how uncertain the positions of the spots, (n,), and of the groups, (g,), of an observation are.

    Args:
        has_time: whether the time of the drawing is known, or only its day.
    """
    errors = PositionErrors() if has_time else PositionErrors(hours=DAY_HOURS)
    now, groups = seen.ephemeris, seen.groups
    axis = axis_deg(now.p_deg, orientation)
    centres = disk_position(groups.latitude_deg, groups.cmd_deg, axis, now.b0_deg, now.semidiameter_deg)[:2]
    on_disk = [(seen.radius_fraction, seen.position_angle_deg), centres]
    spots, means = (position_uncertainty(*places, axis, now, errors) for places in on_disk)
    return spots, means


def observation_time(date: str, time: str) -> np.datetime64:
    """Return the time from "YYYY-MM-DD" and "HH:MM" (noon where empty); NaT for an undated drawing."""
    if date == UNDATED:
        return np.datetime64("NaT", "m")
    return np.datetime64(f"{date}T{time or NOON}", "m")


def observations(
    drawings: Sequence[tuple[DrawingResult, Orientation, np.datetime64]],
    threshold: float | None = None,
    rule: GroupRule = GroupRule(),
) -> list[Observation]:
    """Compute the observations of drawings from their results, orientations and times (UT).

    Args:
        threshold: lowest confidence of a counted spot; by default that of each result.
        rule: linking lengths of the grouping.
    """
    if not drawings:
        return []
    numbered = [result.numbered(threshold) for result, _, _ in drawings]
    drawing_index = np.repeat(np.arange(len(drawings)), [len(spots) for spots in numbered])
    ephemerides = sun(np.array([when for *_, when in drawings]))
    axis = np.array(
        [
            axis_deg(p, orientation)
            for p, (_, orientation, _) in zip(ephemerides.p_deg, drawings, strict=True)
        ],
        np.float64,
    )
    on_page = [
        from_page(np.array([(spot.x, spot.y) for _, spot in spots]).reshape(-1, 2), result.disk, orientation)
        for spots, (result, orientation, _) in zip(numbered, drawings, strict=True)
    ]
    r, angle = (np.concatenate(parts) for parts in zip(*on_page, strict=True))
    disk_values = (axis, ephemerides.b0_deg, ephemerides.l0_deg, ephemerides.semidiameter_deg)
    places = heliographic(r, angle, *(values[drawing_index] for values in disk_values))
    group = group_spots(places.latitude_deg, places.cmd_deg, places.rho_deg, drawing_index, rule)
    ends = np.cumsum([0, *(len(spots) for spots in numbered)])
    observed = []
    for i, (result, *_) in enumerate(drawings):
        of_drawing = slice(ends[i], ends[i + 1])
        ephemeris = Ephemeris(*(values[i] for values in vars(ephemerides).values()))
        positions = Heliographic(*(values[of_drawing] for values in vars(places).values()))
        areas = spot_areas([spot for _, spot in numbered[i]], result.disk)
        groups = describe_groups(
            group[of_drawing], positions.latitude_deg, positions.cmd_deg, areas.corrected_msh
        )
        counts = count(groups, [len(numbered[i])])
        observed.append(
            Observation(
                numbered[i],
                ephemeris,
                r[of_drawing],
                angle[of_drawing],
                positions,
                areas,
                group[of_drawing],
                groups,
                counts,
            )
        )
    return observed
