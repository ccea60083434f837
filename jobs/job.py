"""The record of a job: its fields, its states and the legal transitions between them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sunspot_dash.errors import QueueError

QUEUED, RUNNING, CANCELLING, INTERRUPTED = "queued", "running", "cancelling", "interrupted"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
ENDED = frozenset({DONE, FAILED, CANCELLED})
STATES = (QUEUED, RUNNING, CANCELLING, DONE, FAILED, CANCELLED)
# An interrupted job is queued again in the same step, so this state appears only in its history.
LEGAL = {
    QUEUED: {RUNNING, CANCELLED},
    RUNNING: {DONE, FAILED, CANCELLING, INTERRUPTED, QUEUED},
    CANCELLING: {CANCELLED, DONE, FAILED},
    INTERRUPTED: {QUEUED},
    DONE: set(),
    FAILED: {QUEUED},
    CANCELLED: {QUEUED},
}
SHORT, TRAINING = "short", "training"
LANES = (SHORT, TRAINING)  # in order of precedence: a running job yields to a lane before its own
RECORD, EVENTS, LOG = "job.json", "events.jsonl", "log.txt"  # in a run folder


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        ticket: position in the lane; an interrupted job keeps it, a retried job gets a new one.
        attempt: number of times the job was claimed; a process with a lower attempt number may not write.
        worker, device: where it runs, or where it last ran.
        interruptions: consecutive deaths without progress.
        mark: progress at the last of these deaths.
        history: {"state", "time" (UTC), "cause"} of every transition.
    """

    number: int
    kind: str
    lane: str
    params: dict[str, Any]
    ticket: int
    state: str = QUEUED
    attempt: int = 0
    worker: str = ""
    device: str = ""
    interruptions: int = 0
    mark: float = 0.0
    error: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    history: tuple[dict[str, str], ...] = ()

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    def runs_attempt(self, attempt: int) -> bool:
        """Return whether this attempt is the current one and has not ended."""
        return self.attempt == attempt and self.state in (RUNNING, CANCELLING)

    def newer_than(self, other: Job) -> bool:
        """Return whether this is a later version of the other record: each change lengthens the history."""
        return len(self.history) > len(other.history)

    def to(self, state: str, cause: str, **changes: Any) -> Job:
        """Return the job after a transition.

        Raises:
            QueueError: the transition is not legal.
        """
        if state not in LEGAL[self.state]:
            raise QueueError(f"job {self.number} is {self.state} and cannot become {state}")
        return replace(self, state=state, history=(*self.history, entry(state, cause)), **changes)

    def claimed(self, worker: str, device: str) -> Job | None:
        """Return the job with its next attempt started; None if it is not queued."""
        if self.state != QUEUED:
            return None
        attempt = self.attempt + 1
        cause = f"attempt {attempt} on {device} by {worker}"
        return self.to(RUNNING, cause, attempt=attempt, worker=worker, device=device, error="", result={})

    def interrupted(self, cause: str, progress_mark: float, limit: int | None) -> Job:
        """Return the job after its process ended too early: queued again at its old position.

        A job that was being cancelled becomes cancelled. A job that died `limit` times in a row without progress fails;
        None does not count the death, because the job is not its cause.
        """
        if self.state == CANCELLING:
            return self.to(CANCELLED, f"cancelled; {cause}")
        deaths = self.interruptions + 1 if progress_mark <= self.mark else 1
        if limit is None:
            deaths = self.interruptions
        elif deaths >= limit:
            error = (
                f"its process died {deaths} times without progress ({cause}). The system may be out of memory: "
                "try a smaller batch size or tile size, and check the log"
            )
            return self.to(FAILED, cause, error=error, interruptions=0)
        job = self.to(INTERRUPTED, cause, interruptions=deaths, mark=max(progress_mark, self.mark))
        return job.to(QUEUED, "queued again at its old position; resumes where it stopped")

    def cancelled(self) -> Job:
        """Return the job cancelled if it is queued, or cancelling if it runs.

        Raises:
            QueueError: it has ended.
        """
        if self.ended:
            raise QueueError(f"job {self.number} is {self.state}: there is nothing to cancel")
        if self.state == CANCELLING:
            return self
        return self.to(CANCELLED if self.state == QUEUED else CANCELLING, "cancellation requested")

    def check_retry(self) -> None:
        """Raise QueueError unless the job failed or was cancelled."""
        if self.state not in (FAILED, CANCELLED):
            hint = "submit it again as a new job" if self.state == DONE else "wait for it, or cancel it first"
            raise QueueError(f"job {self.number} is {self.state} and cannot be retried: {hint}")


def entry(state: str, cause: str) -> dict[str, str]:
    """Return an entry of a job's history, with the current time."""
    return {"state": state, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), "cause": cause}


def pack(job: Job) -> bytes:
    """Serialize a job as JSON."""
    return json.dumps(asdict(job), separators=(",", ":"), allow_nan=False).encode()


def unpack(value: bytes | str) -> Job:
    """Parse the JSON record of a job.

    Raises:
        ValueError, TypeError, LookupError: the value is not a job record.
    """
    record = json.loads(value)
    return Job(**{**record, "history": tuple(record["history"])})
