"""Ctrl-C and SIGTERM, for the commands that run until they are asked to end."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable


def asked_to_end() -> Callable[[float | None], bool]:
    """Take both signals from now on; returns what waits for one of them, some seconds or for ever: has it come?

    The handler raises nothing and calls nothing of ours: the code that it interrupts may hold the very lock that
    ending needs, or be a place where Python drops exceptions.
    """
    asked, ask = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(ask, b"."))
    return lambda seconds: bool(select.select([asked], [], [], seconds)[0])
