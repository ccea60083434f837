"""Wait for a condition for as long as the slowest machine may need."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 600.0


def wait_for(met: Callable[[], object], otherwise: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition is met; after `seconds`, fail with the message `otherwise`."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"{otherwise} after {seconds:g} s"
        time.sleep(0.02)
