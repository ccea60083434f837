"""Submit, retry and prune jobs. To cancel one, call the ledger directly."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import Any

from jobs import tasks
from jobs.chunks import Chunks
from jobs.job import QUEUED, Job
from jobs.ledger import Ledger
from sunspot_dash.errors import ParameterError, QueueError
from sunspot_dash.files import locked

SUBMIT_LOCK = "submit.lock"  # in the queue folder: checking and accepting a job is one step


def submit(ledger: Ledger, kind: str, params: dict[str, Any]) -> Job:
    """Accept a job. Once this returns, the job is not lost; if it raises, nothing is left behind.

    Raises:
        ParameterError, ModelError: the kind or its parameters are invalid.
        WorkspaceError: for example, the disk is full.
        QueueUnavailableError: the queue cannot be reached.
    """
    lane, values = tasks.check(kind, params, ledger.workspace)
    with locked(ledger.workspace.queue / SUBMIT_LOCK):
        _check_not_in_training(ledger, values)
        job = ledger.accept(kind, lane, values)
    with suppress(QueueError):  # workers also look for jobs by themselves
        ledger.queue.send(job.number)
    return job


def retry(ledger: Ledger, number: int) -> Job:
    """Queue a failed or cancelled job again; it resumes from its last checkpoint.

    Raises:
        QueueError: it has not ended, is done, or does not exist.
        ParameterError: another job trains the same model.
    """
    params = ledger.get(number).params
    with locked(ledger.workspace.queue / SUBMIT_LOCK):
        _check_not_in_training(ledger, params, except_for=number)
        job = ledger.retry(number)
    with suppress(QueueError):
        ledger.queue.send(number)
    return job


def _check_not_in_training(ledger: Ledger, params: dict[str, Any], except_for: int = 0) -> None:
    """Refuse a second training of one model: each would overwrite the files of the other."""
    name = params.get("model_name")
    for job in ledger.live():
        if name and job.number != except_for and job.params.get("model_name") == name:
            raise ParameterError(
                f"job {job.number} already trains '{name}': choose another model_name, or cancel that job"
            )


@contextmanager
def without_jobs_of(ledger: Ledger, model: str) -> Iterator[None]:
    """Keep new jobs out of the queue while the files of a model are moved.

    Raises:
        ParameterError: a job that uses the model is queued or running.
        QueueUnavailableError: the queue cannot be reached.
    """
    with locked(ledger.workspace.queue / SUBMIT_LOCK):
        for job in ledger.live():
            if _uses(job, model):
                raise ParameterError(
                    f"job {job.number} ({job.kind}) uses '{model}': wait until it has ended, or cancel it"
                )
        yield


def _uses(job: Job, model: str) -> bool:
    """Whether a job is about a model, by its name or the path of its weights, or now about all models."""
    texts = [value for value in job.params.values() if isinstance(value, str)]
    about_all = job.params.get("model") == "" and job.state != QUEUED
    return about_all or model in texts or any(PurePath(text).name == f"{model}.pth" for text in texts)


def prunable(ledger: Ledger, keep: int) -> list[Job]:
    """Return the jobs that have ended, except the newest `keep` of them."""
    return [job for job in ledger.all() if job.ended][keep:]


def prune(ledger: Ledger, ended: list[Job]) -> None:
    """Delete jobs with their logs and checkpoints; models and results remain."""
    for job in ended:
        Chunks(ledger.signs, job.number, "").remove()
        # Before the record: a job that still has its folder would be restored.
        shutil.rmtree(ledger.folder(job.number), ignore_errors=True)
        ledger.remove(job)
