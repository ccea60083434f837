"""Ctrl-C and SIGTERM, for the commands that run until they are asked to end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable


def asked_to_end() -> Callable[[], object]:
    """Take both signals from now on; returns what waits until one of them has come.

    The handler raises nothing and calls nothing of ours: the code that it interrupts may hold the very lock that
    ending needs, or be a place where Python drops exceptions.
    """
    asked, ask = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(ask, b"."))
    return lambda: os.read(asked, 1)
