"""Kill workers, jobs and submitters at random and check that no job is lost and none is done twice.

`python benchmarks/kills.py` does it 200 times on a queue in a temporary folder; `--queue redis://HOST:PORT/DB` on
Redis. It prints what was killed and exits with 1 when a job was lost or repeated. The test suite runs the same with
fewer kills (tests/jobs/test_kills_sqlite.py, test_kills_redis.py).
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from jobs.control import submit
from jobs.follow import read_events
from jobs.job import Job
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
KILLS = 200
VICTIMS = ("child", "worker", "submitter")
# Share of the kills at an arbitrary moment; the others come while a job is half done.
AT_ANY_MOMENT = 0.25
AHEAD = 10  # unfinished jobs at which nothing more is submitted
PATIENCE_SECONDS = 600.0  # a queue that makes no progress for this long is stuck
POLL_SECONDS = 0.02


class Chaos:
    """Two workers and a submitter, restarted whenever they are gone, and the kills among them.

    Args:
        kills: how many; each kind of victim gets a third of them, in random order.
        seed: of the order and the moments.
        background: a command that runs the processes at low priority, such as ("nice",).
    """

    def __init__(
        self,
        ledger: Ledger,
        settings: QueueSettings,
        kills: int = KILLS,
        seed: int = 1,
        background: tuple[str, ...] = (),
    ) -> None:
        self.ledger, self.space = ledger, ledger.workspace
        # A job may be killed again and again here and must not be given up for it.
        self._environment = _environment(settings.model_copy(update={"queue_interruptions": 10_000}))
        self._random = random.Random(seed)
        self._python = (*background, sys.executable)
        self._planned = [VICTIMS[number % len(VICTIMS)] for number in range(kills)]
        self._random.shuffle(self._planned)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._accepted = self.space.root / "accepted.txt"
        self.kills: Counter[str] = Counter()

    def run(self) -> Outcome:
        """Kill as planned, let the jobs finish, and end every process."""
        try:
            for kind in self._planned:
                self._kill(kind)
            self._processes.pop("submitter").wait()
            numbers = self._numbers()
            self._keep_running(("worker 1", "worker 2"))
            return Outcome(self.kills, [self._ended(number) for number in numbers], self.ledger)
        finally:
            for process in self._processes.values():
                process.kill()
                process.wait()

    def _keep_running(self, names: Iterable[str] = ("worker 1", "worker 2", "submitter")) -> None:
        """Start what does not run; the submitter only while there is little to do."""
        root = str(self.space.root)
        for name in names:
            running = self._processes.get(name)
            if running is not None and running.poll() is None:
                continue
            if name != "submitter":
                command = [*self._python, "app.py", "worker", "--devices", "cpu", "--workspace", root]
            elif len(self.ledger.live()) < AHEAD:
                command = [*self._python, __file__, "--submit-to", root]
            else:
                continue
            with self._accepted.open("ab") as accepted, (self.space.root / "workers.log").open("ab") as log:
                output = accepted if name == "submitter" else log
                self._processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=self._environment, stdout=output, stderr=log
                )

    def _kill(self, kind: str) -> None:
        """Kill one process of a kind, at an arbitrary moment or in the middle of its work."""
        in_the_middle = self._random.random() > AT_ANY_MOMENT
        submitted, deadline = len(self._numbers()), time.monotonic() + PATIENCE_SECONDS
        while True:
            self._keep_running()
            if not in_the_middle:
                ready = True
            elif kind == "submitter":
                ready = len(self._numbers()) > submitted
            else:
                ready = self._half_done()
            if ready:
                time.sleep(self._random.uniform(0.0, 0.1))
                if self._killed(kind):
                    self.kills[kind] += 1
                    return
            assert time.monotonic() < deadline, f"nothing to kill: no progress for {PATIENCE_SECONDS:g} s"
            time.sleep(POLL_SECONDS)

    def _killed(self, kind: str) -> bool:
        """Kill a process of a kind; False if there is none."""
        victims = {name: process.pid for name, process in self._processes.items() if process.poll() is None}
        victims |= {f"child {pid}": pid for pid in runners(self.space.root)}
        names = sorted(name for name in victims if name.startswith(kind))
        if not names:
            return False
        name = self._random.choice(names)
        try:
            os.kill(victims[name], signal.SIGKILL)
        except ProcessLookupError:
            return False
        if name in self._processes:
            self._processes[name].wait()
        return True

    def _half_done(self) -> bool:
        """Whether a running job has finished a step in this attempt, and not its last."""
        for job in self.ledger.live():
            units = _units(self.ledger, job)
            if units and units[-1]["attempt"] == job.attempt and units[-1]["done"] < units[-1]["of"]:
                return True
        return False

    def _numbers(self) -> list[int]:
        """The jobs whose submission was confirmed; a line cut short by a kill was not."""
        text = self._accepted.read_text() if self._accepted.exists() else ""
        return [int(line) for line in text.split("\n")[:-1]]

    def _ended(self, number: int) -> Job:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (job := self.ledger.get(number)).ended:
            assert time.monotonic() < deadline, f"job {number} is still {job.state}: {job.history}"
            time.sleep(POLL_SECONDS)
        return job


@dataclass(frozen=True)
class Outcome:
    """What was killed, and what became of the accepted jobs."""

    kills: Counter[str]
    jobs: list[Job]
    ledger: Ledger

    def faults(self) -> list[str]:
        """Everything that must not happen: a number given twice, a job lost or done twice, a step repeated."""
        found = []
        numbers = [job.number for job in self.jobs]
        if len(set(numbers)) < len(numbers):
            found.append("a number was given twice")
        for job in self.jobs:
            states = [change["state"] for change in job.history]
            if job.state != "done" or states.count("done") != 1:
                found.append(f"job {job.number} is {job.state} after {states}")
            steps = [unit["done"] for unit in _units(self.ledger, job)]
            if steps != sorted(set(steps)):
                found.append(f"job {job.number} repeated a step: {steps}")
        return found

    @property
    def resumed(self) -> int:
        """How often an attempt continued from the checkpoint of an earlier one."""
        return sum(
            earlier["attempt"] < later["attempt"]
            for job in self.jobs
            for earlier, later in pairwise(_units(self.ledger, job))
        )

    def __str__(self) -> str:
        kills = ", ".join(f"{self.kills[kind]} {kind}" for kind in VICTIMS)
        engine = "Redis" if self.ledger.queue.url else "SQLite"
        faults = self.faults()
        return (
            f"{engine}: {self.kills.total()} kills ({kills}); {len(self.jobs)} jobs accepted, "
            + (f"{len(faults)} faults:\n" + "\n".join(faults) if faults else "none lost, each done once")
            + f"; {sum(job.attempt - 1 for job in self.jobs)} attempts repeated, {self.resumed} from a checkpoint"
        )


def _units(ledger: Ledger, job: Job) -> list[dict[str, Any]]:
    """The steps that a job reported, of all its attempts."""
    return [event for event in read_events(ledger.folder(job.number))[0] if event["kind"] == "unit"]


def runners(workspace: Path) -> dict[int, int]:
    """The processes of a workspace's running jobs: {process number: job number}."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            words = command_of(int(folder.name))
            if "jobs.runner" in words and str(workspace) in words:
                found[int(folder.name)] = int(words[words.index("jobs.runner") + 1])
    return found


def command_of(pid: int) -> list[str]:
    """The command line of a process; empty once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


def submit_probes(workspace: Workspace) -> None:
    """Submit three short jobs and print the number of each once it is accepted."""
    ledger = open_ledger(workspace)
    for _ in range(3):
        time.sleep(0.3)  # so that a kill can come between two submissions
        print(submit(ledger, "probe", {"steps": 6, "seconds": 0.1}).number, flush=True)


def _environment(settings: QueueSettings) -> dict[str, str]:
    return os.environ | {f"SUNSPOT_{name.upper()}": str(value) for name, value in settings}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--kills", type=int, default=KILLS, help="how many processes to kill (default %(default)s)"
    )
    parser.add_argument(
        "--queue", default="", help="redis://HOST:PORT/DB (default: SQLite in a temporary folder)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the order and the moments of the kills")
    parser.add_argument("--submit-to", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.submit_to:
        submit_probes(Workspace(asked.submit_to))
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = QueueSettings(queue=asked.queue, queue_lease=2, queue_grace=3)
        ledger = open_ledger(Workspace(Path(folder) / "data").create(), settings)
        try:
            outcome = Chaos(ledger, settings, asked.kills, asked.seed).run()
            print(outcome)
            sys.exit(bool(outcome.faults()))
        finally:
            ledger.clear()  # a Redis server keeps nothing of it


if __name__ == "__main__":
    main()
