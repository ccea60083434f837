"""Runs jobs: one at a time on each device, each in a process of its own that it tends until the end."""

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
from jobs.job import CANCELLING, RUNNING, SHORT, TRAINING, Job
from jobs.key_value import DamagedError
from jobs.liveness import Presence, Watch, host
from jobs.recovery import open_ledger, set_aside, sweep
from sunspot_dash.errors import SunspotError
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

LOOK_SECONDS = 0.2
IDLE_SECONDS = 1.0
LAST_TRIES = 3
Say = Callable[[str], object]


class Worker:
    """One worker process of a workspace, with a slot for each of its devices.

    Args:
        say: receives a line for every job begun and ended, and for trouble.
    """

    def __init__(
        self, workspace: Workspace, slots: list[str], settings: QueueSettings | None = None, say: Say = print
    ) -> None:
        self._workspace = workspace.create()
        self._settings = settings or QueueSettings()
        self._line = say
        self._ledger = open_ledger(workspace, self._settings, self._say)
        self._slots = slots
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._presence = Presence(workspace, self._ledger.signs, slots)
        self._watch = Watch(workspace, self._ledger.signs, self._settings.queue_lease)
        self._trouble = ""
        self._useless: set[tuple[int, int]] = set()  # attempts at jobs that cannot be helped from here

    def stop(self) -> None:
        """End soon: the jobs that run go back to their places in the queue."""
        self._stopping.set()
        self._wake.set()

    def run(self) -> None:
        """Work until `stop`."""
        sweep(self._workspace)
        self._say(f"worker {self._presence.id} on {', '.join(self._slots)}, queue: {self._ledger.queue.name}")
        threads = [threading.Thread(target=self._serve, args=(slot,)) for slot in self._slots]
        for thread in threads:
            thread.start()
        while not self._stopping.is_set():
            self._guarded(self._turn)
        for thread in threads:
            thread.join()
        with suppress(SunspotError):
            self._presence.end()

    def _say(self, line: str) -> None:
        with suppress(OSError):  # a closed terminal or a full disk is no reason to leave a job alone
            self._line(line)

    # --- the main thread: signs of life, the dead, and messages

    def _turn(self) -> None:
        pause = self._settings.queue_lease / 5
        self._presence.beat()
        self._reap()
        until = time.monotonic() + min(pause, IDLE_SECONDS)
        while time.monotonic() < until and not self._stopping.is_set():
            if self._ledger.queue.receive() is not None:
                self._wake.set()
            else:
                self._stopping.wait(LOOK_SECONDS)

    def _reap(self) -> None:
        """Queue the jobs of dead workers again."""
        for job in self._ledger.live():
            if job.state in (RUNNING, CANCELLING) and self._watch.dead(job.worker):
                after = self._interrupt(job, f"worker {job.worker} died")
                if after is not None:
                    self._say(f"job {job.number}: its worker died, it is {after.state} now")
                    self._wake.set()
        self._watch.sweep()

    def _guarded(self, step: Callable[[], object]) -> None:
        """Do a step; what goes wrong with the queue is said once, and never ends the worker."""
        try:
            step()
            self._trouble = ""
        except Exception as error:
            if isinstance(error, DamagedError):
                with suppress(Exception):  # the next step finds it damaged again
                    set_aside(self._workspace, self._settings, self._say, error)
            elif str(error) != self._trouble:
                self._trouble = str(error)
                self._say(f"trouble: {error}" if isinstance(error, SunspotError) else f"trouble: {error!r}")
            self._stopping.wait(IDLE_SECONDS)

    # --- a thread for each slot

    def _serve(self, device: str) -> None:
        while not self._stopping.is_set():
            self._guarded(lambda: self._next(device))

    def _next(self, device: str) -> None:
        """Run one job, or wait a little where there is none."""
        self._wake.clear()
        path = self._workspace.queue / "slots" / f"{host()}-{device.replace(':', '-')}.lock"
        path.parent.mkdir(exist_ok=True)
        # The child inherits the lock: the slot is free when both are gone, not before.
        with path.open("w") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (job := self._claim(device)) is not None:
                self._run(job, device, lock)
                return
            if (job := self._shared()) is not None:
                self._run(job, device, lock, helps=True)
                return
        self._wake.wait(IDLE_SECONDS)

    def _claim(self, device: str) -> Job | None:
        """The next job: the short ones first, then trainings, in the order in which they came."""
        for waiting in [*self._ledger.queued(SHORT), *self._ledger.queued(TRAINING)]:
            if (job := self._ledger.claim(waiting.number, self._presence.id, device)) is not None:
                return job
        return None

    def _shared(self) -> Job | None:
        """A job that runs elsewhere and has chunks for others."""
        for job in self._ledger.live():
            if (job.number, job.attempt) in self._useless or job.state != RUNNING:
                continue
            if Chunks(self._ledger.signs, job.number, "").any_open():
                return job
        return None

    def _run(self, job: Job, device: str, lock: IO[str], helps: bool = False) -> None:
        what = f"job {job.number} ({job.kind}), attempt {job.attempt}"
        self._say(f"{what}: {'takes a share' if helps else 'begins'} on {device}")
        holder = f"{self._presence.id}:{device}:{time.monotonic_ns()}"
        try:
            child = self._begin(job, device, lock, holder, helps)
        except OSError as error:
            if not helps:
                self._interrupt(job, f"its process could not be started ({error})")
            raise
        self._tend(child, job, helps)
        self._insist(lambda: self._after(child.process, job, holder, helps))

    def _begin(self, job: Job, device: str, lock: IO[str], holder: str, helps: bool) -> Child:
        arguments = [str(job.number), str(job.attempt), "--holder", holder]
        arguments += ["--workspace", str(self._workspace.root.absolute()), *["--help-out"] * helps]
        settings = {f"SUNSPOT_{name.upper()}": str(value) for name, value in self._settings}
        if len(self._slots) > 1:  # else the threads of one would wait for cores that the others spin on
            settings["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // len(self._slots)))
        return spawn(arguments, self._ledger.folder(job.number), device, lock, settings)

    def _tend(self, child: Child, job: Job, helps: bool) -> None:
        """Pass on what is asked of a job, until its process has ended."""
        while child.process.poll() is None:
            if self._stopping.is_set():
                child.say("stop")
            with suppress(SunspotError):
                self._pass_on(child, job, helps)
            if child.said in ("cancel", "stop"):
                child.end(self._settings.queue_grace)
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(LOOK_SECONDS)

    def _pass_on(self, child: Child, job: Job, helps: bool) -> None:
        now = self._ledger.get(job.number)
        if now.attempt != job.attempt or now.state not in (RUNNING, CANCELLING):
            child.say("stop")
        elif now.state == CANCELLING:
            child.say("cancel")
        elif child.said == "stop":
            return
        elif helps:
            if any(self._ledger.queued(lane) for lane in (SHORT, TRAINING)):
                child.say("stop")
        elif job.lane == TRAINING:
            child.say("yield" if self._ledger.queued(SHORT) else "stay")

    def _after(self, process: subprocess.Popen[bytes], job: Job, holder: str, helps: bool) -> None:
        """See to what a process left undone."""
        Chunks(self._ledger.signs, job.number, holder).open_again(holder.__eq__)
        code = process.returncode
        if helps:
            if code == 1:
                self._useless.add((job.number, job.attempt))
                self._say(f"job {job.number} cannot be helped from here: see its log")
            return
        cause = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        after = self._interrupt(job, f"its process ended {cause}") or self._ledger.get(job.number)
        self._say(
            f"job {job.number} ({job.kind}) is {after.state}" + (f": {after.error}" if after.error else "")
        )

    def _interrupt(self, job: Job, cause: str) -> Job | None:
        return self._ledger.interrupt(job, cause, self._settings.queue_interruptions)

    def _insist(self, step: Callable[[], object]) -> None:
        """Do a step as often as it takes: while the disk is full or Redis is away, a job keeps its state.

        A worker that stops leaves it to the others after a few tries: they take the job for interrupted.
        """
        left, tries = True, 0

        def once() -> None:
            nonlocal left
            step()
            left = False

        while left and (tries < LAST_TRIES or not self._stopping.is_set()):
            self._guarded(once)
            tries += 1
