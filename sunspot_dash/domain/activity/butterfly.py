"""The butterfly diagram: at which latitudes spots stand over time (E. W. Maunder 1904, doi:10.1093/mnras/64.8.747)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sunspot_dash.domain.spots.latitude_limit import LATITUDE_LIMIT_DEG

MOST_CELLS = 20_000  # if spots fill the belts of activity; some more, where there are some beyond
# Widths of a cell in days, from the finest: days, weeks, Carrington rotations, years.
WIDTHS_DAYS = (
    1.0,
    3.5,
    7.0,
    14.0,
    27.2753,
    54.5506,
    81.8259,
    136.3765,
    182.625,
    365.25,
    730.5,
    1826.25,
    3652.5,
)
HEIGHTS_DEG = (1.0, 2.0, 5.0)


@dataclass(frozen=True, eq=False)
class ButterflySpots:
    """Single spots, n of them in the order of their times.

    Attributes:
        times: ISO text in UT; latitude_deg, area_msh: (n,) float64.
        keys, names: of the drawings; numbers: of the spots on them.
    """

    times: Sequence[str]
    latitude_deg: np.ndarray
    area_msh: np.ndarray
    keys: Sequence[str]
    names: Sequence[str]
    numbers: Sequence[int]

    @property
    def total(self) -> int:
        """How many spots there are."""
        return len(self.times)


@dataclass(frozen=True)
class ButterflyGrid:
    """Cells of latitude and time.

    Attributes:
        start: the day on which the first column begins; columns: how many there are; width_days: of one.
        south_deg: where the lowest row begins; rows: how many; height_deg: of one.
    """

    start: np.datetime64
    columns: int
    width_days: float
    south_deg: float
    rows: int
    height_deg: float

    @classmethod
    def over(cls, first: str, last: str) -> ButterflyGrid:
        """The finest grid from one ISO date to another that has at most MOST_CELLS cells in the belts of spots."""
        start = np.datetime64(first, "D")
        days = int((np.datetime64(last, "D") - start).astype(int)) + 1
        for width in WIDTHS_DAYS:
            # Over decades a degree is too fine: the eye wants cells about as high as wide.
            height = HEIGHTS_DEG[0] if width < 54 else HEIGHTS_DEG[1] if width < 700 else HEIGHTS_DEG[2]
            belts = int(np.ceil(LATITUDE_LIMIT_DEG / height))
            columns = int(np.ceil(days / width))
            if 2 * belts * columns <= MOST_CELLS:
                break
        return cls(start, columns, width, -belts * height, 2 * belts, height)


@dataclass(frozen=True, eq=False)
class ButterflyCells:
    """How much there is in each cell.

    Attributes:
        spots: (rows, columns) int64, from the south and from the first on; area_msh: the same, float64, their sum.
    """

    grid: ButterflyGrid
    spots: np.ndarray
    area_msh: np.ndarray
    total: int = field(default=0)
