"""The observation of a reviewed drawing: its counted spots, in the groups that people chose or the rule makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sunspot_dash.domain.activity.group_shapes import GroupShape
from sunspot_dash.domain.activity.groups import describe_groups, group_spots
from sunspot_dash.domain.activity.observation import Observation, observations
from sunspot_dash.domain.activity.sunspot_number import count
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.review.group_notes import GroupNote, of_group
from sunspot_dash.domain.review.replay import ReviewedDrawing
from sunspot_dash.domain.spots.group_types import UNKNOWN, mcintosh_types


def observe(reviewed: ReviewedDrawing, orientation: Orientation, when: np.datetime64) -> Observation:
    """Return the observation of a reviewed drawing; its spots are those that count, numbered from 1.

    Spots with a chosen group form that group; the rule groups the others among themselves.

    Args:
        when: time of the drawing (UT), NaT if it has no date: then there are no groups.
    """
    counted = [one for one in reviewed.spots if one.counts]
    result = replace(reviewed.result, spots=tuple(one.spot for one in counted))
    (found,) = observations([(result, orientation, when)], 0.0)
    chosen = [one.group for one in counted]
    if not any(chosen) or np.isnat(when):
        return found
    number = _grouped(found, chosen)
    places = found.places
    groups = describe_groups(number, places.latitude_deg, places.cmd_deg, found.areas.corrected_msh)
    return replace(found, group=number, groups=groups, counts=count(groups, [len(counted)]))


def notes_on(reviewed: ReviewedDrawing, seen: Observation) -> list[GroupNote]:
    """Return what people noted about each group of a reviewed drawing, in the order of its observation's groups."""
    counted = [one for one in reviewed.spots if one.counts]
    return [
        of_group(one.note for one, group in zip(counted, seen.group.tolist(), strict=True) if group == number)
        for number in seen.groups.number.tolist()
    ]


def types_of(shape: GroupShape, note: GroupNote) -> tuple[str, str]:
    """Return the types of a group: those that a person chose, else those proposed, as far as they go together."""
    zurich = note.zurich or shape.zurich
    mcintosh = note.mcintosh or shape.mcintosh
    if note.zurich and not note.mcintosh and mcintosh not in mcintosh_types(zurich):
        mcintosh = UNKNOWN * 3
    if note.mcintosh and not note.zurich and (zurich == UNKNOWN or mcintosh not in mcintosh_types(zurich)):
        zurich = UNKNOWN
    return zurich, mcintosh


def _grouped(found: Observation, chosen: list[str]) -> np.ndarray:
    """Return the group number of each spot, (n,) int32, from west to east as in `group_spots`."""
    places = found.places
    free = np.array([not name for name in chosen])
    label = np.zeros(len(chosen), np.int64)
    label[free] = group_spots(places.latitude_deg[free], places.cmd_deg[free], places.rho_deg[free])
    names = {name: number for number, name in enumerate(dict.fromkeys(filter(None, chosen)), 1)}
    label[~free] = [label.max() + names[name] for name in chosen if name]
    label[~np.isfinite(places.cmd_deg)] = 0
    west = {
        one: (places.cmd_deg[label == one].mean(), places.latitude_deg[label == one].mean())
        for one in set(label)
    }
    order = sorted((one for one in west if one), key=lambda one: (-west[one][0], -west[one][1]))
    numbers = {one: number for number, one in enumerate(order, 1)} | {0: 0}
    return np.array([numbers[one] for one in label], np.int32)
