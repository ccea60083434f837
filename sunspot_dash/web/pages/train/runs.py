"""The training runs of a workspace: their epochs, their table rows, and the selected one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.follow import read_events
from jobs.job import CANCELLING, RUNNING, Job
from jobs.ledger import Ledger
from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.errors import QueueError, QueueUnavailableError
from sunspot_dash.progress import duration

KIND = "train"
NEWEST = 50  # runs in the table
NEWEST_JOBS = 1000  # jobs among which they are searched


class Epochs:
    """The epochs of training runs; each event is read only once, since an hour of training writes thousands."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[list[dict[str, Any]], int]] = {}
        self._lock = threading.Lock()

    def of(self, folder: Path) -> list[dict[str, Any]]:
        """Return the finished epochs in a run folder; a repeated epoch replaces those of the earlier attempt."""
        with self._lock:
            known, start = self._read.get(folder, ([], 0))
            events, end = read_events(folder, start)
            rows = list(known)
            for event in events:
                if event["kind"] == "epoch":
                    while rows and rows[-1]["epoch"] >= event["epoch"]:
                        rows.pop()
                    rows.append(event)
            self._read[folder] = rows, end
            while len(self._read) > 2 * NEWEST:
                del self._read[next(iter(self._read))]
            return rows


EPOCHS = Epochs()


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
    epochs = EPOCHS.of(ledger.folder(job.number))
    last, best = (epochs[-1], best_epoch(epochs)) if epochs else ({}, {})
    took = _seconds(job)
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


def _seconds(job: Job) -> float:
    """Return the run time of a job in seconds, over all attempts."""
    total = 0.0
    now = datetime.now(UTC).isoformat()
    ends = [change["time"] for change in job.history[1:]] + [now]
    for change, end in zip(job.history, ends, strict=True):
        if change["state"] in (RUNNING, CANCELLING):
            total += (datetime.fromisoformat(end) - datetime.fromisoformat(change["time"])).total_seconds()
    return total
