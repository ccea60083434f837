"""The bound on work in reader processes, shared by all server processes of a workspace.

A slot is a lock file. Its open file is inherited by the reader processes, so it stays locked until the reader has
ended, even if the server is killed.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sunspot_dash.errors import SunspotError

SLOTS = 3  # pictures and label files read at once, one of them large
POLL_SECONDS = 0.05
RETRY_SECONDS = 2  # after which a client that was refused should ask again


class Busy(SunspotError):
    """Too much is being read: the client should ask again a little later."""

    def __init__(self) -> None:
        super().__init__("the server is reading other pictures or labels: try again in a moment")

    def __reduce__(self) -> tuple[type[Busy], tuple[()]]:
        return Busy, ()


class Slots:
    """SLOTS lock files in a folder, and one more that large files need in addition."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._large = _LockFiles([folder / "large.lock"])
        self._any = _LockFiles([folder / f"{number}.lock" for number in range(SLOTS)])

    @property
    def descriptors(self) -> list[int]:
        """The open files, to be inherited by reader processes."""
        return [*self._large.descriptors, *self._any.descriptors]

    @contextmanager
    def taken(self, large: bool, until: float) -> Iterator[None]:
        """Hold a slot; wait for one until a time of `time.monotonic`.

        Raises:
            Busy: none became free in time.
        """
        if not large:
            with self._any.held(until):
                yield
        else:
            with self._large.held(until), self._any.held(until):
                yield


class _LockFiles:
    """Equal lock files, of which a thread holds one."""

    def __init__(self, paths: list[Path]) -> None:
        self.descriptors = [os.open(path, os.O_RDWR | os.O_CREAT, 0o666) for path in paths]
        self._free = set(self.descriptors)  # not held by a thread of this process
        self._changed = threading.Condition()

    @contextmanager
    def held(self, until: float) -> Iterator[None]:
        descriptor = self._take(until)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            with self._changed:
                self._free.add(descriptor)
                self._changed.notify()

    def _take(self, until: float) -> int:
        with self._changed:
            while True:
                for descriptor in self._free:
                    if _lock(descriptor):
                        self._free.remove(descriptor)
                        return descriptor
                if time.monotonic() > until:
                    raise Busy
                # Another process gives no notice.
                self._changed.wait(POLL_SECONDS if self._free else until - time.monotonic())


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
