"""What was killed, and the end of the jobs that were accepted meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from jobs.follow import read_events
from jobs.job import Job
from jobs.ledger import Ledger


@dataclass(frozen=True)
class Outcome:
    """The kills of each kind, and the accepted jobs once they have ended."""

    kills: Counter[str]
    jobs: list[Job]
    ledger: Ledger

    def lost(self) -> list[str]:
        """Return a line for each job that is not done."""
        return [
            f"job {job.number} is {job.state} after {_states(job)}"
            for job in self.jobs
            if job.state != "done"
        ]

    def doubled(self) -> list[str]:
        """Return a line for each number given twice, job done twice, and step repeated."""
        found = []
        if len({job.number for job in self.jobs}) < len(self.jobs):
            found.append("a number was given twice")
        for job in self.jobs:
            if _states(job).count("done") > 1:
                found.append(f"job {job.number} was done again after {_states(job)}")
            steps = [unit["done"] for unit in units(self.ledger, job)]
            if steps != sorted(set(steps)):
                found.append(f"job {job.number} repeated a step: {steps}")
        return found

    def faults(self) -> list[str]:
        """Return everything that must not happen."""
        return self.lost() + self.doubled()

    @property
    def resumed(self) -> int:
        """Number of attempts that continued from the checkpoint of an earlier one."""
        return sum(
            earlier["attempt"] < later["attempt"]
            for job in self.jobs
            for earlier, later in pairwise(units(self.ledger, job))
        )

    def __str__(self) -> str:
        kills = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        engine = "Redis" if self.ledger.queue.url else "SQLite"
        faults = self.faults()
        return (
            f"{engine}: {self.kills.total()} kills ({kills}); {len(self.jobs)} jobs accepted, "
            + (f"{len(faults)} faults:\n" + "\n".join(faults) if faults else "none lost, each done once")
            + f"; {sum(job.attempt - 1 for job in self.jobs)} attempts repeated, {self.resumed} from a checkpoint"
        )


def units(ledger: Ledger, job: Job) -> list[dict[str, Any]]:
    """Return the steps that a job has reported, in all its attempts."""
    return [event for event in read_events(ledger.folder(job.number))[0] if event["kind"] == "unit"]


def _states(job: Job) -> list[str]:
    return [change["state"] for change in job.history]
