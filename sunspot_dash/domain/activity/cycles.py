"""Solar cycles, which begin at the minima of the 13-month smoothed sunspot number.

The minima are SILSO's, of version 2 of the sunspot number (https://www.sidc.be/SILSO/cyclesmm).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FIRST = 7  # number of the first cycle below; no series of drawings is older
MINIMA = (
    "1823-05", "1833-11", "1843-07", "1855-12", "1867-03", "1878-12", "1890-03", "1902-01", "1913-07", "1923-08",
    "1933-09", "1944-02", "1954-04", "1964-10", "1976-03", "1986-09", "1996-08", "2008-12", "2019-12",
)  # fmt: skip


class Cycle(NamedTuple):
    """A solar cycle with its first and last day (ISO dates); `last` is "" for the one that still runs."""

    number: int
    first: str
    last: str


def _cycles() -> tuple[Cycle, ...]:
    begins = [f"{month}-01" for month in MINIMA]
    ends = [str(np.datetime64(begin) - 1) for begin in begins[1:]] + [""]
    return tuple(Cycle(FIRST + at, *days) for at, days in enumerate(zip(begins, ends, strict=True)))


CYCLES = _cycles()


def cycles_within(first: str, last: str) -> list[Cycle]:
    """Return the cycles that overlap with a period (ISO dates), oldest first."""
    return [cycle for cycle in CYCLES if cycle.first <= last and (not cycle.last or cycle.last >= first)]
