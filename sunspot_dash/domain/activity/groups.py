"""Which spots belong together: sunspot groups from the places of spots, for many drawings at once.

Single linkage on the sphere: two spots of one hemisphere are linked where

    (dL cos B / a)^2 + (dB / b)^2 <= 1,

a and b being the reach along and across the parallels, because groups lie along them; what is linked is a group. A
group is never wider than `longest_deg` in longitude: a wider cluster is cut at its widest gap, until none is.

Towards the limb an error of one pixel, and the same gap on paper, is ever more degrees; the observers judge by what
they see. dL is therefore taken times cos(rho) ^ foreshortening: 0 measures on the sphere, 1 along the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# Nearer to the limb than rho = 80 degrees nothing more is allowed for: there the cosine soon forgives everything.
LEAST_COSINE = float(np.cos(np.radians(80)))
# P. S. McIntosh 1990 (doi:10.1007/BF00158405): a bipolar group is longer than 3 degrees, 5 with a dominant spot.
BIPOLAR_DEG, BIPOLAR_BESIDE_LARGE_DEG = 3.0, 5.0
DOMINANT_SHARE = 0.75


@dataclass(frozen=True)
class GroupRule:
    """How far a group reaches; the defaults are fitted on observers' group totals (benchmarks/groups.py).

    Attributes:
        longitude_deg: a, along the parallels, in degrees of a great circle.
        latitude_deg: b, across them.
        foreshortening: the power of cos(rho) by which longitudes count less towards the limb, 0 to 1.
        longest_deg: width in longitude above which a cluster is cut.

    Raises:
        ValueError: a value is out of its range.
    """

    longitude_deg: float = 9.0
    latitude_deg: float = 5.0
    foreshortening: float = 1.0
    longest_deg: float = 20.0

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
    """Number the group of every spot.

    Args:
        latitude_deg, cmd_deg, rho_deg: (n,) places as of `Heliographic`; NaN where a spot has none.
        drawing: (n,) int, whatever tells the drawings apart; None: all spots are on one.

    Returns:
        (n,) int32: numbers from 1 in each drawing, from west to east by the mean of the spots' longitudes (the
        western group rose first); 0 for a spot without a place. The order of the spots does not matter.
    """
    latitude, cmd, rho = (np.atleast_1d(np.asarray(x, np.float64)) for x in (latitude_deg, cmd_deg, rho_deg))
    sheet = np.zeros(len(latitude), np.int64) if drawing is None else np.asarray(drawing).astype(np.int64)
    if not len(latitude) == len(cmd) == len(rho) == len(sheet):
        raise ValueError(f"group_spots: {len(latitude)} latitudes, {len(cmd)}, {len(rho)}, {len(sheet)}")
    number = np.zeros(len(latitude), np.int32)
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(cmd) & np.isfinite(rho))
    if not len(placed):
        return number
    placed = placed[np.lexsort((latitude[placed], cmd[placed], latitude[placed] >= 0, sheet[placed]))]
    latitude, cmd, rho, sheet = latitude[placed], cmd[placed], rho[placed], sheet[placed]
    cluster = _cut(_linked(latitude, cmd, rho, sheet, rule), cmd, rule.longest_deg)
    number[placed] = _numbered(cluster, cmd, latitude, sheet)
    return number


def _linked(
    latitude: np.ndarray, cmd: np.ndarray, rho: np.ndarray, sheet: np.ndarray, rule: GroupRule
) -> np.ndarray:
    """(n,) int32 clusters by single linkage, of spots sorted by drawing and hemisphere."""
    half = 2 * sheet + (latitude >= 0)
    # cos of the mean latitude and of the mean rho, as products of what each spot brings: no cosine a pair.
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
    edges = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.ones(len(edges[0]), bool), edges), shape=(len(cmd), len(cmd)))
    found: np.ndarray = connected_components(graph, directed=False)[1]
    return found


def _cut(cluster: np.ndarray, cmd: np.ndarray, longest_deg: float) -> np.ndarray:
    """Clusters cut at their widest gap in longitude, repeatedly, until none is wider than `longest_deg`."""
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


def _numbered(cluster: np.ndarray, cmd: np.ndarray, latitude: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """(n,) int: numbers from 1 within each drawing, from west to east."""
    _, member, spots = np.unique(cluster, return_inverse=True, return_counts=True)
    west = np.bincount(member, cmd) / spots
    north = np.bincount(member, latitude) / spots
    of_sheet = np.empty(len(spots), np.int64)
    of_sheet[member] = sheet
    order = np.lexsort((-north, -west, of_sheet))
    start, size = _runs(of_sheet[order])
    number = np.empty(len(spots), np.int64)
    number[order] = np.arange(len(order)) - np.repeat(start, size) + 1
    return number[member]


def _runs(*keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each run of equal keys starts, and its length, of arrays sorted by them."""
    changes = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    start = np.flatnonzero(np.r_[True, changes])
    return start, np.diff(np.r_[start, len(keys[0])])


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of one or many drawings, (g,) arrays, sorted by drawing and number.

    Attributes:
        drawing, number: int64, as given to and by `group_spots`.
        spots: int64, how many; area: float64, the sum of theirs, in the unit given.
        latitude_deg, cmd_deg: float64, the centre: the mean weighted by area (unweighted where no area is known).
        extent_deg: float64, width in degrees of longitude.
        largest: int64, index of the spot of largest area.
        bipolar: bool, two concentrations: longer than 3 degrees, and than 5 where one spot has 3/4 of the area.
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
    """What there is to say of every group.

    Args:
        number: (n,) int from `group_spots`; spots of number 0 are left out.
        latitude_deg, cmd_deg: (n,) places; area: (n,) >= 0, in one unit, corrected for foreshortening if possible.
        drawing: (n,) int as given to `group_spots`.
    """
    number = np.asarray(number, np.int64)
    latitude, cmd, area = (np.atleast_1d(np.asarray(x, np.float64)) for x in (latitude_deg, cmd_deg, area))
    sheet = np.zeros(len(number), np.int64) if drawing is None else np.asarray(drawing).astype(np.int64)
    order = np.flatnonzero(number)
    order = order[np.lexsort((-cmd[order], number[order], sheet[order]))]
    if not len(order):
        return Groups(*(np.zeros(0, kind) for kind in _KINDS))
    start, spots = _runs(sheet[order], number[order])
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
        drawing=sheet[order][start],
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
