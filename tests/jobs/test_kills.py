"""SIGKILL at random moments: no accepted job is lost, none is completed twice, each resumes where it was."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from itertools import pairwise

import pytest

from jobs.follow import read_events
from jobs.job import EVENTS

from .conftest import IN_THE_BACKGROUND, ROOT, environment, until
from .test_worker import runners, states, steps_done

KILLS = 200
AHEAD = 40
# Of the kills; the others come when work was done since the last, however slow the machine.
AT_ANY_MOMENT = 0.25


class Chaos:
    """Two workers and a submitter that are started again whenever they are gone."""

    def __init__(self, ledger, settings, seed: int) -> None:
        self.ledger, self.space, self.environment = ledger, ledger.workspace, environment(settings)
        self.random = random.Random(seed)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.accepted = self.space.root / "accepted.txt"
        self.kills: Counter[str] = Counter()

    def keep_running(self) -> None:
        """Start what does not run: the workers always, the submitter unless it is far ahead of them."""
        root = str(self.space.root)
        for name in ("worker 1", "worker 2"):
            self._start(
                name, [*IN_THE_BACKGROUND, "app.py", "worker", "--devices", "cpu", "--workspace", root]
            )
        if len(self.ledger.live()) < AHEAD:
            self._start("submitter", [*IN_THE_BACKGROUND, "-m", "tests.jobs.submitting", root, "3"])

    def _start(self, name: str, command: list[str]) -> None:
        running = self.processes.get(name)
        if running is None or running.poll() is not None:
            with self.accepted.open("ab") as told, (self.space.root / "workers.log").open("ab") as log:
                output = told if name == "submitter" else log
                self.processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdout=output, stderr=log
                )

    def numbers(self) -> list[int]:
        """Return the numbers of the jobs reported as accepted."""
        text = self.accepted.read_text() if self.accepted.exists() else ""
        return [int(line) for line in text.split("\n")[:-1]]

    def wait(self) -> None:
        """Wait until the next kill: for a moment, or until a job has reported something new and a moment more."""
        if self.random.random() > AT_ANY_MOMENT:
            before, deadline = self._told(), time.monotonic() + 20
            while self._told() == before and time.monotonic() < deadline:
                self.keep_running()
                time.sleep(0.05)
        time.sleep(self.random.uniform(0.02, 0.15))

    def _told(self) -> int:
        """Bytes of all that jobs have reported."""
        return sum(path.stat().st_size for path in self.space.runs.glob(f"*/{EVENTS}"))

    def kill_one(self) -> None:
        """Kill a child, a worker or the submitter, whichever the dice say, if there is one."""
        victims = {name: process.pid for name, process in self.processes.items() if process.poll() is None}
        victims |= {f"child {pid}": pid for pid in runners(self.space.root)}
        kind = self.random.choice(("child", "worker", "submitter"))
        names = sorted(name for name in victims if name.startswith(kind))
        if not names:
            return
        name = self.random.choice(names)
        try:
            os.kill(victims[name], signal.SIGKILL)
        except ProcessLookupError:
            return
        if name in self.processes:
            self.processes[name].wait()
        self.kills[kind] += 1

    def end(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()


@pytest.mark.timeout(1200)
def test_two_hundred_random_kills(ledger, settings, capsys):
    settings = settings.model_copy(update={"queue_interruptions": 1000})
    chaos = Chaos(ledger, settings, seed=1)
    try:
        while sum(chaos.kills.values()) < KILLS:
            chaos.keep_running()
            chaos.wait()
            chaos.kill_one()
        chaos.processes.pop("submitter").wait()
        numbers = chaos.numbers()
        chaos.keep_running()
        ended = [until(ledger, number, seconds=400) for number in numbers]
    finally:
        chaos.end()
    assert len(set(numbers)) == len(numbers), "a number was given twice"
    assert {job.state for job in ended} == {"done"}
    assert [states(job).count("done") for job in ended] == [1] * len(ended)
    for number in numbers:
        done = steps_done(ledger, number)
        assert done == sorted(set(done)), f"job {number} did a step again: {done}"
    again = sum(job.attempt > 1 for job in ended)
    resumed = sum(goes_on(ledger, number) for number in numbers)
    with capsys.disabled():
        engine = "Redis" if settings.queue else "SQLite"
        print(
            f"\n{engine}: {dict(chaos.kills)} killed; {len(ended)} jobs accepted, none lost, each done once; "
            f"{again} took more than one attempt, {resumed} of them resumed from a checkpoint"
        )
    assert len(ended) > 15 and resumed > 10
    assert min(chaos.kills[kind] for kind in ("child", "worker", "submitter")) > 15


def goes_on(ledger, number: int) -> bool:
    """Whether a later attempt at a job began with what an earlier one had done."""
    units = [event for event in read_events(ledger.folder(number))[0] if event["kind"] == "unit"]
    return any(earlier["attempt"] < later["attempt"] for earlier, later in pairwise(units))
