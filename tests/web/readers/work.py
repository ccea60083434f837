"""Functions that tests run in reader processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable


def set_idle_seconds(seconds: float) -> int:
    """Let this reader end after fewer seconds without work; return its process id."""
    sys.modules["__main__"].IDLE_SECONDS = seconds  # type: ignore[attr-defined]
    return os.getpid()


def loaded_modules() -> list[str]:
    """Return the modules that are imported once every service the pages use is."""
    import sunspot_dash.services.dataset.uploads
    import sunspot_dash.services.drawing.tilt  # noqa: F401

    return list(sys.modules)


def die(*_: object, report: Callable[[object], object]) -> None:
    """Die as a decoder does on a file that it cannot stand."""
    os.kill(os.getpid(), signal.SIGKILL)


def count_to(number: int, report: Callable[[int], object]) -> str:
    for reached in range(number):
        report(reached + 1)
    return "counted"


def say_and_wait(report: Callable[[int], object]) -> None:
    report(os.getpid())
    signal.pause()
