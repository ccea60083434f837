"""Ctrl-C and SIGTERM for commands that run until they are stopped, and the end of their process."""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress


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


def end_without_finalizing() -> Callable[[], object]:
    """Prepare an end at which Python runs its exit handlers but does not finalize; return a function that chooses it.

    When Python finalizes, it ends daemon threads in the middle of whatever they do. A request that is still in a C++
    library then aborts the process, with status 134 instead of 0.

    Call it before the modules that register exit handlers are imported: handlers run in reverse order, this one last.
    """
    chosen: list[bool] = []

    def end() -> None:
        if chosen:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):
                    stream.flush()
            os._exit(0)

    atexit.register(end)
    return lambda: chosen.append(True)
