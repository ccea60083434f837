"""The process of one attempt at one job: `python -m jobs.runner --help` tells how a worker starts it.

It lives as long as its worker: the worker holds the other end of its standard input, writes `cancel`, `stop`, `yield`
or `stay` there, and when that end closes, however the worker died, this process dies too.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs import tasks
from jobs.chunks import Chunks
from jobs.job import CANCELLED, CANCELLING, DONE, EVENTS, FAILED, RUNNING, Job
from jobs.ledger import Ledger
from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.errors import QueueError, Stopped, SunspotError, WorkspaceError
from sunspot_dash.progress import ProgressLines
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

TOLD_SECONDS = 0.5  # between two events of the same kind
LOOK_SECONDS = 1.0  # between two looks whether this attempt is still the one
SETTLE_SECONDS = 60.0  # for the ledger to answer, at the end


class SupersededError(Exception):
    """Another attempt has taken over: this one writes no more."""


class Wishes:
    """What the worker asks for through standard input; at its end the whole process group is killed."""

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
    """One attempt, as the job's work sees it."""

    def __init__(self, ledger: Ledger, job: Job, wishes: Wishes, helps: bool) -> None:
        self._ledger, self._job, self._wishes, self._helps = ledger, job, wishes, helps
        self._looked = time.monotonic()
        self._told: dict[str, float] = {}
        self._mark = 0.0
        self._lines = ProgressLines(print)
        self.yields = False
        folder = ledger.folder(job.number)
        folder.mkdir(parents=True, exist_ok=True)
        # Unbuffered: a line is there whole, or not at all, whatever happens next.
        self._events = (folder / EVENTS).open("ab", buffering=0)

    def fence(self) -> None:
        """Raise SupersededError unless this is still the attempt that runs; waits while that cannot be told."""
        while True:
            try:
                job = self._ledger.get(self._job.number)
                break
            except QueueError:
                time.sleep(LOOK_SECONDS)
        self._looked = time.monotonic()
        if job.attempt != self._job.attempt or job.state not in (RUNNING, CANCELLING):
            raise SupersededError

    def should_stop(self) -> bool:
        if time.monotonic() - self._looked > LOOK_SECONDS:
            self.fence()
        return self._wishes.cancel or self._wishes.stop or self.yields

    def report(self, event: dict[str, Any]) -> None:
        kind, now = event["kind"], time.monotonic()
        if kind in ("epoch", "unit"):  # a checkpoint is written: the moment to give way
            self.yields = self._wishes.give_way
        self._mark = max(self._mark, _mark(event))
        self._lines(event)
        # The first and the last of many are told, and of the others one now and then.
        frequent = "of" in event and 1 < event.get("step", event.get("done", 0)) < event["of"]
        if frequent and now - self._told.get(kind, -TOLD_SECONDS) < TOLD_SECONDS:
            return
        self._told[kind] = now
        if self._helps:
            return
        stamp = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "attempt": self._job.attempt}
        try:
            self._events.write(json.dumps({**stamp, **event}).encode() + b"\n")
            self._ledger.set_progress(self._job.number, {**event, "mark": self._mark})
        except (OSError, SunspotError) as error:
            print(f"progress was not noted: {error}")


def _mark(event: dict[str, Any]) -> float:
    """A number that grows as durable work is done: epochs, or drawings."""
    if event["kind"] == "epoch":
        return float(event["epoch"])
    return float(event["done"]) if event["kind"] in ("drawing", "unit") else 0.0


def settle(change: Callable[[], object]) -> None:
    """Make a last change to the ledger, however long that takes within reason."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            change()
            return
        except (QueueError, WorkspaceError):
            if time.monotonic() > until:
                raise
            time.sleep(LOOK_SECONDS)


def carry_out(ledger: Ledger, job: Job, context: tasks.Context, attempt: Attempt, wishes: Wishes) -> None:
    """Do the work, and tell the ledger what came of it."""
    change = _work(ledger, job, context, attempt, wishes)
    # The error is gone by now, and with it the files that it held open on a disk that is perhaps full.
    gc.collect()
    settle(change)


def give_a_hand(job: Job, context: tasks.Context) -> int:
    """Take a share in a job that runs elsewhere; 1 when that cannot be done from here."""
    try:
        tasks.help_with(job.kind, context)
    except SunspotError as error:
        print(f"no help from {platform.node()}: {error}")
        return 1
    return 0


def _work(
    ledger: Ledger, job: Job, context: tasks.Context, attempt: Attempt, wishes: Wishes
) -> Callable[[], object]:
    """Do the work; returns the change to make to the ledger."""
    began = time.monotonic()
    if context.resumed:
        print(f"attempt {job.attempt} goes on from what was finished")
    try:
        result = tasks.run(job.kind, context)
    except SupersededError:
        raise
    except Stopped as stop:
        text = str(stop)
        if wishes.cancel:
            print(f"cancelled: {text}")
            return lambda: ledger.finish(job, CANCELLED, text)
        cause = "yields its device to a short job" if attempt.yields else "its worker was stopped"
        print(f"{text}: {cause}")
        # Not given back when it was asked to cancel meanwhile.
        return lambda: ledger.give_back(job, cause) or ledger.finish(job, CANCELLED, text)
    except BaseException as error:
        if not isinstance(error, SunspotError):
            traceback.print_exc()
        text = str(error) if isinstance(error, SunspotError) else tasks.sentence(error, job.params)
        print(f"failed: {text}")
        return lambda: ledger.finish(job, FAILED, "an error", error=text)
    result |= {"seconds": round(time.monotonic() - began, 3)}
    return lambda: ledger.finish(job, DONE, "finished", result=result)


def main(arguments: list[str]) -> int:
    """Parse, run, and return the exit code: 0 when the ledger knows what came of it, 3 when superseded."""
    parser = argparse.ArgumentParser("jobs.runner", description="Run one attempt at a job, for a worker.")
    parser.add_argument("number", type=int)
    parser.add_argument("attempt", type=int, help="as the ledger has it: another one has been superseded")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--holder", required=True, help="who takes chunks: WORKER:PROCESS")
    parser.add_argument("--help-out", action="store_true", help="take a share in a job that runs elsewhere")
    asked = parser.parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    wishes = Wishes()
    workspace, settings = Workspace(asked.workspace), QueueSettings()
    ledger = open_ledger(workspace, settings)
    job = ledger.get(asked.number)
    attempt = Attempt(ledger, job, wishes, asked.help_out)
    try:
        if job.attempt != asked.attempt:
            raise SupersededError
        attempt.fence()
        context = tasks.Context(
            workspace=workspace,
            params=job.params,
            folder=ledger.folder(job.number),
            resumed=job.attempt > 1,
            report=attempt.report,
            should_stop=attempt.should_stop,
            cancelled=lambda: wishes.cancel,
            fence=attempt.fence,
            chunks=Chunks(ledger.signs, job.number, asked.holder),
            watch=Watch(workspace, ledger.signs, settings.queue_lease),
            chunk_size=settings.queue_chunk,
        )
        if asked.help_out:
            return give_a_hand(job, context)
        carry_out(ledger, job, context, attempt, wishes)
    except SupersededError:
        print(f"attempt {asked.attempt} ends: another has taken over")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
