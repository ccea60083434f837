"""Region of the disk, by distance from the centre, position angle and heliographic latitude."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Any

# (r/R from, r/R to, position angle where it begins in degrees, width in degrees)
Cell = tuple[float, float, float, float]


@dataclass(frozen=True)
class Region:
    """A sector of a ring, optionally limited in latitude; None means no limit.

    Attributes:
        r_from, r_to: distance from the centre over R, 0 or more.
        pa_from, pa_to: position angle in degrees, 0 to 360; the region spans north where `pa_from` > `pa_to`.
        b_from, b_to: heliographic latitude in degrees, -90 to 90; excludes spots without a latitude.
    """

    r_from: float | None = None
    r_to: float | None = None
    pa_from: float | None = None
    pa_to: float | None = None
    b_from: float | None = None
    b_to: float | None = None

    @classmethod
    def read(
        cls, r_from: Any, r_to: Any, pa_from: Any, pa_to: Any, b_from: Any = None, b_to: Any = None
    ) -> Region:
        """Create a region from untrusted values: invalid ones set no limit; limits other than angles are sorted."""
        radii = _ordered(_number(r_from, 10), _number(r_to, 10))
        latitudes = _ordered(_number(b_from, 90, -90), _number(b_to, 90, -90))
        return cls(*radii, _number(pa_from, 360), _number(pa_to, 360), *latitudes)

    @classmethod
    def around(cls, cells: Iterable[Cell]) -> Region:
        """Return the smallest region that contains all cells (zero-sized for spots), rounded outwards.

        Its position angles exclude the widest gap between the cells.

        Raises:
            ValueError: there are no cells.
        """
        cells = list(cells)
        if not cells:
            raise ValueError("region: no cells given, expected at least one")
        arcs = sorted((start % 360, start % 360 + width) for *_, start, width in cells)
        end = max(arcs[0][1], max(to for _, to in arcs) - 360)  # an arc may pass north and overlap the first
        gaps = []
        for start, to in [*arcs[1:], (arcs[0][0] + 360, 0.0)]:
            gaps.append((start - end, end, start))
            end = max(end, to)
        gap, pa_to, pa_from = max(gaps)
        r_from = floor(min(cell[0] for cell in cells) * 1000) / 1000
        r_to = ceil(max(cell[1] for cell in cells) * 1000) / 1000
        if gap <= 0:
            return cls(r_from, r_to)
        first, last = floor(pa_from % 360 * 10) / 10, ceil(pa_to * 10) / 10
        return cls(r_from, r_to, first, last if last <= 360 else round(last - 360, 1))

    @property
    def whole(self) -> bool:
        """Whether the region is the whole disk."""
        return self == Region()

    @property
    def through_north(self) -> bool:
        """Whether the position angles span north."""
        return self.pa_from is not None and self.pa_to is not None and self.pa_from > self.pa_to

    @property
    def arc(self) -> tuple[float, float]:
        """First position angle, and the span in degrees (more than 0)."""
        start = self.pa_from or 0.0
        end = 360.0 if self.pa_to is None else self.pa_to
        return start, max(end - start + 360 * self.through_north, 0.1)

    def rings(self, limb: float = 1.0) -> tuple[float, float]:
        """Return inner and outer radius, r/R; without an outer limit, the limb is the outer one."""
        inner = self.r_from or 0.0
        return inner, max(limb if self.r_to is None else self.r_to, inner + 0.001)

    def describe(self) -> str:
        """Return a description such as 'r/R 0.5 to 0.8, position angle 350° to 20°'; '' for the whole disk."""
        parts = []
        if (self.r_from, self.r_to) != (None, None):
            parts.append(f"r/R {_span(self.r_from, self.r_to, '')}")
        if (self.pa_from, self.pa_to) != (None, None):
            north = " through north" if self.through_north else ""
            parts.append(f"position angle {_span(self.pa_from, self.pa_to, '°')}{north}")
        if (self.b_from, self.b_to) != (None, None):
            parts.append(f"latitude {_span(self.b_from, self.b_to, '°')}")
        return ", ".join(parts)


def _ordered(first: float | None, last: float | None) -> tuple[float | None, float | None]:
    if first is None or last is None:
        return first, last
    return min(first, last), max(first, last)


def _number(value: Any, most: float, least: float = 0) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) and least <= number <= most else None


def _span(first: float | None, last: float | None, unit: str) -> str:
    if first is None:
        return f"up to {last:g}{unit}"
    return f"from {first:g}{unit}" if last is None else f"{first:g}{unit} to {last:g}{unit}"
