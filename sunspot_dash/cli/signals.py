"""Ctrl-C and SIGTERM for commands that run until they are stopped."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable


def catch_stop_signals() -> Callable[[float | None], bool]:
    """Catch both signals from now on; return a function that waits for one and returns whether it came.

    The function takes a timeout in seconds, or None to wait forever.

    The handler raises nothing and calls no code of ours: the code that it interrupts may hold a lock that stopping
    needs, or may be a place where Python ignores exceptions.
    """
    received, send = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(send, b"."))
    return lambda seconds: bool(select.select([received], [], [], seconds)[0])
