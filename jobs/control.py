"""What a user asks of the queue: submit and prune; cancel and retry are the ledger's own."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import Any

from jobs import tasks
from jobs.chunks import Chunks
from jobs.job import Job
from jobs.ledger import Ledger
from sunspot_dash.errors import ParameterError, QueueError


def submit(ledger: Ledger, kind: str, params: dict[str, Any]) -> Job:
    """Accept a job: once this returns, it is never lost. One that is refused leaves nothing behind.

    Raises:
        ParameterError, ModelError: the kind or its parameters are no good.
        WorkspaceError: the disk is full, ...
        QueueError: the queue does not answer.
    """
    lane, values = tasks.check(kind, params, ledger.workspace)
    _check_alone(ledger, values)
    job = ledger.accept(kind, lane, values)
    with suppress(QueueError):  # workers look for themselves, too
        ledger.queue.send(job.number)
    return job


def retry(ledger: Ledger, number: int) -> Job:
    """Queue a failed or cancelled job again; it goes on from its last checkpoint.

    Raises:
        QueueError: it has not ended, is done, or there is none.
        ParameterError: another job trains the same model.
    """
    _check_alone(ledger, ledger.get(number).params, besides=number)
    job = ledger.retry(number)
    with suppress(QueueError):
        ledger.queue.send(number)
    return job


def _check_alone(ledger: Ledger, params: dict[str, Any], besides: int = 0) -> None:
    """Refuse a second training of one model: each would overwrite what the other writes."""
    name = params.get("model_name")
    for job in ledger.live():
        if name and job.number != besides and job.params.get("model_name") == name:
            raise ParameterError(
                f"job {job.number} trains '{name}' already: choose another model_name, or cancel that job"
            )


def prunable(ledger: Ledger, keep: int) -> list[Job]:
    """The jobs that have ended, but for the newest `keep` of them."""
    return [job for job in ledger.all() if job.ended][keep:]


def prune(ledger: Ledger, ended: list[Job]) -> None:
    """Forget jobs, with their logs and checkpoints; models and results stay."""
    for job in ended:
        Chunks(ledger.signs, job.number, "").remove()
        ledger.remove(job)
        shutil.rmtree(ledger.folder(job.number), ignore_errors=True)
