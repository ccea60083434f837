"""The truth about every job: its record, and the few ways in which one may change.

A record is one value that changes by compare-and-swap alone: of two processes that want to change a job, one does and
the other looks again. Each change is mirrored to the job's run folder, from which a lost ledger is rebuilt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.engine import Queue
from sunspot_dash.errors import QueueError, SunspotError
from sunspot_dash.files import atomic_write_text
from sunspot_dash.workspace import Workspace

QUEUED, RUNNING, CANCELLING, INTERRUPTED = "queued", "running", "cancelling", "interrupted"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
ENDED = frozenset({DONE, FAILED, CANCELLED})
STATES = (QUEUED, RUNNING, CANCELLING, DONE, FAILED, CANCELLED)
# An interrupted job is queued again in the same step: the state shows in its history alone.
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
RECORD, EVENTS, LOG = "job.json", "events.jsonl", "log.txt"  # in a run folder


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        ticket: its place in the lane, kept when it is interrupted; a retry draws a new one.
        attempt: how often it was claimed; whoever holds a lower number may write no more.
        worker, device: where it runs, or ran last.
        interruptions: deaths in a row without progress; mark: the progress at the last of them.
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

    def to(self, state: str, cause: str, **changes: Any) -> Job:
        """The job after a transition.

        Raises:
            QueueError: the transition is not legal.
        """
        if state not in LEGAL[self.state]:
            raise QueueError(f"job {self.number} is {self.state} and cannot become {state}")
        return replace(self, state=state, history=(*self.history, entry(state, cause)), **changes)


def entry(state: str, cause: str) -> dict[str, str]:
    """A line of a job's history."""
    return {"state": state, "time": datetime.now(UTC).isoformat(timespec="milliseconds"), "cause": cause}


def pack(job: Job) -> bytes:
    return json.dumps(asdict(job), separators=(",", ":"), allow_nan=False).encode()


def unpack(value: bytes | str) -> Job:
    """The job of a record.

    Raises:
        ValueError, TypeError, LookupError: it is none.
    """
    record = json.loads(value)
    return Job(**{**record, "history": tuple(record["history"])})


class Ledger:
    """The jobs of one workspace."""

    def __init__(self, workspace: Workspace, queue: Queue) -> None:
        self.workspace = workspace
        self.queue = queue
        self._jobs = queue.space("job")
        self._live = queue.space("live")  # the numbers of jobs that have not ended: few among thousands
        self.signs = queue.space("sign")  # progress, signs of life, chunks: not part of the record

    def folder(self, number: int) -> Path:
        """The run folder of a job."""
        return self.workspace.runs / str(number)

    # --- reading

    def get(self, number: int) -> Job:
        """A job.

        Raises:
            QueueError: there is none of this number.
        """
        value = self._jobs.get(str(number))
        if value is None:
            raise QueueError(f"there is no job {number}: 'python app.py jobs list' tells those there are")
        return unpack(value)

    def live(self) -> list[Job]:
        """The jobs that have not ended, in the order of their tickets."""
        found = self._jobs.many(list(self._live.items()))
        jobs = [unpack(value) for value in found.values()]
        for job in jobs:
            if job.ended:  # its finisher died before the last step
                self._live.delete(str(job.number))
        return sorted((job for job in jobs if not job.ended), key=lambda job: job.ticket)

    def queued(self, lane: str) -> list[Job]:
        """The jobs of a lane that wait, first come first."""
        return [job for job in self.live() if job.state == QUEUED and job.lane == lane]

    def position(self, job: Job) -> int:
        """A queued job's place in its lane, from 1; 0 when it does not wait."""
        waiting = [other.number for other in self.queued(job.lane)]
        return waiting.index(job.number) + 1 if job.number in waiting else 0

    def page(self, limit: int, before: int | None = None) -> list[Job]:
        """The newest jobs, newest first; `before`: only those of lower numbers."""
        top = min(self.last(), before - 1) if before is not None else self.last()
        jobs: list[Job] = []
        while top > 0 and len(jobs) < limit:  # pruned numbers leave gaps
            low = max(1, top - max(limit, 100) + 1)
            found = self._jobs.many([str(number) for number in range(low, top + 1)])
            jobs += sorted((unpack(value) for value in found.values()), key=lambda job: -job.number)
            top = low - 1
        return jobs[:limit]

    def all(self) -> list[Job]:
        """Every job, newest first."""
        return sorted((unpack(value) for value in self._jobs.items().values()), key=lambda job: -job.number)

    def last(self) -> int:
        """The highest number that was given."""
        return self._jobs.count("number", 0)

    # --- changing

    def accept(self, kind: str, lane: str, params: dict[str, Any]) -> Job:
        """Write a new job down: once this returns, it is never lost. A refusal leaves nothing behind.

        Raises:
            WorkspaceError: the disk is full, ...
        """
        number, folder = self._number()
        try:
            ticket = self._jobs.count("ticket")
            job = Job(number, kind, lane, params, ticket, history=(entry(QUEUED, "submitted"),))
            atomic_write_text(folder / RECORD, pack(job).decode())
            # First among the living: a record that nobody looks for would be lost, a mark without one is harmless.
            self._live.put(str(number), b"")
            self._jobs.add(str(number), pack(job))
        except SunspotError:
            self._withdraw(number, folder)
            raise
        return job

    def claim(self, number: int, worker: str, device: str) -> Job | None:
        """Begin the next attempt at a queued job; None when another was first."""

        def begin(job: Job) -> Job | None:
            if job.state != QUEUED:
                return None
            attempt = job.attempt + 1
            cause = f"attempt {attempt} on {device} by {worker}"
            return job.to(RUNNING, cause, attempt=attempt, worker=worker, device=device, error="", result={})

        return self._change(number, begin)

    def finish(
        self, held: Job, state: str, cause: str, error: str = "", result: dict[str, Any] | None = None
    ) -> Job | None:
        """End the attempt that `held` is; None when it is no longer the one that runs."""

        def end(job: Job) -> Job | None:
            if not _same_attempt(job, held):
                return None
            return job.to(state, cause, error=error, result=result or {})

        return self._change(held.number, end)

    def give_back(self, held: Job, cause: str) -> Job | None:
        """Queue the attempt that `held` is again, in its old place: it yields, or its worker stops."""

        def back(job: Job) -> Job | None:
            return job.to(QUEUED, cause) if _same_attempt(job, held) and job.state == RUNNING else None

        return self._change(held.number, back)

    def interrupt(self, held: Job, cause: str, limit: int) -> Job | None:
        """The attempt that `held` is has died: queue it again in its old place.

        A job that was being cancelled is cancelled, and one that died `limit` times without progress has failed.
        """
        mark = float(self.progress(held.number).get("mark", 0.0))

        def back(job: Job) -> Job | None:
            if not _same_attempt(job, held):
                return None
            if job.state == CANCELLING:
                return job.to(CANCELLED, f"cancelled; {cause}")
            deaths = job.interruptions + 1 if mark <= job.mark else 1
            if deaths >= limit:
                error = (
                    f"its process died {deaths} times without getting further ({cause}): perhaps the system is out "
                    "of memory; try a smaller batch size or tile size, and see the log"
                )
                return job.to(FAILED, cause, error=error, interruptions=0)
            job = job.to(INTERRUPTED, cause, interruptions=deaths, mark=max(mark, job.mark))
            return job.to(QUEUED, "keeps its place, goes on where it stopped")

        return self._change(held.number, back)

    def cancel(self, number: int) -> Job:
        """Cancel a queued job at once; ask a running one to end.

        Raises:
            QueueError: it has ended.
        """

        def stop(job: Job) -> Job:
            if job.ended:
                raise QueueError(f"job {number} is {job.state}: there is nothing to cancel")
            if job.state == CANCELLING:
                return job
            return job.to(CANCELLED if job.state == QUEUED else CANCELLING, "asked to cancel")

        changed = self._change(number, stop)
        assert changed is not None
        return changed

    def retry(self, number: int) -> Job:
        """Queue a failed or cancelled job again, at the end; it goes on from its last checkpoint.

        Raises:
            QueueError: it has not ended, or is done.
        """

        def again(job: Job) -> Job:
            if job.state not in (FAILED, CANCELLED):
                done = (
                    "it is done: submit it anew" if job.state == DONE else "wait for it, or cancel it first"
                )
                raise QueueError(f"job {number} is {job.state} and cannot be retried: {done}")
            return job.to(
                QUEUED, "asked to retry", ticket=self._jobs.count("ticket"), interruptions=0, error=""
            )

        self._live.put(str(number), b"")
        changed = self._change(number, again)
        assert changed is not None
        self._live.put(str(number), b"")  # a reader may have taken the first away, the job being ended still
        return changed

    def remove(self, job: Job) -> None:
        """Forget an ended job."""
        self._jobs.delete(str(job.number))
        self._live.delete(str(job.number))
        self.signs.delete(f"progress:{job.number}")

    def restore(self, jobs: Iterable[Job]) -> None:
        """Take up the jobs of a lost ledger, where it does not know them."""
        top = {"number": 0, "ticket": 0}
        for job in jobs:
            top = {"number": max(top["number"], job.number), "ticket": max(top["ticket"], job.ticket)}
            if not job.ended:
                self._live.put(str(job.number), b"")
            self._jobs.add(str(job.number), pack(job))
        for counter, least in top.items():
            if (behind := least - self._jobs.count(counter, 0)) > 0:
                self._jobs.count(counter, behind)

    def clear(self) -> None:
        """Forget everything; the run folders are left."""
        for space in (self._jobs, self._live, self.signs):
            space.clear()

    # --- progress

    def progress(self, number: int) -> dict[str, Any]:
        """What a job last told of itself; empty before it did."""
        value = self.signs.get(f"progress:{number}")
        return json.loads(value) if value else {}

    def set_progress(self, number: int, progress: dict[str, Any]) -> None:
        self.signs.put(f"progress:{number}", json.dumps(progress).encode())

    # --- inside

    def _change(self, number: int, change: Callable[[Job], Job | None]) -> Job | None:
        while True:
            value = self._jobs.get(str(number))
            if value is None:
                raise QueueError(f"there is no job {number}")
            before = unpack(value)
            after = change(before)
            if after is None or after == before:
                return after
            if self._jobs.swap(str(number), value, pack(after)):
                if after.ended:
                    self._live.delete(str(number))
                self._mirror(after)
                return after

    def _mirror(self, job: Job) -> None:
        # The ledger rules; a full disk must not undo what it says.
        with suppress(SunspotError):
            atomic_write_text(self.folder(job.number) / RECORD, pack(job).decode())

    def _number(self) -> tuple[int, Path]:
        """A number that no job has, and its run folder, made."""
        while True:
            number = self._jobs.count("number")
            try:
                self.folder(number).mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise QueueError(
                    f"{self.folder(number)} cannot be made ({error.strerror}): free some space, or check the folder"
                ) from error
            return number, self.folder(number)

    def _withdraw(self, number: int, folder: Path) -> None:
        for space in (self._jobs, self._live):
            with suppress(SunspotError):
                space.delete(str(number))
        (folder / RECORD).unlink(missing_ok=True)
        folder.rmdir()


def _same_attempt(job: Job, held: Job) -> bool:
    return job.attempt == held.attempt and job.state in (RUNNING, CANCELLING)
