"""The demo of an empty workspace: synthetic drawings, inference jobs and two training jobs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs.control import prune, submit
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.errors import QueueError, Stopped, SunspotError
from sunspot_dash.files import locked
from sunspot_dash.services.demo.sample_data import (
    DAYS,
    FIRST_DAYS,
    TRAININGS,
    add_demo,
    add_demo_job,
    demo_due,
    demo_jobs,
    has_demo,
    is_unused,
    only_demo,
    remove_demo,
)
from sunspot_dash.workspace import Workspace

INFERENCE = {"images": "dataset/images"}
NICENESS = 10  # of the drawing: pages and the first results come first
END_SECONDS = 25.0  # a cancelled job stops at its next step or drawing, or is killed after the grace period


class BackgroundDemo:
    """Makes the demo in a thread, which `end` stops between two drawings; the next start continues it.

    Args:
        log: receives a line if the demo cannot be added.
        days: number of drawings.
    """

    def __init__(self, workspace: Workspace, log: Callable[[str], object], days: int) -> None:
        self._workspace, self._log, self._days = workspace, log, days
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._begin, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop between two drawings."""
        self._ending.set()
        self._thread.join(END_SECONDS)  # it may wait for the demo of another server

    def _begin(self) -> None:
        with suppress(OSError):  # Linux alone gives a thread its own priority
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        try:
            begin_demo(self._workspace, self._ending.is_set, self._days)
        except Stopped:
            return
        except (SunspotError, OSError) as error:
            self._log(f"the demo was not added: {error}")


def begin_demo(
    workspace: Workspace, should_stop: Callable[[], bool] = lambda: False, days: int = DAYS
) -> None:
    """Fill an unused workspace with synthetic drawings; queue the shipped model and two short training runs.

    The model begins on the first days while the others are drawn. A demo that was interrupted is completed.

    Raises:
        Stopped: it was asked to stop; the next call continues.
        WorkspaceError, QueueError: the disk is full, or the queue cannot be reached.
    """
    with locked(_lock(workspace)):
        if not demo_due(workspace):
            return
        ledger = open_ledger(workspace)
        if is_unused(workspace) and days > FIRST_DAYS:
            add_demo(workspace, days, FIRST_DAYS, should_stop)
            _submit(ledger, "infer", INFERENCE)
        add_demo(workspace, days, should_stop=should_stop)
        _submit(ledger, "infer", INFERENCE)
        for training in TRAININGS if only_demo(workspace) else ():
            _submit(ledger, "train", training)


def _submit(ledger: Ledger, kind: str, params: Mapping[str, Any]) -> None:
    add_demo_job(ledger.workspace, submit(ledger, kind, dict(params)).number)


def end_demo(ledger: Ledger) -> None:
    """Cancel and prune the jobs of the demo, then remove its drawings, labels, results and models.

    The training jobs end first, since otherwise they would train on the next uploads.

    Raises:
        QueueError: a job has not ended in time; nothing has been removed.
        WorkspaceError: a file cannot be removed.
    """
    with locked(_lock(ledger.workspace)):
        if not has_demo(ledger.workspace):
            return
        numbers = demo_jobs(ledger.workspace)
        _end_jobs(ledger, numbers)
        remove_demo(ledger.workspace)
        prune(ledger, [job for job in ledger.all() if job.number in numbers])


def stop_demo_trainings(ledger: Ledger) -> int:
    """Cancel the demo's unfinished trainings, which would use what the user has added; return how many."""
    with suppress(QueueError, OSError):
        if not has_demo(ledger.workspace):
            return 0
        numbers = demo_jobs(ledger.workspace)
        found = [job for job in ledger.live() if job.number in numbers and job.kind == "train"]
        for job in found:
            ledger.cancel(job.number)
        return len(found)
    return 0


def _end_jobs(ledger: Ledger, numbers: set[int]) -> None:
    """Cancel the unfinished jobs, and wait until they have ended."""
    until = time.monotonic() + END_SECONDS
    for job in ledger.live():
        if job.number in numbers:
            with suppress(QueueError):  # it has just ended
                ledger.cancel(job.number)
    while running := [job.number for job in ledger.live() if job.number in numbers]:
        if time.monotonic() > until:
            raise QueueError(
                f"job {running[0]} of the demo has not ended yet: wait until the Jobs page shows it as cancelled, "
                "then remove the demo again"
            )
        time.sleep(0.2)


def _lock(workspace: Workspace) -> Path:
    return workspace.queue / "demo.lock"
