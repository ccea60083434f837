"""The observers' own groups on 51 real drawings, read from the sheets by eye into `observer_groups.csv`.

A row is one group as the observer counts it: its number and Zürich type as written, its number of spots, its latitude,
Carrington longitude and central meridian distance as written, and a box around its spots (px of the scan) that follows
the observer's labels, tables and separating strokes. Values that are not on the sheet are empty. A drawing without
groups has one row without values. Each drawing was read by one reader, who saw no labels and no detections; the sums of
groups and spots are those that the observer wrote, where they are written.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sunspot_dash.domain.activity.groups import describe_groups
from sunspot_dash.domain.activity.observation import Observation
from sunspot_dash.io.totals import Total

TABLE = Path(__file__).with_suffix(".csv")
NO_GROUP = -1
SLACK = 4 / 740  # of the radius: a spot may lie this far outside its group's box
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class ObserverGroup:
    """One group: number and type as written ("" where not), spots (None where not written), x0, y0, x1, y1 (px)."""

    number: str
    type: str
    spots: int | None
    box: Box | None


def read_groups(path: Path = TABLE) -> dict[str, list[ObserverGroup]]:
    """Return the groups of each drawing, by file name; none on a blank disk."""
    found: dict[str, list[ObserverGroup]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups = found.setdefault(row["file"], [])
            box = tuple(float(row[end]) for end in ("x0", "y0", "x1", "y1")) if row["x0"] else None
            if row["spots"] or box:
                spots = int(row["spots"]) if row["spots"] else None
                groups.append(ObserverGroup(row["number"], row["type"], spots, box))  # type: ignore[arg-type]
    return found


def totals(path: Path = TABLE) -> dict[str, Total]:
    """Return the observer's total of each drawing, by file name: the number of groups, and the sum of their spots."""
    found = {}
    for name, groups in read_groups(path).items():
        spots = sum(group.spots or 0 for group in groups)
        found[name] = Total(0, name, None, len(groups), spots, 10.0 * len(groups) + spots)
    return found


def in_observers_groups(seen: Observation, groups: list[ObserverGroup], radius_px: float) -> Observation:
    """Return an observation with its spots in the observer's groups, numbered from 1 in the order of `groups`.

    Spots in no group, or without a position, are in none.
    """
    xy = np.array([(spot.x, spot.y) for _, spot in seen.numbered]).reshape(-1, 2)
    number = group_of_spots(groups, xy, radius_px) - NO_GROUP
    number[~np.isfinite(seen.places.latitude_deg)] = 0
    described = describe_groups(
        number, seen.places.latitude_deg, seen.places.cmd_deg, seen.areas.corrected_msh
    )
    return replace(seen, group=number.astype(np.int32), groups=described)


def group_of_spots(groups: list[ObserverGroup], xy: np.ndarray, radius_px: float) -> np.ndarray:
    """Return the index of the observer's group of each spot, (n,) int, NO_GROUP for one outside all boxes.

    A spot in several boxes belongs to the smallest, one outside to the nearest within SLACK.

    Args:
        xy: (n, 2) px of the scan; radius_px: radius of the disk.
    """
    group = np.full(len(xy), NO_GROUP)
    best = np.full((len(xy), 2), np.inf)
    for number, one in enumerate(groups):
        if one.box is None:
            continue
        x0, y0, x1, y1 = one.box
        outside = np.hypot(*np.maximum(np.maximum([x0, y0] - xy, xy - [x1, y1]), 0).T)
        rank = np.column_stack([outside, np.full(len(xy), (x1 - x0) * (y1 - y0))])
        nearer = (rank[:, 0] < best[:, 0]) | ((rank[:, 0] == best[:, 0]) & (rank[:, 1] < best[:, 1]))
        nearer &= outside <= SLACK * radius_px
        group[nearer], best[nearer] = number, rank[nearer]
    return group
