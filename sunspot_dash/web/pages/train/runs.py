"""The trainings of a workspace: their epochs as they come, a row of each, and which of several is shown."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.follow import read_events
from jobs.ledger import CANCELLING, RUNNING, Job, Ledger
from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.errors import QueueError
from sunspot_dash.progress import duration

KIND = "train"
NEWEST = 50  # as many are listed
LOOKED_AT = 1000  # among as many of the newest jobs


class Epochs:
    """The epochs of trainings from their events, each of which is read once: an hour leaves thousands."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[list[dict[str, Any]], int]] = {}
        self._lock = threading.Lock()

    def of(self, folder: Path) -> list[dict[str, Any]]:
        """The finished epochs of the training in a run folder; what a later attempt repeats counts from there."""
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
    """The newest trainings, in the order of the list: those that run first, then newest first."""
    found = [job for job in ledger.page(LOOKED_AT) if job.kind == KIND][:NEWEST]
    return sorted(found, key=_order)


def numbers(selected: Any) -> list[int]:
    """The jobs of a table's selection: rows as the table gives them, or ids as they were given to it."""
    if isinstance(selected, dict):
        return [int(key) for key in selected["ids"]]
    return [row["number"] for row in selected or []]


def chosen(ledger: Ledger, selected: Any) -> list[Job]:
    """The trainings of a selection that are there, oldest first: a new one does not change the others' colours."""
    found = []
    for number in sorted(numbers(selected)):
        with suppress(QueueError):  # pruned meanwhile
            found.append(ledger.get(number))
    return found


def first(jobs: list[Job]) -> Job | None:
    """Of chosen trainings the one that is shown: the one that runs, else the newest."""
    return min(jobs, key=_order, default=None)


def nothing(ledger: Ledger) -> str:
    """What to say when no training is chosen."""
    return "No training is chosen" if trainings(ledger) else "No training yet"


def label(job: Job) -> str:
    """A training in a word or two."""
    return f"{job.params['model_name']} ({job.number})"


def row_of(ledger: Ledger, job: Job) -> dict[str, Any]:
    """A training's row in the list; what it does not have yet is None."""
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
    """How long a job has run, all its attempts together."""
    total = 0.0
    now = datetime.now(UTC).isoformat()
    ends = [change["time"] for change in job.history[1:]] + [now]
    for change, end in zip(job.history, ends, strict=True):
        if change["state"] in (RUNNING, CANCELLING):
            total += (datetime.fromisoformat(end) - datetime.fromisoformat(change["time"])).total_seconds()
    return total
