"""Sunspot number R = k (10 g + s) of g groups and s spots (R. Wolf; doi:10.1007/s11207-014-0584-z).

Spots are umbrae, as labelled and as counted by the USET observers; penumbrae are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sunspot_dash.domain.activity.groups import Groups


def wolf(groups: ArrayLike, spots: ArrayLike, k: float = 1.0) -> np.ndarray:
    """Return R = k (10 g + s), float64 with the shape of the arguments."""
    number: np.ndarray = k * (10.0 * np.asarray(groups, np.float64) + np.asarray(spots, np.float64))
    return number


@dataclass(frozen=True, eq=False)
class Counts:
    """Counts per drawing, (d,) int64 each; a group belongs to the hemisphere of its centre.

    Attributes:
        groups, spots: of the whole disk; a spot without a position counts, but belongs to no group or hemisphere.
        north_groups, north_spots, south_groups, south_spots: of the hemispheres; the equator counts as north.
    """

    groups: np.ndarray
    spots: np.ndarray
    north_groups: np.ndarray
    north_spots: np.ndarray
    south_groups: np.ndarray
    south_spots: np.ndarray

    def number(self, k: float = 1.0) -> np.ndarray:
        """Return the sunspot number of the disk, (d,) float64."""
        return wolf(self.groups, self.spots, k)

    def north(self, k: float = 1.0) -> np.ndarray:
        """Return the sunspot number of the northern hemisphere, (d,) float64."""
        return wolf(self.north_groups, self.north_spots, k)

    def south(self, k: float = 1.0) -> np.ndarray:
        """Return the sunspot number of the southern hemisphere, (d,) float64."""
        return wolf(self.south_groups, self.south_spots, k)


def count(groups: Groups, spots: ArrayLike) -> Counts:
    """Count groups and spots of drawings 0 to d - 1.

    Args:
        groups: their groups; `groups.drawing` is 0 to d - 1, and a drawing may have none.
        spots: (d,) int, number of spots on each drawing, 0 for a blank disk.

    Raises:
        ValueError: a group refers to a drawing that does not exist, or has more spots than its drawing.
    """
    total = np.atleast_1d(np.asarray(spots, np.int64))
    if len(groups.drawing) and not 0 <= groups.drawing.min() <= groups.drawing.max() < len(total):
        raise ValueError(
            f"count: groups refer to drawing {groups.drawing.max()}, but there are only {len(total)} drawings"
        )
    north = groups.latitude_deg >= 0

    def summed(which: np.ndarray, weight: np.ndarray) -> np.ndarray:
        # Sums of small integers are exact in float64.
        return np.bincount(groups.drawing[which], weight[which], minlength=len(total)).astype(np.int64)

    one = np.ones(len(north), np.int64)
    counts = Counts(
        groups=summed(north, one) + summed(~north, one),
        spots=total,
        north_groups=summed(north, one),
        north_spots=summed(north, groups.spots),
        south_groups=summed(~north, one),
        south_spots=summed(~north, groups.spots),
    )
    if (counts.north_spots + counts.south_spots > total).any():
        raise ValueError("count: a drawing's groups have more spots than the drawing")
    return counts
