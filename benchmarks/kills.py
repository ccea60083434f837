"""Kill workers, jobs, servers, submitters, all of them at once, or Redis; check that no job is lost or done twice.

`python benchmarks/kills.py` kills 200 times on a queue in a temporary folder, with `--redis` on a Redis server of its
own. It prints what was killed and exits with 1 if a job was lost or repeated. The test suite does the same with fewer
kills (tests/jobs/test_kills_sqlite.py, test_kills_redis.py), and `python benchmarks/endurance.py` on both engines.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.kill_outcome import Outcome, units
from benchmarks.processes import runners
from benchmarks.redis_server import RedisServer
from jobs.control import submit
from jobs.job import Job
from jobs.ledger import Ledger
from jobs.link import Patience
from jobs.recovery import open_ledger
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
KILLS = 200
WORKERS = ("worker 1", "worker 2")
ALL = "all at once"
VICTIMS = ("child", "worker", "server", "submitter", ALL)
REDIS = "redis"  # a further victim
# Share of the kills at an arbitrary moment; the others come while a job is half done.
AT_ANY_MOMENT = 0.25
AWAY_SECONDS = 3.0  # the longest time until Redis is started again
AHEAD = 10  # unfinished jobs at which nothing more is submitted
PATIENCE_SECONDS = 600.0  # a queue that makes no progress for this long is stuck
POLL_SECONDS = 0.02


class Chaos:
    """Two workers, a server and a submitter, restarted whenever they are gone, and the kills among them.

    Args:
        ledger: one that waits while Redis is away.
        kills: number of kills; each kind of victim gets its share of them, in random order.
        seed: of the order and the moments.
        background: a command that runs the processes at low priority, such as ("nice",).
        victims: kinds of processes to kill; without "server", none is started.
        redis: the server of the queue, to be killed too.
    """

    def __init__(
        self,
        ledger: Ledger,
        settings: QueueSettings,
        kills: int = KILLS,
        seed: int = 1,
        background: tuple[str, ...] = (),
        victims: tuple[str, ...] = VICTIMS,
        redis: RedisServer | None = None,
    ) -> None:
        self.ledger, self.space, self._redis = ledger, ledger.workspace, redis
        # A job may be killed again and again here and must not be given up for it.
        lasting = {"queue_interruptions": 10_000, "queue_patience": PATIENCE_SECONDS}
        self._environment = _environment(settings.model_copy(update=lasting))
        self._random = random.Random(seed)
        kinds = (*victims, *[REDIS] * (redis is not None))
        self._planned = [kinds[number % len(kinds)] for number in range(kills)]
        self._random.shuffle(self._planned)
        self._commands = self._command_lines((*background, sys.executable), "server" in victims)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._accepted = self.space.root / "accepted.txt"
        self.kills: Counter[str] = Counter()

    def run(self) -> Outcome:
        """Kill as planned, let the jobs finish, and end every process."""
        try:
            for kind in self._planned:
                self._kill(kind)
            if "submitter" in self._processes:
                self._processes.pop("submitter").wait()
            del self._commands["submitter"]
            self._keep_running()
            return Outcome(self.kills, [self._ended(number) for number in self._numbers()], self.ledger)
        finally:
            for process in self._processes.values():
                process.kill()
                process.wait()

    def _command_lines(self, python: tuple[str, ...], with_server: bool) -> dict[str, list[str]]:
        root = ["--workspace", str(self.space.root)]
        lines = {name: [*python, "app.py", "worker", "--devices", "cpu", *root] for name in WORKERS}
        lines["submitter"] = [*python, __file__, "--submit-to", str(self.space.root)]
        if with_server:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = str(free.getsockname()[1])
            lines["server"] = [*python, "app.py", "serve", "--port", port, "--no-demo", "--no-worker", *root]
        return lines

    def _keep_running(self) -> None:
        """Start what does not run; the submitter only while there is little to do."""
        for name, command in self._commands.items():
            running = self._processes.get(name)
            if running is not None and running.poll() is None:
                continue
            if name == "submitter" and len(self.ledger.live()) >= AHEAD:
                continue
            with self._accepted.open("ab") as accepted, (self.space.root / "workers.log").open("ab") as log:
                output = accepted if name == "submitter" else log
                self._processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=self._environment, stdout=output, stderr=log
                )

    def _kill(self, kind: str) -> None:
        """Kill the processes of a kind, at an arbitrary moment or in the middle of their work."""
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
        """Kill a process of a kind, or all; return False if there is none."""
        if kind == REDIS:
            self._restart_redis()
            return True
        victims = {name: process.pid for name, process in self._processes.items() if process.poll() is None}
        victims |= {f"child {pid}": pid for pid in runners(self.space.root)}
        names = sorted(name for name in victims if kind == ALL or name.startswith(kind))
        if not names:
            return False
        if kind != ALL:
            names = [self._random.choice(names)]
        for name in names:
            with suppress(ProcessLookupError):
                os.kill(victims[name], signal.SIGKILL)
        if kind == ALL and self._redis is not None:
            self._restart_redis()
        for name in names:
            if name in self._processes:
                self._processes[name].wait()
        return True

    def _restart_redis(self) -> None:
        assert self._redis is not None
        self._redis.kill()
        time.sleep(self._random.uniform(0.0, AWAY_SECONDS))
        self._redis.start()

    def _half_done(self) -> bool:
        """Return whether a running job has finished a step in this attempt, and not its last."""
        for job in self.ledger.live():
            steps = units(self.ledger, job)
            if steps and steps[-1]["attempt"] == job.attempt and steps[-1]["done"] < steps[-1]["of"]:
                return True
        return False

    def _numbers(self) -> list[int]:
        """Return the jobs whose submission was confirmed; a line cut short by a kill was not."""
        text = self._accepted.read_text() if self._accepted.exists() else ""
        return [int(line) for line in text.split("\n")[:-1]]

    def _ended(self, number: int) -> Job:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (job := self.ledger.get(number)).ended:
            assert time.monotonic() < deadline, f"job {number} is still {job.state}: {job.history}"
            time.sleep(POLL_SECONDS)
        return job


def submit_probes(workspace: Workspace) -> None:
    """Submit three short jobs and print the number of each once it is accepted."""
    ledger = open_ledger(workspace, patience=Patience(PATIENCE_SECONDS))
    for _ in range(3):
        time.sleep(0.3)  # so that a kill can come between two submissions
        print(submit(ledger, "probe", {"steps": 6, "seconds": 0.1}).number, flush=True)


def run_kills(kills: int, with_redis: bool, seed: int = 1) -> tuple[int, int]:
    """Kill on a queue in a temporary folder, on SQLite or on a Redis server that is killed too.

    Prints the outcome and returns the number of jobs that were lost, and of those that were done twice.
    """
    with tempfile.TemporaryDirectory() as folder:
        redis = RedisServer(Path(folder)) if with_redis else None
        try:
            settings = QueueSettings(queue=redis.url if redis else "", queue_lease=2, queue_grace=3)
            patience = Patience(PATIENCE_SECONDS)
            ledger = open_ledger(Workspace(Path(folder) / "data").create(), settings, patience=patience)
            outcome = Chaos(ledger, settings, kills, seed, redis=redis).run()
            print(outcome, flush=True)
            return len(outcome.lost()), len(outcome.doubled())
        finally:
            if redis:
                redis.kill()


def _environment(settings: QueueSettings) -> dict[str, str]:
    return os.environ | {f"SUNSPOT_{name.upper()}": str(value) for name, value in settings}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=KILLS, help="number of kills (default %(default)s)")
    parser.add_argument("--redis", action="store_true", help="use Redis (default: SQLite)")
    parser.add_argument("--seed", type=int, default=1, help="of the order and the moments of the kills")
    parser.add_argument("--submit-to", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.submit_to:
        submit_probes(Workspace(asked.submit_to))
        return
    sys.exit(any(run_kills(asked.kills, asked.redis, asked.seed)))


if __name__ == "__main__":
    main()
