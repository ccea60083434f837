"""The demo of an empty workspace: its drawings, and the jobs that show what can be done with them."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs.control import prune, submit
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.errors import QueueError
from sunspot_dash.files import locked
from sunspot_dash.services.demo.sample_data import (
    TRAININGS,
    add_demo,
    add_demo_job,
    demo_jobs,
    has_demo,
    is_unused,
    remove_demo,
)
from sunspot_dash.workspace import Workspace

END_SECONDS = 25.0  # a running job ends at its next step or drawing, or is killed after the queue's grace


def begin_demo(workspace: Workspace) -> None:
    """Fill an unused workspace with a synthetic archive; queue the shipped model and two small trainings on it."""
    with locked(_lock(workspace)):
        if not is_unused(workspace):
            return
        add_demo(workspace)
        ledger = open_ledger(workspace)
        jobs: list[tuple[str, dict[str, Any]]] = [("infer", {"images": "dataset/images"})]
        jobs += [("train", dict(training)) for training in TRAININGS]
        for kind, params in jobs:
            add_demo_job(workspace, submit(ledger, kind, params).number)


def end_demo(ledger: Ledger) -> None:
    """Cancel and forget the demo's jobs, then remove its drawings, labels, results and models.

    Its trainings must not outlive its drawings: they would train on what is uploaded next.

    Raises:
        QueueError: a job has not ended in time; nothing was removed yet.
        WorkspaceError: something cannot be removed.
    """
    with locked(_lock(ledger.workspace)):
        if not has_demo(ledger.workspace):
            return
        numbers = demo_jobs(ledger.workspace)
        _end_jobs(ledger, numbers)
        remove_demo(ledger.workspace)
        prune(ledger, [job for job in ledger.all() if job.number in numbers])


def _end_jobs(ledger: Ledger, numbers: set[int]) -> None:
    """Cancel the jobs that have not ended, and wait until they have."""
    until = time.monotonic() + END_SECONDS
    for job in ledger.live():
        if job.number in numbers:
            with suppress(QueueError):  # it has just ended
                ledger.cancel(job.number)
    while running := [job.number for job in ledger.live() if job.number in numbers]:
        if time.monotonic() > until:
            raise QueueError(
                f"job {running[0]} of the demo has not ended yet: wait until the page Jobs shows it as cancelled, "
                "then remove the demo again"
            )
        time.sleep(0.2)


def _lock(workspace: Workspace) -> Path:
    return workspace.queue / "demo.lock"
