"""The demo of an empty workspace: synthetic drawings, an inference job and two training jobs."""

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

END_SECONDS = 25.0  # a cancelled job stops at its next step or drawing, or is killed after the grace period


def begin_demo(workspace: Workspace) -> None:
    """Fill an unused workspace with synthetic drawings; queue the shipped model and two short training runs."""
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
