"""Sunspot groups from spot positions, for many drawings at once.

Single linkage on the sphere: two spots of one hemisphere are linked where

    (dL cos B / a)^2 + (dB / b)^2 <= 1,

with separate reaches a along the parallels and b across them, because groups are elongated in longitude. Linked spots
form a group. A cluster wider than `longest_deg` in longitude is split at its widest gap, repeatedly.

Near the limb, one pixel and a given gap on the drawing correspond to more and more degrees, while observers judge the
gap they see. dL is therefore multiplied by cos(rho) ^ foreshortening: 0 measures on the sphere, 1 on the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# Beyond rho = 80 degrees the foreshortening is capped: the cosine would soon link everything.
LEAST_COSINE = float(np.cos(np.radians(80)))
# P. S. McIntosh 1990 (doi:10.1007/BF00158405): a bipolar group is longer than 3 degrees, 5 with a dominant spot.
BIPOLAR_DEG, BIPOLAR_BESIDE_LARGE_DEG = 3.0, 5.0
DOMINANT_SHARE = 0.75


@dataclass(frozen=True)
class GroupRule:
    """Linking lengths of the grouping; the defaults are fitted to observers' group totals (benchmarks/groups.py).

    Attributes:
        longitude_deg: a, along the parallels, in degrees of a great circle.
        latitude_deg: b, across the parallels.
        foreshortening: exponent of cos(rho) that reduces longitude differences towards the limb, 0 to 1.
        longest_deg: extent in longitude above which a cluster is split.

    Raises:
        ValueError: a value is out of range.
    """

    longitude_deg: float = 9.0
    latitude_deg: float = 5.0
    foreshortening: float = 0.5
    longest_deg: float = 22.0

    def __post_init__(self) -> None:
        for field in ("longitude_deg", "latitude_deg", "longest_deg"):
            if not 0 < getattr(self, field) <= 180:
                raise ValueError(f"group rule: {field} is {getattr(self, field)}, expected 0 to 180 degrees")
        if not 0 <= self.foreshortening <= 1:
            raise ValueError(f"group rule: foreshortening is {self.foreshortening}, expected 0 to 1")


def group_spots(
    latitude_deg: ArrayLike,
    cmd_deg: ArrayLike,
    rho_deg: ArrayLike,
    drawing: ArrayLike | None = None,
    rule: GroupRule = GroupRule(),
) -> np.ndarray:
    """Assign a group number to every spot.

    Args:
        latitude_deg, cmd_deg, rho_deg: (n,) positions as in `Heliographic`; NaN where a spot has none.
        drawing: (n,) int that identifies each spot's drawing; None if all spots are on one drawing.

    Returns:
        (n,) int32: numbers from 1 on each drawing, from west to east by mean longitude (the western group rose first);
        0 for a spot without a position. The order of the spots does not matter.
    """
    latitude, cmd, rho = (np.atleast_1d(np.asarray(x, np.float64)) for x in (latitude_deg, cmd_deg, rho_deg))
    drawing_index = (
        np.zeros(len(latitude), np.int64) if drawing is None else np.asarray(drawing).astype(np.int64)
    )
    if not len(latitude) == len(cmd) == len(rho) == len(drawing_index):
        raise ValueError(
            f"group_spots: {len(latitude)} latitudes, {len(cmd)}, {len(rho)}, {len(drawing_index)}"
        )
    number = np.zeros(len(latitude), np.int32)
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(cmd) & np.isfinite(rho))
    if not len(placed):
        return number
    placed = placed[np.lexsort((latitude[placed], cmd[placed], latitude[placed] >= 0, drawing_index[placed]))]
    latitude, cmd, rho, drawing_index = latitude[placed], cmd[placed], rho[placed], drawing_index[placed]
    cluster = _cut(_linked(latitude, cmd, rho, drawing_index, rule), cmd, rule.longest_deg)
    number[placed] = _numbered(cluster, cmd, latitude, drawing_index)
    return number


def _linked(
    latitude: np.ndarray, cmd: np.ndarray, rho: np.ndarray, drawing_index: np.ndarray, rule: GroupRule
) -> np.ndarray:
    """Return (n,) int32 clusters from single linkage, for spots sorted by drawing and hemisphere."""
    half = 2 * drawing_index + (latitude >= 0)
    # One factor per spot: its product over a pair stands for cos B and cos rho of the pair, without a cosine per pair.
    cosine = (
        np.cos(np.radians(latitude))
        * np.maximum(np.cos(np.radians(rho)), LEAST_COSINE) ** rule.foreshortening
    )
    x = np.sqrt(np.maximum(cosine, 0) / rule.longitude_deg)
    y = latitude / rule.latitude_deg
    first, second = [], []
    i = np.arange(len(cmd) - 1)
    for step in range(1, len(cmd)):
        i = i[: np.searchsorted(i, len(cmd) - step)]
        i = i[half[i] == half[i + step]]
        if not len(i):
            break
        j = i + step
        near = ((cmd[i] - cmd[j]) * x[i] * x[j]) ** 2 + (y[i] - y[j]) ** 2 <= 1
        first.append(i[near])
        second.append(j[near])
    if not first:
        return np.arange(len(cmd), dtype=np.int32)
    from scipy.sparse import coo_array  # only where used: the web process starts without it
    from scipy.sparse.csgraph import connected_components

    edges = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(len(edges[0]), bool), edges), shape=(len(cmd), len(cmd)))
    clusters: np.ndarray = connected_components(graph, directed=False)[1]
    return clusters


def _cut(cluster: np.ndarray, cmd: np.ndarray, longest_deg: float) -> np.ndarray:
    """Split clusters at their widest gap in longitude until none is wider than `longest_deg`."""
    cluster = cluster.astype(np.int64)
    todo = np.arange(len(cluster))
    free = int(cluster.max()) + 1
    while True:
        todo = todo[np.lexsort((cmd[todo], cluster[todo]))]
        start, size = _runs(cluster[todo])
        wide = cmd[todo[start + size - 1]] - cmd[todo[start]] > longest_deg
        if not wide.any():
            return cluster
        todo = todo[np.repeat(wide, size)]
        start, size = _runs(cluster[todo])
        gap = np.diff(cmd[todo], prepend=0.0)
        gap[start] = 0
        place = np.arange(len(todo))
        widest = np.repeat(np.maximum.reduceat(gap, start), size)
        cut_at = np.minimum.reduceat(np.where(gap == widest, place, len(todo)), start)
        beyond = place >= np.repeat(cut_at, size)
        cluster[todo[beyond]] = free + np.repeat(np.arange(len(start)), size)[beyond]
        free += len(start)


def _numbered(
    cluster: np.ndarray, cmd: np.ndarray, latitude: np.ndarray, drawing_index: np.ndarray
) -> np.ndarray:
    """Return (n,) int group numbers, from 1 on each drawing and from west to east."""
    _, member, spots = np.unique(cluster, return_inverse=True, return_counts=True)
    west = np.bincount(member, cmd) / spots
    north = np.bincount(member, latitude) / spots
    cluster_drawing = np.empty(len(spots), np.int64)
    cluster_drawing[member] = drawing_index
    order = np.lexsort((-north, -west, cluster_drawing))
    start, size = _runs(cluster_drawing[order])
    number = np.empty(len(spots), np.int64)
    number[order] = np.arange(len(order)) - np.repeat(start, size) + 1
    return number[member]


def _runs(*keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return start and length of each run of equal keys in sorted arrays."""
    changes = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    start = np.flatnonzero(np.r_[True, changes])
    return start, np.diff(np.r_[start, len(keys[0])])


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of one or more drawings, (g,) arrays, sorted by drawing and number.

    Attributes:
        drawing, number: int64, as passed to and returned by `group_spots`.
        spots: int64, number of spots; area: float64, total area, in the unit given.
        latitude_deg, cmd_deg: float64, area-weighted mean position (unweighted where no area is known).
        extent_deg: float64, extent in longitude.
        largest: int64, index of the spot with the largest area.
        bipolar: bool, longer than 3 degrees, or than 5 where one spot has at least 3/4 of the area.
    """

    drawing: np.ndarray
    number: np.ndarray
    spots: np.ndarray
    area: np.ndarray
    latitude_deg: np.ndarray
    cmd_deg: np.ndarray
    extent_deg: np.ndarray
    largest: np.ndarray
    bipolar: np.ndarray


def describe_groups(
    number: np.ndarray,
    latitude_deg: ArrayLike,
    cmd_deg: ArrayLike,
    area: ArrayLike,
    drawing: ArrayLike | None = None,
) -> Groups:
    """Compute the properties of every group.

    Args:
        number: (n,) int from `group_spots`; spots numbered 0 are left out.
        latitude_deg, cmd_deg: (n,) positions; area: (n,) >= 0, in one unit, ideally corrected for foreshortening.
        drawing: (n,) int as passed to `group_spots`.
    """
    number = np.asarray(number, np.int64)
    latitude, cmd, area = (np.atleast_1d(np.asarray(x, np.float64)) for x in (latitude_deg, cmd_deg, area))
    drawing_index = (
        np.zeros(len(number), np.int64) if drawing is None else np.asarray(drawing).astype(np.int64)
    )
    order = np.flatnonzero(number)
    order = order[np.lexsort((-cmd[order], number[order], drawing_index[order]))]
    if not len(order):
        return Groups(*(np.zeros(0, kind) for kind in _KINDS))
    start, spots = _runs(drawing_index[order], number[order])
    member = np.repeat(np.arange(len(start)), spots)
    weight = np.nan_to_num(area[order])
    total = np.add.reduceat(weight, start)
    share = np.where(total[member] > 0, weight, 1.0)
    share /= np.add.reduceat(share, start)[member]
    b, lon = latitude[order], cmd[order]
    centre_b = np.add.reduceat(share * b, start)
    extent = lon[start] - lon[start + spots - 1]
    height = np.maximum.reduceat(b, start) - np.minimum.reduceat(b, start)
    length = np.hypot(extent * np.cos(np.radians(centre_b)), height)
    largest = np.lexsort((-share, member))[start]
    dominated = share[largest] >= DOMINANT_SHARE
    return Groups(
        drawing=drawing_index[order][start],
        number=number[order][start],
        spots=spots,
        area=total,
        latitude_deg=centre_b,
        cmd_deg=np.add.reduceat(share * lon, start),
        extent_deg=extent,
        largest=order[largest],
        bipolar=(spots > 1) & (length > np.where(dominated, BIPOLAR_BESIDE_LARGE_DEG, BIPOLAR_DEG)),
    )


_KINDS = (*[np.int64] * 3, *[np.float64] * 4, np.int64, np.bool_)
