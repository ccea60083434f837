"""Run the jobs of a queue: one at a time on each device, each in a process of its own."""

from __future__ import annotations

import fcntl
import math
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from jobs.child import CANNOT_HELP, NOT_RECORDED, Child, Spawner
from jobs.chunks import Chunks
from jobs.job import CANCELLING, LANES, RUNNING, Job
from jobs.link import Patience
from jobs.liveness import Presence, Watch, host
from jobs.recovery import Log, open_ledger, recorded_jobs, sweep
from sunspot_dash.errors import NoJobError, SunspotError
from sunspot_dash.files import writing
from sunspot_dash.settings import QueueSettings
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    from jobs.tasks.watch import Watcher

POLL_SECONDS = 0.2
IDLE_SECONDS = 1.0
LOOK_SECONDS = 5.0  # between two looks for new scans
LAST_TRIES = 3
LONGEST_PAUSE = 60.0  # before the next job, after one that could not be started


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
        self._slots = slots
        self._stopping = threading.Event()
        self._wake = threading.Event()
        # It waits as long as an outage lasts: the jobs of the workspace have no other worker.
        patience = Patience(math.inf, self._log, self._stopping.is_set)
        self._ledger = open_ledger(workspace, self._settings, self._log, patience)
        self._spawner = Spawner(self._environment())
        self._instance = ""
        self._start_pause = IDLE_SECONDS
        self._presence = Presence(workspace, self._ledger.signs, slots)
        self._watch = Watch(workspace, self._ledger.signs, self._settings.queue_lease)
        self._last_errors: dict[int, str] = {}  # by thread
        self._watcher: Watcher | None = None
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
        # Not joined: it may be waiting for a slow disk, and has nothing to return.
        threading.Thread(target=self._watch_scans, daemon=True).start()
        while not self._stopping.is_set():
            self._guarded(self._check_jobs)
        for thread in threads:
            thread.join()
        self._spawner.close()
        with suppress(SunspotError):
            self._presence.end()

    def _log(self, line: str) -> None:
        with suppress(OSError):  # a closed terminal or a full disk must not stop a job
            self._write(line)

    # --- main thread: heartbeat, dead workers, messages

    def _check_jobs(self) -> None:
        """Send a heartbeat, requeue the jobs of dead workers, and wait for messages for a while."""
        pause = self._settings.queue_lease / 5
        self._restore()
        self._presence.beat()
        self._reap()
        until = time.monotonic() + min(pause, IDLE_SECONDS)
        while time.monotonic() < until and not self._stopping.is_set():
            if self._ledger.queue.receive() is not None:
                self._wake.set()
            else:
                self._stopping.wait(POLL_SECONDS)

    def _restore(self) -> None:
        """Restore from the run folders what a restarted Redis server or a replaced file has lost."""
        instance = self._ledger.signs.instance()
        if instance != self._instance:
            self._ledger.restore(recorded_jobs(self._workspace, self._log))
            self._instance = instance

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
        """Run a step; an error is logged once and never ends the worker."""
        thread = threading.get_ident()
        try:
            step()
            self._last_errors.pop(thread, None)
        except Exception as error:
            if str(error) != self._last_errors.get(thread):
                self._last_errors[thread] = str(error)
                self._log(f"error: {error}" if isinstance(error, SunspotError) else f"error: {error!r}")
            self._stopping.wait(IDLE_SECONDS)

    # --- one thread: new scans

    def _watch_scans(self) -> None:
        while not self._stopping.is_set():
            self._guarded(self._look_for_scans)
            self._stopping.wait(LOOK_SECONDS)

    def _look_for_scans(self) -> None:
        """Submit a job for new scans if the workspace is watched for them."""
        if self._watcher is None:
            if not self._workspace.watch_file.exists():
                return
            from jobs.control import submit
            from jobs.tasks.watch import Watcher  # with the libraries that decode pictures

            # A ledger that does not wait while the queue is away: the watch lock would be held as long.
            self._watcher = Watcher(open_ledger(self._workspace, self._settings, self._log), submit)
        if (job := self._watcher.look()) is not None:
            self._log(f"job {job.number}: submitted for {counted(len(job.params['drawings']), 'new scan')}")

    # --- one thread per slot

    def _serve(self, device: str) -> None:
        while not self._stopping.is_set():
            self._guarded(lambda: self._next(device))

    def _next(self, device: str) -> None:
        """Run one job, or wait briefly if there is none."""
        self._wake.clear()
        path = self._workspace.queue / "slots" / f"{host()}-{device.replace(':', '-')}.lock"
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            slot = path.open("w")
        # The child inherits the lock: the slot stays taken until both processes have ended.
        with slot as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._return_unstarted(device)
            if (job := self._claim(device)) is not None:
                self._run(job, device, lock)
                return
            if (job := self._job_to_help()) is not None:
                self._run(job, device, lock, helps=True)
                return
        self._wake.wait(IDLE_SECONDS)

    def _return_unstarted(self, device: str) -> None:
        """Return a job that this slot has claimed, but could neither start nor return when the disk was full."""
        for job in self._ledger.live():
            held = job.worker == self._presence.id and job.device == device
            if held and job.state in (RUNNING, CANCELLING):
                self._interrupt(job, "its process could not be started", counts=False)

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
                self._interrupt(job, f"its process could not be started ({error})", counts=False)
            self._pause()
            raise
        self._supervise(child, job, helps)
        self._retry(lambda: self._clean_up(child, job, holder, helps))

    def _start(self, job: Job, device: str, lock: IO[str], holder: str, helps: bool) -> Child:
        arguments = [str(job.number), str(job.attempt), "--holder", holder]
        arguments += ["--workspace", str(self._workspace.root.absolute()), *["--help-out"] * helps]
        return self._spawner.spawn(job.kind, arguments, self._ledger.folder(job.number), device, lock)

    def _environment(self) -> dict[str, str]:
        """Return the environment variables of the processes of jobs."""
        settings = {f"SUNSPOT_{name.upper()}": str(value) for name, value in self._settings}
        if len(self._slots) > 1:  # otherwise the threads of all jobs would compete for every core
            settings["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // len(self._slots)))
        return settings

    def _supervise(self, child: Child, job: Job, helps: bool) -> None:
        """Forward requests to a job's process until it has ended."""
        while child.wait(POLL_SECONDS) is None:
            if self._stopping.is_set():
                child.send("stop")
            with suppress(SunspotError):
                self._forward_requests(child, job, helps)
            if child.sent in ("cancel", "stop"):
                child.kill_after(self._settings.queue_grace)

    def _forward_requests(self, child: Child, job: Job, helps: bool) -> None:
        now = self._ledger.get(job.number)
        if not now.runs_attempt(job.attempt):
            now = self._ledger.current(job.number)
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

    def _clean_up(self, child: Child, job: Job, holder: str, helps: bool) -> None:
        """Reopen the chunks and record the interruption of a process that ended early."""
        Chunks(self._ledger.signs, job.number, holder).reopen(holder.__eq__)
        code = child.returncode
        assert code is not None
        if code == NOT_RECORDED:
            self._pause()
        else:
            self._start_pause = IDLE_SECONDS
        if helps:
            if code == CANNOT_HELP:
                self._cannot_help.add((job.number, job.attempt))
                self._log(f"cannot help with job {job.number} from here: see its log")
            return
        cause = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        if code == NOT_RECORDED:
            cause = "because the queue could not be reached or written: see its log"
        try:
            after = self._interrupt(job, f"its process ended {cause}", counts=code != NOT_RECORDED)
            after = after or self._ledger.get(job.number)
        except NoJobError:  # it had ended, and was removed from the list at once
            self._log(f"job {job.number} ({job.kind}) was removed")
            return
        self._ledger.record(after)  # the process itself could not do it while the disk was full
        self._log(
            f"job {job.number} ({job.kind}) is {after.state}" + (f": {after.error}" if after.error else "")
        )

    def _interrupt(self, job: Job, cause: str, counts: bool = True) -> Job | None:
        return self._ledger.interrupt(job, cause, self._settings.queue_interruptions if counts else None)

    def _pause(self) -> None:
        """Wait before the next job, longer each time: what prevents one job from starting prevents the others too."""
        self._stopping.wait(self._start_pause)
        self._start_pause = min(2 * self._start_pause, LONGEST_PAUSE)

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
