"""How much longer long work takes."""

from __future__ import annotations

import time
from itertools import combinations
from statistics import median

MARKS = 24


class RemainingTime:
    """Seconds left of work that goes in units.

    The pace is the median of those between any two of up to MARKS moments, spread evenly over the time since the first
    unit (Theil-Sen, doi:10.1080/01621459.1968.10480934): a stall moves it little, a break after every hundred units
    counts as often as it comes. The first unit loads, compiles and warms up, and does not count.
    """

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []
        self._apart = 0.0

    def left(self, done: int, of: int) -> float | None:
        """Seconds left after `done` of `of` units; None while it cannot be told."""
        now = time.monotonic()
        paces = [
            (later - earlier) / (more - less)
            for (earlier, less), (later, more) in combinations([*self._marks, (now, done)], 2)
            if more > less
        ]
        if not self._marks or now - self._marks[-1][0] >= self._apart:
            self._mark(now, done)
        return median(paces) * (of - done) if paces else None

    def _mark(self, now: float, done: int) -> None:
        self._marks.append((now, done))
        if len(self._marks) > MARKS:
            del self._marks[1::2]
            self._apart = 2 * (now - self._marks[0][0]) / MARKS
