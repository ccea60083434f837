"""The server's end of one reader process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sunspot_dash.errors import SunspotError
from sunspot_dash.web.readers.child import RAISED, REPORT

ROOT = Path(__file__).resolve().parents[3]
QUIET_SECONDS = 180.0  # without a message, after which a reader is ended
KEPT_BYTES = 250 * 2**20  # a reader that still holds more after its work is ended
# Without these, the allocator keeps the memory of a picture for the next one.
ALLOCATOR = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
DIED = "the file could not be read (its reader {}): try again, or scan it at a lower resolution"


class ReaderProcess:
    """A process that runs one function at a time (see `child`)."""

    def __init__(self, inherited: list[int]) -> None:
        """Start the process, which inherits some open files."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sunspot_dash.web.readers.child", str(theirs.fileno())],
                cwd=ROOT,
                env=os.environ | ALLOCATOR | THREADS,
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), *inherited),
                start_new_session=True,
            )
        self._connection = Connection(ours.detach())
        self.usable = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_idle(self) -> bool:
        """Whether the process waits for work; it ends by itself after a while."""
        return self.usable and self._process.poll() is None

    def run(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], report: Callable[[Any], object] | None
    ) -> Any:
        """Return what a function returns in the process.

        Args:
            report: receives the events of a function that takes an argument `report`.

        Raises:
            Exception: as raised by the function.
            SunspotError: the process died, or was ended since it took too long.
            ReaderIdle: the process had ended by itself before it received the request.
        """
        try:
            kind, content = self._exchange((function, arguments, report is not None), report)
        except (EOFError, OSError) as error:
            if self._ended() == 0:
                raise ReaderIdle from error
            raise SunspotError(DIED.format("ran out of memory or crashed")) from error
        except BaseException:
            self.end()
            raise
        if kind == RAISED:
            raise content
        return content

    def _exchange(self, request: tuple[Any, ...], report: Callable[[Any], object] | None) -> tuple[str, Any]:
        self._connection.send(request)
        while self._connection.poll(QUIET_SECONDS):
            kind, content, resident = self._connection.recv()
            if kind != REPORT:
                if resident > KEPT_BYTES:
                    self.end()
                return kind, content
            assert report is not None
            report(content)
        raise SunspotError(DIED.format(f"did not finish within {QUIET_SECONDS:.0f} s"))

    def _ended(self) -> int:
        """Return the exit status of a process that has closed its end of the socket."""
        self.usable = False
        self._connection.close()
        return self._process.wait()

    def end(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._ended()


class ReaderIdle(Exception):
    """A reader process had ended by itself, before it received a request."""
