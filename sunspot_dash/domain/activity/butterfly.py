"""Butterfly diagram: spot latitudes over time (E. W. Maunder 1904, doi:10.1093/mnras/64.8.747)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sunspot_dash.domain.spots.latitude_limit import LATITUDE_LIMIT_DEG

MOST_CELLS = 20_000  # within the latitude limit; rows for spots beyond it are added to these
# Column widths in days: days, weeks, Carrington rotations, years.
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
    """Individual spots, n of them in order of time.

    Attributes:
        times: ISO text in UT; latitude_deg, area_msh: (n,) float64.
        keys, names: of the drawings; numbers: of the spots on their drawings.
    """

    times: Sequence[str]
    latitude_deg: np.ndarray
    area_msh: np.ndarray
    keys: Sequence[str]
    names: Sequence[str]
    numbers: Sequence[int]

    @property
    def total(self) -> int:
        """Number of spots."""
        return len(self.times)


@dataclass(frozen=True)
class ButterflyGrid:
    """Cells in latitude and time.

    Attributes:
        start: first day of the first column; columns: number of columns; width_days: width of a column.
        south_deg: southern edge of the lowest row; rows: number of rows; height_deg: height of a row.
    """

    start: np.datetime64
    columns: int
    width_days: float
    south_deg: float
    rows: int
    height_deg: float

    @classmethod
    def over(cls, first: str, last: str) -> ButterflyGrid:
        """Return the finest grid between two ISO dates with at most MOST_CELLS cells within the latitude limit."""
        start = np.datetime64(first, "D")
        days = int((np.datetime64(last, "D") - start).astype(int)) + 1
        for width in WIDTHS_DAYS:
            # Cells should look roughly square, so long periods get higher rows.
            height = HEIGHTS_DEG[0] if width < 54 else HEIGHTS_DEG[1] if width < 700 else HEIGHTS_DEG[2]
            rows_per_hemisphere = int(np.ceil(LATITUDE_LIMIT_DEG / height))
            columns = int(np.ceil(days / width))
            if 2 * rows_per_hemisphere * columns <= MOST_CELLS:
                break
        return cls(start, columns, width, -rows_per_hemisphere * height, 2 * rows_per_hemisphere, height)


@dataclass(frozen=True, eq=False)
class ButterflyCells:
    """Number and area of the spots in each cell.

    Attributes:
        spots: (rows, columns) int64, from south to north and in order of time.
        area_msh: total area, float64, same shape.
        total: number of spots in all cells.
    """

    grid: ButterflyGrid
    spots: np.ndarray
    area_msh: np.ndarray
    total: int = field(default=0)
