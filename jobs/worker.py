"""Run the jobs of a queue: one at a time on each device, each in a process of its own."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from jobs.child import Child, spawn
from jobs.chunks import Chunks
from jobs.job import CANCELLING, LANES, RUNNING, Job
from jobs.key_value import DamagedError
from jobs.liveness import Presence, Watch, host
from jobs.recovery import Log, open_ledger, set_aside, sweep
from sunspot_dash.errors import SunspotError
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

POLL_SECONDS = 0.2
IDLE_SECONDS = 1.0
LAST_TRIES = 3


class Worker:
    """One worker process of a workspace, with a slot for each of its devices.

    Args:
        log: receives a line for every job started and ended, and for every error.
    """

    def __init__(
        self, workspace: Workspace, slots: list[str], settings: QueueSettings | None = None, log: Log = print
    ) -> None:
        self._workspace = workspace.create()
        self._settings = settings or QueueSettings()
        self._write = log
        self._ledger = open_ledger(workspace, self._settings, self._log)
        self._slots = slots
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._presence = Presence(workspace, self._ledger.signs, slots)
        self._watch = Watch(workspace, self._ledger.signs, self._settings.queue_lease)
        self._last_error = ""
        self._cannot_help: set[tuple[int, int]] = set()  # (job, attempt) that cannot be helped from here

    def stop(self) -> None:
        """Stop soon: running jobs return to their positions in the queue."""
        self._stopping.set()
        self._wake.set()

    def run(self) -> None:
        """Run jobs until `stop` is called."""
        sweep(self._workspace)
        self._log(f"worker {self._presence.id} on {', '.join(self._slots)}, queue: {self._ledger.queue.name}")
        threads = [threading.Thread(target=self._serve, args=(slot,)) for slot in self._slots]
        for thread in threads:
            thread.start()
        while not self._stopping.is_set():
            self._guarded(self._check_jobs)
        for thread in threads:
            thread.join()
        with suppress(SunspotError):
            self._presence.end()

    def _log(self, line: str) -> None:
        with suppress(OSError):  # a closed terminal or a full disk must not stop a job
            self._write(line)

    # --- main thread: heartbeat, dead workers, messages

    def _check_jobs(self) -> None:
        """Send a heartbeat, requeue the jobs of dead workers, and wait for messages for a while."""
        pause = self._settings.queue_lease / 5
        self._presence.beat()
        self._reap()
        until = time.monotonic() + min(pause, IDLE_SECONDS)
        while time.monotonic() < until and not self._stopping.is_set():
            if self._ledger.queue.receive() is not None:
                self._wake.set()
            else:
                self._stopping.wait(POLL_SECONDS)

    def _reap(self) -> None:
        """Requeue the jobs of dead workers."""
        for job in self._ledger.live():
            if job.state in (RUNNING, CANCELLING) and self._watch.dead(job.worker):
                after = self._interrupt(job, f"worker {job.worker} died")
                if after is not None:
                    self._log(f"job {job.number}: its worker died; the job is now {after.state}")
                    self._wake.set()
        self._watch.sweep()

    def _guarded(self, step: Callable[[], object]) -> None:
        """Run a step; an error of the queue is logged once and never ends the worker."""
        try:
            step()
            self._last_error = ""
        except Exception as error:
            if isinstance(error, DamagedError):
                with suppress(Exception):  # the next step will find the damage again
                    set_aside(self._workspace, self._settings, self._log, error)
            elif str(error) != self._last_error:
                self._last_error = str(error)
                self._log(f"error: {error}" if isinstance(error, SunspotError) else f"error: {error!r}")
            self._stopping.wait(IDLE_SECONDS)

    # --- one thread per slot

    def _serve(self, device: str) -> None:
        while not self._stopping.is_set():
            self._guarded(lambda: self._next(device))

    def _next(self, device: str) -> None:
        """Run one job, or wait briefly if there is none."""
        self._wake.clear()
        path = self._workspace.queue / "slots" / f"{host()}-{device.replace(':', '-')}.lock"
        path.parent.mkdir(exist_ok=True)
        # The child inherits the lock: the slot stays taken until both processes have ended.
        with path.open("w") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (job := self._claim(device)) is not None:
                self._run(job, device, lock)
                return
            if (job := self._job_to_help()) is not None:
                self._run(job, device, lock, helps=True)
                return
        self._wake.wait(IDLE_SECONDS)

    def _claim(self, device: str) -> Job | None:
        """Claim the next job: by the precedence of the lanes, in each lane in order of submission."""
        for waiting in [job for lane in LANES for job in self._ledger.queued(lane)]:
            if (job := self._ledger.claim(waiting.number, self._presence.id, device)) is not None:
                return job
        return None

    def _job_to_help(self) -> Job | None:
        """Return a job that runs elsewhere and has open chunks."""
        for job in self._ledger.live():
            if (job.number, job.attempt) in self._cannot_help or job.state != RUNNING:
                continue
            if Chunks(self._ledger.signs, job.number, "").any_open():
                return job
        return None

    def _run(self, job: Job, device: str, lock: IO[str], helps: bool = False) -> None:
        what = f"job {job.number} ({job.kind}), attempt {job.attempt}"
        self._log(f"{what}: {'helps out' if helps else 'started'} on {device}")
        holder = f"{self._presence.id}:{device}:{time.monotonic_ns()}"
        try:
            child = self._start(job, device, lock, holder, helps)
        except OSError as error:
            if not helps:
                self._interrupt(job, f"its process could not be started ({error})")
            raise
        self._supervise(child, job, helps)
        self._retry(lambda: self._clean_up(child.process, job, holder, helps))

    def _start(self, job: Job, device: str, lock: IO[str], holder: str, helps: bool) -> Child:
        arguments = [str(job.number), str(job.attempt), "--holder", holder]
        arguments += ["--workspace", str(self._workspace.root.absolute()), *["--help-out"] * helps]
        settings = {f"SUNSPOT_{name.upper()}": str(value) for name, value in self._settings}
        if len(self._slots) > 1:  # otherwise the threads of all jobs would compete for every core
            settings["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // len(self._slots)))
        return spawn(arguments, self._ledger.folder(job.number), device, lock, settings)

    def _supervise(self, child: Child, job: Job, helps: bool) -> None:
        """Forward requests to a job's process until it has ended."""
        while child.process.poll() is None:
            if self._stopping.is_set():
                child.send("stop")
            with suppress(SunspotError):
                self._forward_requests(child, job, helps)
            if child.sent in ("cancel", "stop"):
                child.kill_after(self._settings.queue_grace)
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(POLL_SECONDS)

    def _forward_requests(self, child: Child, job: Job, helps: bool) -> None:
        now = self._ledger.get(job.number)
        if not now.runs_attempt(job.attempt):
            child.send("stop")
        elif now.state == CANCELLING:
            child.send("cancel")
        elif child.sent == "stop":
            return
        elif helps:
            if any(self._ledger.queued(lane) for lane in LANES):
                child.send("stop")
        elif before := LANES[: LANES.index(job.lane)]:
            child.send("yield" if any(self._ledger.queued(lane) for lane in before) else "stay")

    def _clean_up(self, process: subprocess.Popen[bytes], job: Job, holder: str, helps: bool) -> None:
        """Reopen the chunks and record the interruption of a process that ended early."""
        Chunks(self._ledger.signs, job.number, holder).reopen(holder.__eq__)
        code = process.returncode
        if helps:
            if code == 1:
                self._cannot_help.add((job.number, job.attempt))
                self._log(f"cannot help with job {job.number} from here: see its log")
            return
        cause = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        after = self._interrupt(job, f"its process ended {cause}") or self._ledger.get(job.number)
        self._log(
            f"job {job.number} ({job.kind}) is {after.state}" + (f": {after.error}" if after.error else "")
        )

    def _interrupt(self, job: Job, cause: str) -> Job | None:
        return self._ledger.interrupt(job, cause, self._settings.queue_interruptions)

    def _retry(self, step: Callable[[], object]) -> None:
        """Repeat a step until it succeeds: a job keeps its state while the disk is full or Redis is unreachable.

        A stopping worker gives up after LAST_TRIES; other workers then find the job interrupted.
        """
        left, tries = True, 0

        def once() -> None:
            nonlocal left
            step()
            left = False

        while left and (tries < LAST_TRIES or not self._stopping.is_set()):
            self._guarded(once)
            tries += 1
