"""The training runs of a workspace: their table rows, and the selected ones."""

from __future__ import annotations

from typing import Any

from jobs.follow import run_seconds
from jobs.job import CANCELLING, RUNNING, Job
from jobs.ledger import Ledger
from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.errors import QueueError, QueueUnavailableError
from sunspot_dash.progress import duration
from sunspot_dash.web.pages.train.history import HISTORIES

KIND = "train"
NEWEST = 50  # runs in the table
NEWEST_JOBS = 1000  # jobs among which they are searched


def trainings(ledger: Ledger) -> list[Job]:
    """Return the newest training jobs: running ones first, then newest first."""
    found = [job for job in ledger.page(NEWEST_JOBS) if job.kind == KIND][:NEWEST]
    return sorted(found, key=_order)


def numbers(selected: Any) -> list[int]:
    """Return the job numbers of a selection, which a table returns as rows and accepts as ids."""
    if isinstance(selected, dict):
        return [int(key) for key in selected["ids"]]
    return [row["number"] for row in selected or []]


def chosen(ledger: Ledger, selected: Any) -> list[Job]:
    """Return the selected training jobs, oldest first, so that a new one does not change the colours of the others."""
    found = []
    for number in sorted(numbers(selected)):
        try:
            found.append(ledger.get(number))
        except QueueUnavailableError:
            raise
        except QueueError:  # pruned in the meantime
            continue
    return found


def first(jobs: list[Job]) -> Job | None:
    """Return the running job, else the newest."""
    return min(jobs, key=_order, default=None)


def nothing(ledger: Ledger) -> str:
    """Return the text for an empty selection."""
    return "No training run selected" if trainings(ledger) else "No training runs yet"


def label(job: Job) -> str:
    """Return the name of a run in figures: model and job number."""
    return f"{job.params['model_name']} ({job.number})"


def row_of(ledger: Ledger, job: Job) -> dict[str, Any]:
    """Return the table row of a run; missing values are None."""
    epochs = HISTORIES.of(ledger.folder(job.number)).epochs
    last, best = (epochs[-1], best_epoch(epochs)) if epochs else ({}, {})
    took = run_seconds(job)
    return {
        "number": job.number,
        "model": job.params["model_name"],
        "state": job.state,
        "epochs": last.get("epoch", 0),
        "asked": job.params["epochs"],
        "f1": best.get("f1"),
        "train_loss": best.get("train_loss"),
        "validation_loss": best.get("validation_loss"),
        "submitted": job.history[0]["time"][:16].replace("T", " "),
        "took": duration(took) if took else "",
    }


def _order(job: Job) -> tuple[bool, int]:
    return job.state not in (RUNNING, CANCELLING), -job.number
