"""The link of a process to the queue's storage: translate errors, wait for an outage to end, repair what is lost."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from redis.exceptions import RedisError

from sunspot_dash.errors import QueueError, QueueUnavailableError, WorkspaceError
from sunspot_dash.files import NO_SPACE

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # between two tries, seconds
STOP_SECONDS = 0.2  # between two questions whether to stop waiting
DISK_FULL = "the disk is full: nothing was changed; free some space and try again"
CHECK_FOLDER = "check the disk and the permissions of the folder 'queue'"
Found = TypeVar("Found")


class DamagedError(QueueError):
    """The storage is lost or not a valid database: replace it and rebuild the ledger (jobs/recovery.py)."""


@dataclass(frozen=True)
class Patience:
    """How long a process waits while the queue cannot be reached.

    Attributes:
        seconds: from the first call of an outage that fails; 0 to raise the error at once.
        log: receives a line when an outage begins and when it ends.
        should_stop: returns whether to give up before the time is over.
    """

    seconds: float = 0.0
    log: Callable[[str], object] = lambda line: None
    should_stop: Callable[[], bool] = lambda: False


class Link:
    """Makes the calls of the storage for one process; its threads share the outages and the repair.

    Args:
        name: of the queue, for messages.
        patience: by default errors are raised at once.
        repair: replaces a lost or damaged storage; by default the error is raised.
    """

    def __init__(
        self,
        name: str,
        patience: Patience | None = None,
        repair: Callable[[DamagedError], object] | None = None,
    ) -> None:
        self._name = name
        self._patience = patience or Patience()
        self._lock = threading.Lock()
        self._probing = threading.Lock()
        self._failing_since: float | None = None
        self._error: QueueUnavailableError | None = None  # of the outage
        self.repair = repair

    def call(self, call: Callable[[], Found]) -> Found:
        """Return the result of a call, repeated while the queue cannot be reached, and once after a repair.

        Raises:
            QueueUnavailableError: the queue cannot be reached, and the patience is over.
            DamagedError: the storage is lost or damaged, and cannot be repaired.
            WorkspaceError: the disk is full.
        """
        if self._error is None or self._patience.seconds:
            return self._repeated(call)
        # One thread finds out whether the outage is over: each call may take seconds until it fails.
        if not self._probing.acquire(blocking=False):
            raise self._error.with_traceback(None)
        try:
            return self._repeated(call)
        finally:
            self._probing.release()

    def _repeated(self, call: Callable[[], Found]) -> Found:
        pause, repaired = FIRST_PAUSE, False
        while True:
            try:
                with translated_errors(self._name):
                    found = call()
            except DamagedError as error:
                if self.repair is None or repaired:
                    raise
                self.repair(error)
                repaired = True
            except QueueUnavailableError as error:
                self._wait(error, pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                self._answered()
                return found

    def _wait(self, error: QueueUnavailableError, pause: float) -> None:
        """Wait before the next try; raise the error if the patience is over."""
        with self._lock:
            self._error = error
            begins = self._failing_since is None
            self._failing_since = since = (
                time.monotonic() if self._failing_since is None else self._failing_since
            )
        if begins and self._patience.seconds:
            self._patience.log(error.retrying)
        until = time.monotonic() + pause
        while True:
            now = time.monotonic()
            if now - since >= self._patience.seconds or self._patience.should_stop():
                raise error
            if now >= until:
                return
            time.sleep(min(STOP_SECONDS, until - now))

    def _answered(self) -> None:
        if self._failing_since is None:
            return
        with self._lock:
            ends, self._failing_since, self._error = self._failing_since is not None, None, None
        if ends and self._patience.seconds:
            self._patience.log("the queue answers again")


@contextmanager
def translated_errors(name: str) -> Iterator[None]:
    """Turn errors of SQLite, Redis and the disk into those of this program.

    Raises:
        QueueUnavailableError: the queue cannot be reached now, but perhaps later.
        DamagedError: its storage is lost or damaged.
        WorkspaceError: the disk is full.
    """
    try:
        yield
    except RedisError as error:
        raise QueueUnavailableError(name, str(error), "start Redis, or check SUNSPOT_QUEUE") from error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:  # without the extended part
            raise WorkspaceError(DISK_FULL) from error
        if "no such table" in str(error):
            raise DamagedError(f"the queue's file is damaged ({error})") from error
        raise QueueUnavailableError(name, str(error), CHECK_FOLDER) from error
    except sqlite3.DatabaseError as error:
        raise DamagedError(f"the queue's file is damaged ({error})") from error
    except OSError as error:
        if error.errno in NO_SPACE:
            raise WorkspaceError(DISK_FULL) from error
        raise QueueUnavailableError(name, error.strerror or str(error), CHECK_FOLDER) from error
