"""One attempt at a job, as its process sees it: the requests of the worker, the fence, the reports and the log."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from jobs.job import EVENTS, Job
from jobs.ledger import Ledger
from jobs.link import DamagedError
from sunspot_dash.errors import QueueError, QueueUnavailableError, SunspotError
from sunspot_dash.files import writing
from sunspot_dash.progress import ProgressLines

REPORT_SECONDS = 0.5  # least time between two recorded events of the same kind
CHECK_SECONDS = 1.0  # between two checks that this attempt is still current
UNUSABLE = (QueueUnavailableError, DamagedError)  # not the fault of the job


class SupersededError(Exception):
    """Another attempt has taken over: this one must not write any more."""


class LogStream(io.RawIOBase):
    """Standard output and standard error, into the job's log; a full disk drops lines and is not an error."""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1

    def write(self, text: Any) -> int:
        with suppress(OSError):
            os.write(1, text)
        return len(text)


class Requests:
    """Requests of the worker, read from standard input; when the input ends, the whole process group is killed."""

    def __init__(self) -> None:
        self.cancel = self.stop = self.give_way = False
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while line := os.read(0, 64):
            for word in line.decode().split():
                self.cancel |= word == "cancel"
                self.stop |= word == "stop"
                self.give_way = {"yield": True, "stay": False}.get(word, self.give_way)
        os.killpg(0, signal.SIGKILL)


class Attempt:
    """The callables that one attempt at a job gets: `fence`, `should_stop` and `report`."""

    def __init__(self, ledger: Ledger, job: Job, requests: Requests, helps: bool) -> None:
        self._ledger, self._job, self._requests, self._helps = ledger, job, requests, helps
        self._checked_at = time.monotonic()
        self._reported_at: dict[str, float] = {}  # by kind of event
        self._progress_mark = 0.0
        self._lines = ProgressLines(print)
        self.yields = False
        folder = ledger.folder(job.number)
        with writing(folder / EVENTS):
            folder.mkdir(parents=True, exist_ok=True)
            # Unbuffered: a line is written completely or not at all, whatever happens next.
            self._events = (folder / EVENTS).open("ab", buffering=0)

    def fence(self) -> None:
        """Raise SupersededError unless this attempt is still current."""
        try:
            job = self._ledger.get(self._job.number)
            if not job.runs_attempt(self._job.attempt):
                job = self._ledger.current(self._job.number)
        except UNUSABLE:
            raise
        except QueueError as error:  # the job was deleted
            raise SupersededError from error
        self._checked_at = time.monotonic()
        if not job.runs_attempt(self._job.attempt):
            raise SupersededError

    def should_stop(self) -> bool:
        """Return whether the job should stop: cancelled, stopped or yielding."""
        if time.monotonic() - self._checked_at > CHECK_SECONDS:
            self.fence()
        return self._requests.cancel or self._requests.stop or self.yields

    def report(self, event: dict[str, Any]) -> None:
        """Log an event; record it as progress, except frequent events within REPORT_SECONDS."""
        kind, now = event["kind"], time.monotonic()
        if kind in ("epoch", "unit"):  # a checkpoint has been written, so the job may yield now
            self.yields = self._requests.give_way
        self._progress_mark = max(self._progress_mark, _progress_mark(event))
        self._lines(event)
        # The first and the last of a series are always recorded.
        frequent = "of" in event and 1 < event.get("step", event.get("done", 0)) < event["of"]
        if frequent and now - self._reported_at.get(kind, -REPORT_SECONDS) < REPORT_SECONDS:
            return
        self._reported_at[kind] = now
        if self._helps:
            return
        stamp = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "attempt": self._job.attempt}
        try:
            self._append(json.dumps({**stamp, **event}).encode() + b"\n")
            self._ledger.set_progress(self._job.number, {**event, "mark": self._progress_mark})
        except UNUSABLE:
            raise
        except (OSError, SunspotError) as error:
            print(f"progress was not recorded: {error}")

    def _append(self, line: bytes) -> None:
        before = os.fstat(self._events.fileno()).st_size
        if self._events.write(line) < len(line):  # the disk is full: the next event begins a line of its own
            self._events.truncate(before)


def _progress_mark(event: dict[str, Any]) -> float:
    """Return a number that grows with durable work: epochs or drawings."""
    if event["kind"] == "epoch":
        return float(event["epoch"])
    return float(event["done"]) if event["kind"] in ("drawing", "unit") else 0.0
