"""Estimate the remaining time of long work."""

from __future__ import annotations

import time
from itertools import combinations
from statistics import median

MARKS = 24


class RemainingTime:
    """Estimates the remaining seconds of work that consists of units.

    The seconds per unit are the median of the slopes between all pairs of up to MARKS times, spread evenly since the
    first unit (Theil-Sen, doi:10.1080/01621459.1968.10480934): a single stall hardly changes the estimate, but regular
    pauses do. The first unit is ignored, as it includes loading, compiling and warming up.
    """

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []
        self._interval = 0.0

    def left(self, done: int, of: int) -> float | None:
        """Return the seconds left after `done` of `of` units, None while they cannot be estimated."""
        now = time.monotonic()
        slopes = [
            (later - earlier) / (more - less)
            for (earlier, less), (later, more) in combinations([*self._marks, (now, done)], 2)
            if more > less
        ]
        if not self._marks or now - self._marks[-1][0] >= self._interval:
            self._mark(now, done)
        return median(slopes) * (of - done) if slopes else None

    def _mark(self, now: float, done: int) -> None:
        self._marks.append((now, done))
        if len(self._marks) > MARKS:
            del self._marks[1::2]
            self._interval = 2 * (now - self._marks[0][0]) / MARKS
