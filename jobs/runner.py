"""Run one attempt at a job in a process of its own; a worker starts it as `python -m jobs.runner` (see `--help`).

The process lives no longer than its worker. The worker holds the other end of its standard input and writes `cancel`,
`stop`, `yield` or `stay` to it. When that end closes, however the worker died, this process is killed too.
"""

from __future__ import annotations

import argparse
import gc
import io
import platform
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs import tasks
from jobs.attempt import CHECK_SECONDS, UNUSABLE, Attempt, LogStream, Requests, SupersededError
from jobs.child import CANNOT_HELP, NOT_RECORDED, SUPERSEDED
from jobs.chunks import Chunks
from jobs.job import CANCELLED, DONE, FAILED, Job
from jobs.ledger import Ledger
from jobs.link import Patience
from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.errors import Stopped, SunspotError, WorkspaceError
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace


def update_ledger(change: Callable[[], object], seconds: float) -> None:
    """Make the last change to the ledger; on a full disk, try again for up to some seconds."""
    until = time.monotonic() + seconds
    while True:
        try:
            change()
            return
        except WorkspaceError:
            if time.monotonic() > until:
                raise
            time.sleep(CHECK_SECONDS)


def run_job(
    ledger: Ledger, job: Job, context: tasks.Context, attempt: Attempt, requests: Requests, seconds: float
) -> None:
    """Run the job and record its outcome in the ledger.

    Args:
        seconds: how long to wait while the disk is too full to record it.
    """
    change = _outcome(ledger, job, context, attempt, requests)
    # The error holds the files it kept open, perhaps on a full disk; collecting it releases them before the ledger is
    # written.
    gc.collect()
    update_ledger(change, seconds)


def help_out(job: Job, context: tasks.Context) -> int:
    """Process chunks of a job that runs elsewhere; return CANNOT_HELP if that is not possible from here."""
    try:
        tasks.help_with(job.kind, context)
    except UNUSABLE:
        raise
    except SunspotError as error:
        print(f"{platform.node()} cannot help: {error}")
        return CANNOT_HELP
    return 0


def _outcome(
    ledger: Ledger, job: Job, context: tasks.Context, attempt: Attempt, requests: Requests
) -> Callable[[], object]:
    """Run the job; return the change to make to the ledger."""
    began = time.monotonic()
    if context.resumed:
        print(f"attempt {job.attempt} resumes the job")
    try:
        result = tasks.run(job.kind, context)
    except (SupersededError, *UNUSABLE):
        raise
    except Stopped as stop:
        text = str(stop)
        if requests.cancel:
            print(f"cancelled: {text}")
            return lambda: ledger.finish(job, CANCELLED, text)
        cause = "yields its device to a short job" if attempt.yields else "its worker was stopped"
        print(f"{text}: {cause}")
        # give_back returns None if the job was cancelled in the meantime; then record that.
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
    """Run an attempt; return 0 if its outcome is in the ledger, SUPERSEDED, or NOT_RECORDED."""
    parser = argparse.ArgumentParser("jobs.runner", description="Run one attempt at a job, for a worker.")
    parser.add_argument("number", type=int, help="number of the job")
    parser.add_argument("attempt", type=int, help="number of the attempt; the run ends if it is not current")
    parser.add_argument("--workspace", type=Path, required=True, help="folder of the workspace")
    parser.add_argument("--holder", required=True, help="name under which chunks are taken: WORKER:PROCESS")
    parser.add_argument("--help-out", action="store_true", help="process chunks of a job that runs elsewhere")
    asked = parser.parse_args(arguments)
    # The stream has no buffer of its own.
    log: Any = LogStream()
    sys.stdout = sys.stderr = io.TextIOWrapper(log, "utf-8", errors="replace", write_through=True)
    try:
        return _run(asked, Requests())
    except SupersededError:
        print(f"attempt {asked.attempt} ends: another attempt has taken over")
        return SUPERSEDED
    except (*UNUSABLE, WorkspaceError) as error:
        print(f"attempt {asked.attempt} ends, and the job returns to its place: {error}")
        return NOT_RECORDED


def _run(asked: argparse.Namespace, requests: Requests) -> int:
    """Run an attempt, or help with one."""
    workspace, settings = Workspace(asked.workspace), QueueSettings()
    patience = Patience(settings.queue_patience, print, lambda: requests.stop or requests.cancel)
    ledger = open_ledger(workspace, settings, print, patience)
    job = ledger.get(asked.number)
    attempt = Attempt(ledger, job, requests, asked.help_out)
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
        cancelled=lambda: requests.cancel,
        fence=attempt.fence,
        chunks=Chunks(ledger.signs, job.number, asked.holder),
        watch=Watch(workspace, ledger.signs, settings.queue_lease),
        chunk_size=settings.queue_chunk,
    )
    if asked.help_out:
        return help_out(job, context)
    run_job(ledger, job, context, attempt, requests, settings.queue_patience)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
