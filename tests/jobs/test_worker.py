"""The real worker with real processes, on both engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from jobs import control
from jobs.follow import follow, read_events, tail
from jobs.liveness import Watch

from .conftest import ROOT, environment, until


def probe(ledger, **params) -> int:
    return control.submit(ledger, "probe", {"steps": 3, "seconds": 0.05, **params}).number


def states(job) -> list[str]:
    return [change["state"] for change in job.history]


def steps_done(ledger, number: int) -> list[int]:
    return [event["done"] for event in read_events(ledger.folder(number))[0] if event["kind"] == "unit"]


def runner_of(number: int, workspace: Path, seconds: float = 30) -> int:
    """Process number of a job's child."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for pid in runners(workspace):
            if command_of(pid)[3:4] == [str(number)]:
                return pid
        time.sleep(0.02)
    raise AssertionError(f"job {number} has no process")


def runners(workspace: Path) -> list[int]:
    """The processes of all jobs of a workspace."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    commands = {pid: command_of(pid) for pid in pids}
    return [pid for pid, words in commands.items() if "jobs.runner" in words and str(workspace) in words]


def command_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


def test_ten_submissions_at_once_run_one_after_the_other_in_their_order(ledger, space, settings, start):
    command = [sys.executable, "app.py", "jobs", "submit", "probe", "--workspace", str(space.root)]
    command += ["--param", "steps=2", "--param", "seconds=0.05"]
    submitters = [
        subprocess.Popen(command, cwd=ROOT, env=environment(settings), stdout=subprocess.PIPE, text=True)
        for _ in range(10)
    ]
    numbers = sorted(int(process.communicate()[0].splitlines()[-1]) for process in submitters)
    assert numbers == list(range(1, 11))
    start("worker", "--devices", "cpu")
    ended = [until(ledger, number) for number in numbers]
    assert [job.state for job in ended] == ["done"] * 10
    spans = sorted((job.history[1]["time"], job.history[-1]["time"], job.ticket) for job in ended)
    assert [ticket for _, _, ticket in spans] == sorted(job.ticket for job in ended)
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(spans))


def test_a_killed_worker_takes_its_child_along_and_the_next_goes_on_from_the_checkpoint(ledger, space, start):
    number = probe(ledger, steps=30, seconds=0.1)
    first = start("worker")
    child = runner_of(number, space.root)
    while len(steps_done(ledger, number)) < 2:
        time.sleep(0.05)
    first.kill()
    deadline = time.monotonic() + 5
    while command_of(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not command_of(child), "the child outlived its worker"
    start("worker")
    job = until(ledger, number)
    assert states(job) == ["queued", "running", "interrupted", "queued", "running", "done"]
    done = steps_done(ledger, number)
    assert done == sorted(set(done)) and done[-1] == 30
    assert json.loads((ledger.folder(number) / "probe.json").read_text()) == 30


def test_a_stopped_worker_gives_its_job_back_and_leaves_nothing(ledger, space, settings, start):
    number = probe(ledger, steps=100, seconds=0.1)
    worker = start("worker")
    until(ledger, number, "running")
    runner_of(number, space.root)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    job = ledger.get(number)
    assert (
        job.state == "queued" and job.interruptions == 0 and "worker was stopped" in job.history[-1]["cause"]
    )
    assert Watch(space, ledger.signs, settings.queue_lease).workers() == [] and runners(space.root) == []


def test_a_signal_stops_a_worker_whatever_lock_it_holds_at_that_moment(space):
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from jobs.worker import Worker; from sunspot_dash.cli.worker import worker\n"
        "def run(self):\n"
        "    with self._wake._cond, self._stopping._cond:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    assert self._stopping.wait(10)\n"
        "Worker.run = run; worker('cpu', workspace=Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(space.root)], cwd=ROOT, timeout=60)
    assert done.returncode == 0


def test_cancelling_is_quick_and_a_retry_goes_on(ledger, start):
    running, waiting = probe(ledger, steps=40, seconds=0.1), probe(ledger)
    start("worker")
    until(ledger, running, "running")
    while not steps_done(ledger, running):
        time.sleep(0.05)
    ledger.cancel(waiting)
    assert ledger.get(waiting).state == "cancelled"
    began = time.monotonic()
    ledger.cancel(running)
    assert states(until(ledger, running))[-2:] == ["cancelling", "cancelled"]
    assert time.monotonic() - began < 5  # 2 s after a step's end, and a busy machine
    control.retry(ledger, running)
    assert until(ledger, running).state == "done"
    done = steps_done(ledger, running)
    assert done == sorted(set(done))


def test_a_job_that_does_not_listen_is_killed(ledger, start, settings):
    number = probe(ledger, steps=1, seconds=600)
    start("worker")
    until(ledger, number, "running")
    time.sleep(1)
    ledger.cancel(number)
    job = until(ledger, number, seconds=settings.queue_grace * 3)
    assert job.state == "cancelled" and "SIG" in job.history[-1]["cause"]


def test_a_training_gives_way_to_a_short_job_and_goes_on(ledger, start):
    training = probe(ledger, lane="training", steps=40, seconds=0.1)
    start("worker")
    until(ledger, training, "running")
    while not steps_done(ledger, training):
        time.sleep(0.05)
    short = probe(ledger)
    assert until(ledger, short).state == "done"
    assert not ledger.get(training).ended
    job = until(ledger, training)
    assert job.state == "done" and job.attempt == 2
    assert any("yields" in change["cause"] for change in job.history)
    done = steps_done(ledger, training)
    assert done == sorted(set(done)) and done[-1] == 40


def test_a_job_that_fails_says_why_and_the_worker_lives(ledger, start):
    bad, good = probe(ledger, fail="the sun is down: come back tomorrow"), probe(ledger)
    worker = start("worker")
    job = until(ledger, bad)
    assert job.state == "failed" and job.error == "the sun is down: come back tomorrow"
    assert "failed: the sun is down" in "\n".join(tail(ledger.folder(bad)))
    assert until(ledger, good).state == "done" and worker.poll() is None


def test_a_job_whose_process_dies_again_and_again_is_given_up(ledger, space, settings, start):
    settings = settings.model_copy(update={"queue_interruptions": 2})
    number = probe(ledger, steps=1, seconds=600)
    worker = subprocess.Popen(
        [sys.executable, "app.py", "worker", "--workspace", str(space.root)],
        cwd=ROOT,
        env=environment(settings),
    )
    try:
        for attempt in (1, 2):
            while ledger.get(number).attempt < attempt:
                time.sleep(0.05)
            os.kill(runner_of(number, space.root), signal.SIGKILL)
        job = until(ledger, number)
    finally:
        worker.kill()
        worker.wait()
    assert job.state == "failed" and "died 2 times" in job.error and "SIGKILL" in job.error


def test_of_two_workers_on_one_machine_one_at_a_time_uses_a_device(ledger, start):
    numbers = [probe(ledger, steps=4, seconds=0.05) for _ in range(6)]
    start("worker")
    start("worker")
    ended = [until(ledger, number) for number in numbers]
    spans = sorted((job.history[1]["time"], job.history[-1]["time"]) for job in ended)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))
    assert {job.state for job in ended} == {"done"}


def test_a_worker_whose_terminal_is_gone_works_on(ledger, space, settings):
    number = probe(ledger)
    worker = subprocess.Popen(
        [sys.executable, "app.py", "worker", "--workspace", str(space.root)],
        cwd=ROOT,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    worker.stdout.close()  # from now on, each line that it would print is an error
    try:
        assert until(ledger, number).state == "done"
        assert until(ledger, probe(ledger)).state == "done" and worker.poll() is None
    finally:
        worker.kill()
        worker.wait()


def test_a_lost_message_loses_no_job(ledger, start):
    number = ledger.accept("probe", "short", {"steps": 1, "seconds": 0, "lane": "short", "fail": ""}).number
    start("worker")  # no message was sent
    assert until(ledger, number).state == "done"


def test_following_tells_all_until_the_end(ledger, start):
    number = probe(ledger, steps=4, seconds=0.3)
    start("worker")
    events = list(follow(ledger, number))
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "state" and "position" in kinds and "unit" in kinds
    assert [event["state"] for event in events if event["kind"] == "state"] == ["queued", "running", "done"]
    again = list(follow(ledger, number))
    assert sorted(map(str, again)) == sorted(str(event) for event in events if event["kind"] != "position")


@pytest.mark.parametrize("point", ["between dequeue and claim", "between claim and child", "child begun"])
def test_a_worker_killed_at_the_worst_moment_loses_no_job(ledger, space, settings, start, point):
    numbers = [probe(ledger), probe(ledger)]
    command = [sys.executable, "-m", "tests.jobs.dying", str(space.root), point]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(settings), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    start("worker")
    ended = [until(ledger, number) for number in numbers]
    assert [states(job).count("done") for job in ended] == [1, 1]
