"""The real worker with real processes, on both engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise

import pytest

from benchmarks.processes import runners
from jobs import control
from jobs.follow import follow, tail
from jobs.liveness import Watch
from tests.waiting import PATIENCE_SECONDS, wait_for

from .conftest import ROOT, environment, reported, runner_of, until, wait_while_running

SUBMITTERS = 6  # at once


def probe(ledger, **params) -> int:
    return control.submit(ledger, "probe", {"steps": 3, "seconds": 0.05, **params}).number


def states(job) -> list[str]:
    return [change["state"] for change in job.history]


def steps_done(ledger, number: int) -> list[int]:
    return [event["done"] for event in reported(ledger, number, "unit")]


def test_simultaneous_submissions_run_one_after_the_other_in_order(ledger, start):
    submitters = [
        start("jobs", "submit", "probe", "--param", "steps=2", "--param", "seconds=0.05")
        for _ in range(SUBMITTERS)
    ]
    numbers = sorted(int(process.communicate()[0].splitlines()[-1]) for process in submitters)
    assert numbers == list(range(1, SUBMITTERS + 1))
    start("worker", "--devices", "cpu")
    ended = [until(ledger, number) for number in numbers]
    assert [job.state for job in ended] == ["done"] * SUBMITTERS
    spans = sorted((job.history[1]["time"], job.history[-1]["time"], job.ticket) for job in ended)
    assert [ticket for _, _, ticket in spans] == sorted(job.ticket for job in ended)
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(spans))


def test_the_child_of_a_killed_worker_ends_and_the_next_worker_resumes_from_the_checkpoint(
    ledger, space, start
):
    number = probe(ledger, steps=30, seconds=0.1)
    first = start("worker")
    child = runner_of(number, space.root)
    wait_while_running(ledger, number, lambda: len(steps_done(ledger, number)) >= 2)
    first.kill()
    wait_for(lambda: child not in runners(space.root), "the child outlived its worker")
    start("worker")
    job = until(ledger, number)
    assert states(job) == ["queued", "running", "interrupted", "queued", "running", "done"]
    done = steps_done(ledger, number)
    assert done == sorted(set(done)) and done[-1] == 30
    assert json.loads((ledger.folder(number) / "probe.json").read_text()) == 30


def test_a_stopped_worker_returns_its_job_to_the_queue_and_leaves_nothing(ledger, space, settings, start):
    number = probe(ledger, steps=100, seconds=0.1)
    worker = start("worker")
    until(ledger, number, "running")
    runner_of(number, space.root)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait() == 0
    job = ledger.get(number)
    assert (
        job.state == "queued" and job.interruptions == 0 and "worker was stopped" in job.history[-1]["cause"]
    )
    assert Watch(space, ledger.signs, settings.queue_lease).workers() == [] and runners(space.root) == {}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_signal_stops_a_worker_whatever_lock_it_holds_at_that_moment(space, settings):
    command = [sys.executable, "-m", "tests.jobs.signalled", str(space.root)]
    assert subprocess.run(command, cwd=ROOT, env=environment(settings)).returncode == 0


def test_a_cancelled_job_ends_after_its_step_and_a_retry_resumes_it(ledger, start):
    running, waiting = probe(ledger, steps=40, seconds=0.1), probe(ledger)
    start("worker", queue_grace=PATIENCE_SECONDS)  # so that it is not killed
    wait_while_running(ledger, running, lambda: steps_done(ledger, running))
    ledger.cancel(waiting)
    assert ledger.get(waiting).state == "cancelled"
    ledger.cancel(running)
    job = until(ledger, running)
    assert states(job)[-2:] == ["cancelling", "cancelled"] and "stopped after" in job.history[-1]["cause"]
    control.retry(ledger, running)
    assert until(ledger, running).state == "done"
    done = steps_done(ledger, running)
    assert done == sorted(set(done))


def test_a_job_that_is_removed_while_its_process_ends_does_not_hold_up_the_worker(ledger, start):
    removed = probe(ledger, steps=40, seconds=0.1)
    start("worker", queue_grace=PATIENCE_SECONDS)
    wait_while_running(ledger, removed, lambda: steps_done(ledger, removed))
    ledger.cancel(removed)
    control.prune(ledger, [until(ledger, removed)])
    assert until(ledger, probe(ledger)).state == "done"


def test_a_job_that_ignores_the_request_to_stop_is_killed(ledger, space, start):
    number = probe(ledger, steps=1, seconds=600)
    start("worker", queue_grace=0.5)
    until(ledger, number, "running")
    runner_of(number, space.root)
    ledger.cancel(number)
    job = until(ledger, number)
    assert job.state == "cancelled" and "SIG" in job.history[-1]["cause"]


def test_a_training_yields_to_a_short_job_and_resumes(ledger, start):
    training = probe(ledger, lane="training", steps=40, seconds=0.1)
    start("worker")
    wait_while_running(ledger, training, lambda: steps_done(ledger, training))
    short = probe(ledger)
    assert until(ledger, short).state == "done"
    assert not ledger.get(training).ended
    job = until(ledger, training)
    assert job.state == "done" and job.attempt == 2
    assert any("yields" in change["cause"] for change in job.history)
    done = steps_done(ledger, training)
    assert done == sorted(set(done)) and done[-1] == 40


def test_a_failed_job_has_a_reason_and_its_worker_continues(ledger, start):
    bad, good = probe(ledger, fail="the sun is down: come back tomorrow"), probe(ledger)
    worker = start("worker")
    job = until(ledger, bad)
    assert job.state == "failed" and job.error == "the sun is down: come back tomorrow"
    assert "failed: the sun is down" in "\n".join(tail(ledger.folder(bad)))
    assert until(ledger, good).state == "done" and worker.poll() is None


def test_a_job_whose_process_dies_repeatedly_fails(ledger, space, start):
    number = probe(ledger, steps=1, seconds=600)
    start("worker", queue_interruptions=2)
    for attempt in (1, 2):
        wait_while_running(ledger, number, lambda attempt=attempt: ledger.get(number).attempt == attempt)
        os.kill(runner_of(number, space.root), signal.SIGKILL)
    job = until(ledger, number)
    assert job.state == "failed" and "died 2 times" in job.error and "SIGKILL" in job.error


def test_only_one_worker_at_a_time_uses_a_device(ledger, start):
    numbers = [probe(ledger, steps=3) for _ in range(4)]
    start("worker")
    start("worker")
    ended = [until(ledger, number) for number in numbers]
    spans = sorted((job.history[1]["time"], job.history[-1]["time"]) for job in ended)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))
    assert {job.state for job in ended} == {"done"}


def test_a_worker_continues_without_its_terminal(ledger, start):
    number = probe(ledger)
    worker = start("worker")
    worker.stdout.close()  # from now on, printing is an error
    assert until(ledger, number).state == "done"
    assert until(ledger, probe(ledger)).state == "done" and worker.poll() is None


def test_a_lost_message_loses_no_job(ledger, start):
    number = ledger.accept("probe", "short", {"steps": 1, "seconds": 0, "lane": "short", "fail": ""}).number
    start("worker")  # no message was sent
    assert until(ledger, number).state == "done"


def test_following_reports_everything_until_the_end(ledger, start):
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
    done = subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    start("worker")
    ended = [until(ledger, number) for number in numbers]
    assert [states(job).count("done") for job in ended] == [1, 1]
