"""The records of all jobs of a workspace: read and change them.

A record is one value that changes only by compare-and-swap: if two processes change a job at the same time, one
succeeds and the other reads the record again. Each change is mirrored to the job's run folder, from which a lost
ledger is rebuilt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs.engine import Queue
from jobs.job import QUEUED, RECORD, RUNNING, Job, entry, pack, unpack
from jobs.link import DamagedError
from sunspot_dash.errors import NoJobError, SunspotError, WorkspaceError
from sunspot_dash.files import atomic_write_text
from sunspot_dash.workspace import Workspace


class Ledger:
    """The jobs of one workspace."""

    def __init__(self, workspace: Workspace, queue: Queue) -> None:
        self.workspace = workspace
        self.queue = queue
        self._jobs = queue.space("job")
        self._live = queue.space("live")  # numbers of the jobs that have not ended: few among thousands
        self.signs = queue.space("sign")  # progress, heartbeats and chunks: not part of the records

    def folder(self, number: int) -> Path:
        """Return the run folder of a job."""
        return self.workspace.runs / str(number)

    # --- reading

    def get(self, number: int) -> Job:
        """Return a job.

        Raises:
            QueueError: no job has this number.
        """
        return unpack(self._value(number))

    def current(self, number: int) -> Job:
        """Return a job, with the last changes if the queue has lost them.

        Raises:
            QueueError: no job has this number.
        """
        return self._restored(number)[1]

    def live(self) -> list[Job]:
        """Return the jobs that have not ended, ordered by ticket."""
        numbers = list(self._live.items())
        if not numbers:
            self.check()
        found = self._jobs.many(numbers)
        jobs = [unpack(value) for value in found.values()]
        for job in jobs:
            if job.ended:  # the process that ended it died before the last step
                self._unmark(job.number)
        return sorted((job for job in jobs if not job.ended), key=lambda job: job.ticket)

    def queued(self, lane: str) -> list[Job]:
        """Return the waiting jobs of a lane, first come first."""
        return [job for job in self.live() if job.state == QUEUED and job.lane == lane]

    def position(self, job: Job) -> int:
        """Return a queued job's position in its lane, from 1; 0 if it is not waiting."""
        waiting = [other.number for other in self.queued(job.lane)]
        return waiting.index(job.number) + 1 if job.number in waiting else 0

    def page(self, limit: int, before: int | None = None) -> list[Job]:
        """Return the newest jobs, newest first; with `before`, only those with lower numbers."""
        top = min(self.last(), before - 1) if before is not None else self.last()
        jobs: list[Job] = []
        while top > 0 and len(jobs) < limit:  # pruned numbers leave gaps
            low = max(1, top - max(limit, 100) + 1)
            found = self._jobs.many([str(number) for number in range(low, top + 1)])
            jobs += sorted((unpack(value) for value in found.values()), key=lambda job: -job.number)
            top = low - 1
        return jobs[:limit]

    def all(self) -> list[Job]:
        """Return every job, newest first."""
        return sorted((unpack(value) for value in self._jobs.items().values()), key=lambda job: -job.number)

    def last(self) -> int:
        """Return the highest number assigned."""
        return self._jobs.count("number", 0)

    def progress(self, number: int) -> dict[str, Any]:
        """Return the last event that a job reported; empty before the first."""
        value = self.signs.get(f"progress:{number}")
        return json.loads(value) if value else {}

    # --- changing

    def accept(self, kind: str, lane: str, params: dict[str, Any]) -> Job:
        """Write the record of a new job. Once this returns, the job is not lost; if it raises, nothing is left behind.

        Raises:
            WorkspaceError: for example, the disk is full.
        """
        number, folder = self._new_number()
        try:
            ticket = self._jobs.count("ticket")
            job = Job(number, kind, lane, params, ticket, history=(entry(QUEUED, "submitted"),))
            atomic_write_text(folder / RECORD, pack(job).decode())
            # The number goes first: without it, nobody would find the record; without the record, it does no harm.
            self._live.put(str(number), b"")
            self._jobs.add(str(number), pack(job))
        except SunspotError:
            self._withdraw(number, folder)
            raise
        return job

    def claim(self, number: int, worker: str, device: str) -> Job | None:
        """Start the next attempt at a queued job; return None if another worker was first."""
        return self._change(number, lambda job: job.claimed(worker, device))

    def finish(
        self, held: Job, state: str, cause: str, error: str = "", result: dict[str, Any] | None = None
    ) -> Job | None:
        """End the attempt `held`; return None if it is no longer the current one."""

        def end(job: Job) -> Job | None:
            if not job.runs_attempt(held.attempt):
                return None
            return job.to(state, cause, error=error, result=result or {})

        return self._change(held.number, end)

    def give_back(self, held: Job, cause: str) -> Job | None:
        """Queue the attempt `held` again at its old position, because it yields or its worker stops."""

        def back(job: Job) -> Job | None:
            return job.to(QUEUED, cause) if job.runs_attempt(held.attempt) and job.state == RUNNING else None

        return self._change(held.number, back)

    def interrupt(self, held: Job, cause: str, limit: int | None) -> Job | None:
        """Record that the process of the attempt `held` has ended too early (see `Job.interrupted`)."""
        progress_mark = float(self.progress(held.number).get("mark", 0.0))

        def back(job: Job) -> Job | None:
            return job.interrupted(cause, progress_mark, limit) if job.runs_attempt(held.attempt) else None

        return self._change(held.number, back)

    def cancel(self, number: int) -> Job:
        """Cancel a queued job at once; ask a running job to stop.

        Raises:
            QueueError: it has ended.
        """
        changed = self._change(number, Job.cancelled)
        assert changed is not None
        return changed

    def retry(self, number: int) -> Job:
        """Queue a failed or cancelled job again, at the end of its lane; it resumes from its last checkpoint.

        Raises:
            QueueError: it has not ended, or is done.
        """

        def again(job: Job) -> Job:
            job.check_retry()
            ticket = self._jobs.count("ticket")
            return job.to(QUEUED, "retry requested", ticket=ticket, interruptions=0, error="")

        self._live.put(str(number), b"")
        changed = self._change(number, again)
        assert changed is not None
        self._live.put(str(number), b"")  # see `_unmark`
        return changed

    def set_progress(self, number: int, progress: dict[str, Any]) -> None:
        """Store the last event that a job reported."""
        self.signs.put(f"progress:{number}", json.dumps(progress).encode())

    def remove(self, job: Job) -> None:
        """Delete the record of an ended job."""
        self._jobs.delete(str(job.number))
        self._live.delete(str(job.number))
        self.signs.delete(f"progress:{job.number}")

    def restore(self, jobs: Iterable[Job]) -> None:
        """Add the jobs that the ledger has lost, and the last changes that it has lost of others."""
        top = {"number": 0, "ticket": 0}
        for job in jobs:
            top = {"number": max(top["number"], job.number), "ticket": max(top["ticket"], job.ticket)}
            if not job.ended:
                self._live.put(str(job.number), b"")
            if not self._jobs.add(str(job.number), pack(job)):
                self.current(job.number)
        for counter, least in top.items():
            if (behind := least - self._jobs.count(counter, 0)) > 0:
                self._jobs.count(counter, behind)

    def check(self) -> None:
        """Rebuild the ledger if its storage has lost everything, for example a Redis server without a file."""
        if self.signs.get("format") is None and self.queue.link.repair is not None:
            self.queue.link.repair(DamagedError("the queue has lost its jobs"))

    def clear(self) -> None:
        """Delete all records; the run folders remain."""
        for space in (self._jobs, self._live, self.signs):
            space.clear()

    # --- internal

    def _value(self, number: int) -> bytes:
        """Return the record of a job, serialized."""
        value = self._jobs.get(str(number))
        if value is None:
            self.check()
            value = self._jobs.get(str(number))
        if value is None:
            raise NoJobError(f"there is no job {number}: 'python app.py jobs list' lists the jobs")
        return value

    def _restored(self, number: int) -> tuple[bytes, Job]:
        """Return the record of a job, serialized too, after restoring the last changes from its run folder.

        A Redis server that is killed loses up to a second, and a disk that fails as much as it likes.
        """
        while True:
            value = self._value(number)
            job, recorded = unpack(value), self._recorded(number)
            if recorded is None or not recorded.newer_than(job):
                return value, job
            if not recorded.ended:
                self._live.put(str(number), b"")
            self._jobs.swap(str(number), value, pack(recorded))

    def _recorded(self, number: int) -> Job | None:
        """Return a job as its run folder has it, None if that cannot be read."""
        with suppress(OSError, ValueError, TypeError, LookupError):
            return unpack((self.folder(number) / RECORD).read_text("utf-8"))
        return None

    def _change(self, number: int, change: Callable[[Job], Job | None]) -> Job | None:
        while True:
            value, before = self._restored(number)
            after = change(before)
            if after is None or after == before:
                return after
            if self._jobs.swap(str(number), value, pack(after)):
                if after.ended:
                    self._unmark(number)
                # The ledger is authoritative: a full disk must not undo its change.
                with suppress(SunspotError):
                    self.record(after)
                return after

    def _unmark(self, number: int) -> None:
        """Remove an ended job from the live ones, unless it is retried at this moment."""
        with suppress(SunspotError):  # the next reader of the live jobs does it
            self._live.delete(str(number))
            if not self.get(number).ended:
                self._live.put(str(number), b"")

    def record(self, job: Job) -> None:
        """Copy the record of a job to its run folder.

        Raises:
            WorkspaceError: the disk is full, or the folder cannot be written.
        """
        atomic_write_text(self.folder(job.number) / RECORD, pack(job).decode())

    def _new_number(self) -> tuple[int, Path]:
        """Reserve an unused number and create its run folder."""
        while True:
            number = self._jobs.count("number")
            try:
                self.folder(number).mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise WorkspaceError(
                    f"{self.folder(number)} cannot be created ({error.strerror}): free some space, or check the folder"
                ) from error
            return number, self.folder(number)

    def _withdraw(self, number: int, folder: Path) -> None:
        for space in (self._jobs, self._live):
            with suppress(SunspotError):
                space.delete(str(number))
        with suppress(OSError):
            (folder / RECORD).unlink(missing_ok=True)
            folder.rmdir()
