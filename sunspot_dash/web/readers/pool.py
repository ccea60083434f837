"""Run functions in reader processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sunspot_dash.web.readers.process import ReaderIdle, ReaderProcess
from sunspot_dash.web.readers.slots import Busy, Slots
from sunspot_dash.workspace import Workspace

WAITING = 16  # requests that wait for a reader or for its result: fewer than the threads of the server
WAIT_SECONDS = 60.0
T = TypeVar("T")


class Readers:
    """The reader processes of one server process, started when they are needed."""

    def __init__(self, workspace: Workspace) -> None:
        self._slots = Slots(workspace.queue / "readers")
        self._places = threading.Semaphore(WAITING)
        self._idle: list[ReaderProcess] = []
        self._lock = threading.Lock()

    def run(
        self,
        function: Callable[..., T],
        *arguments: Any,
        large: bool = False,
        report: Callable[[Any], object] | None = None,
    ) -> T:
        """Return what a function returns in a reader process.

        Args:
            function: a function of a module, which does not import the web server.
            large: it needs much memory; one such function runs at a time.
            report: receives the events of a function that takes an argument `report`.

        Raises:
            Busy: others are using the readers.
            Exception: as raised by the function.
            SunspotError: the reader process died.
        """
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            with self._slots.taken(large, time.monotonic() + WAIT_SECONDS):
                while True:
                    with self._reader() as reader:
                        try:
                            found: T = reader.run(function, arguments, report)
                        except ReaderIdle:
                            continue
                        return found
        finally:
            self._places.release()

    @contextmanager
    def _reader(self) -> Iterator[ReaderProcess]:
        """Take the reader that was used last, or a new one."""
        with self._lock:
            idle = [reader for reader in self._idle if reader.is_idle()]
            reader = idle.pop() if idle else None
            self._idle = idle
        reader = reader or ReaderProcess(self._slots.descriptors)
        try:
            yield reader
        finally:
            if reader.usable:
                with self._lock:
                    self._idle.append(reader)

    def end(self) -> None:
        """End the readers without work."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()
