"""The sunspot number: R = k (10 g + s), with g groups and s spots (R. Wolf; doi:10.1007/s11207-014-0584-z).

Spots are umbrae, as the labels and the USET's observers count them: rings of penumbra are none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sunspot_dash.domain.activity.groups import Groups


def wolf(groups: ArrayLike, spots: ArrayLike, k: float = 1.0) -> np.ndarray:
    """R = k (10 g + s), float64 of the arguments' shape."""
    number: np.ndarray = k * (10.0 * np.asarray(groups, np.float64) + np.asarray(spots, np.float64))
    return number


@dataclass(frozen=True, eq=False)
class Counts:
    """Counts of drawings, (d,) int64 each; those of the hemispheres by the latitude of the group's centre.

    Attributes:
        groups, spots: of the whole disk; a spot without a place counts as a spot, in no group or hemisphere.
        north_groups, north_spots, south_groups, south_spots: of the hemispheres; the equator is north.
    """

    groups: np.ndarray
    spots: np.ndarray
    north_groups: np.ndarray
    north_spots: np.ndarray
    south_groups: np.ndarray
    south_spots: np.ndarray

    def number(self, k: float = 1.0) -> np.ndarray:
        """(d,) float64, the sunspot number of the disk."""
        return wolf(self.groups, self.spots, k)

    def north(self, k: float = 1.0) -> np.ndarray:
        """(d,) float64, the sunspot number of the northern hemisphere."""
        return wolf(self.north_groups, self.north_spots, k)

    def south(self, k: float = 1.0) -> np.ndarray:
        """(d,) float64, the sunspot number of the southern hemisphere."""
        return wolf(self.south_groups, self.south_spots, k)


def count(groups: Groups, spots: ArrayLike) -> Counts:
    """The counts of drawings 0 to d - 1.

    Args:
        groups: of these drawings: `groups.drawing` are 0 to d - 1; a drawing without a group has none.
        spots: (d,) int, how many spots are on each drawing, 0 on a blank disk.

    Raises:
        ValueError: a group belongs to no drawing, or has more spots than its drawing.
    """
    total = np.atleast_1d(np.asarray(spots, np.int64))
    if len(groups.drawing) and not 0 <= groups.drawing.min() <= groups.drawing.max() < len(total):
        raise ValueError(
            f"count: groups of drawings up to {groups.drawing.max()}, spots of {len(total)} drawings"
        )
    north = groups.latitude_deg >= 0

    def summed(which: np.ndarray, weight: np.ndarray) -> np.ndarray:
        # Sums of whole numbers this small are exact in float64.
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
