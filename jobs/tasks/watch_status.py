"""What the watch folder did last, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePath

from jobs.job import DONE, Job
from jobs.ledger import Ledger
from jobs.liveness import Watch
from sunspot_dash.errors import QueueError, QueueUnavailableError
from sunspot_dash.io.failed import read_failed
from sunspot_dash.progress import duration
from sunspot_dash.services.watch.state import Batch, WatchState
from sunspot_dash.settings import QueueSettings
from sunspot_dash.text import counted

SHOWN = 3  # faults that are listed
OFF = "Off. When on, the default model runs on each scan that arrives in images_to_run/, not on those already there."


def status_lines(ledger: Ledger, state: WatchState) -> list[str]:
    """Return the state of the watching as sentences: on or off, the last scans, faults.

    Raises:
        QueueUnavailableError: the queue cannot be reached.
    """
    if not state.since:
        return [OFF]
    lines = [f"On since {_minute(state.since)}; scans that were there before are not run."]
    if state.last:
        lines.append(f"Last: {_last(ledger, state.last)}.")
    folder = ledger.workspace.images_to_run
    refused = [(name, why) for name, why in state.refused.items() if (folder / name).exists()]
    lines += [f"Not run: {name}: {why}." for name, why in refused[-SHOWN:]]
    if len(refused) > SHOWN:
        lines.append(f"{len(refused) - SHOWN} more scans were not run.")
    if state.problem:
        lines.append(f"Waiting: {state.problem}.")
    if not Watch(ledger.workspace, ledger.signs, QueueSettings().queue_lease).workers():
        lines.append("No worker is running: new scans wait until one is started.")
    return lines


def _last(ledger: Ledger, batch: Batch) -> str:
    what = batch.first if batch.drawings == 1 else counted(batch.drawings, "drawing")
    try:
        job = ledger.get(batch.job)
    except QueueUnavailableError:
        raise
    except QueueError:  # pruned
        return f"{what}, {_minute(batch.time)}"
    return f"{what}, {_outcome(ledger, job)}"


def _outcome(ledger: Ledger, job: Job) -> str:
    if job.state != DONE:
        return f"job {job.number} is {job.state}" + (f": {job.error}" if job.error else "")
    parts = [counted(job.result["spots"], "spot")]
    if job.result["failed"]:
        failed = read_failed(ledger.workspace.inference_results / job.result["model"])
        names = {PurePath(path).name for path in job.params["drawings"]}
        reasons = [f"{name} failed: {why}" for name, why in failed if name in names]
        parts += reasons[:SHOWN] or [f"{counted(job.result['failed'], 'drawing')} failed"]
    ended = datetime.fromisoformat(job.history[-1]["time"])
    return ", ".join([*parts, f"{duration((datetime.now(UTC) - ended).total_seconds())} ago"])


def _minute(time: str) -> str:
    return f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M} UT"
