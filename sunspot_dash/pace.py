"""How much longer long work takes."""

from __future__ import annotations

import time


class Pace:
    """Seconds left of work that goes in units of like size.

    The first unit does not count: it loads, compiles and warms up, and would make the estimate far too long.
    """

    def __init__(self) -> None:
        self._first: tuple[int, float] | None = None

    def left(self, done: int, of: int) -> float | None:
        """Seconds left after `done` of `of` units; None while it cannot be told."""
        now = time.monotonic()
        if self._first is None:
            self._first = (done, now)
        units, since = self._first
        return (now - since) / (done - units) * (of - done) if done > units else None
