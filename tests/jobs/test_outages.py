"""A Redis server that goes away and comes back: jobs, followers and submitters wait, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import threading

import pytest

from benchmarks.redis_server import RedisServer
from jobs.follow import follow, tail
from jobs.ledger import Ledger
from jobs.link import Patience
from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.settings import QueueSettings
from tests.waiting import PATIENCE_SECONDS, wait_for

from .conftest import until, wait_while_running
from .test_worker import probe, states, steps_done


@pytest.fixture
def settings(redis) -> QueueSettings:
    """Those of a server that the test may kill."""
    return QueueSettings(queue=redis.url, queue_lease=2, queue_grace=3, queue_interruptions=2, queue_chunk=2)


@pytest.fixture
def ledger(space, settings) -> Ledger:
    return open_ledger(space, settings, patience=Patience(PATIENCE_SECONDS))


def log_of(ledger: Ledger, number: int) -> str:
    return "\n".join(tail(ledger.folder(number), 100))


def test_a_job_continues_after_an_outage(ledger, redis, start):
    number = probe(ledger, steps=25, seconds=0.1)
    start("worker", queue_patience=PATIENCE_SECONDS)
    wait_while_running(ledger, number, lambda: steps_done(ledger, number))
    redis.kill()
    wait_for(lambda: "retrying" in log_of(ledger, number), "the job does not wait")
    redis.start()
    job = until(ledger, number)
    assert (states(job), job.attempt, job.interruptions) == (["queued", "running", "done"], 1, 0)
    assert "the queue answers again" in log_of(ledger, number)


def test_a_job_is_interrupted_by_a_long_outage_without_counting_a_death(ledger, redis, start):
    number = probe(ledger, steps=25, seconds=0.1)
    worker = start("worker", queue_patience=0.5, queue_interruptions=1)  # one death would fail the job
    wait_while_running(ledger, number, lambda: steps_done(ledger, number))
    redis.kill()
    wait_for(lambda: "returns to its place" in log_of(ledger, number), "the job did not end")
    redis.start()
    job = until(ledger, number)
    assert job.state == "done" and job.interruptions == 0
    assert states(job) == ["queued", "running", "interrupted", "queued", "running", "done"]
    assert "the queue could not be reached" in job.history[2]["cause"]
    done = steps_done(ledger, number)
    assert done == sorted(set(done)) and done[-1] == 25
    assert worker.poll() is None


def test_a_server_that_answers_nothing_is_an_outage_too(ledger, redis, start, monkeypatch):
    monkeypatch.setattr("jobs.storage.ANSWER_SECONDS", 0.2)
    number = probe(ledger)
    redis.suspend()
    with pytest.raises(QueueUnavailableError, match="cannot be reached"):
        open_ledger(ledger.workspace, QueueSettings(queue=redis.url)).get(number)
    redis.resume()
    assert ledger.get(number).state == "queued"


def test_a_submission_waits_for_the_queue_and_its_follower_reports_the_outage(ledger, space, settings, redis):
    redis.kill()
    restart = threading.Timer(1, redis.start)
    restart.start()
    number = probe(ledger)
    restart.join()
    impatient = open_ledger(space, settings)
    redis.kill()
    events = follow(impatient, number)
    event = next(events)
    assert event["kind"] == "unavailable"
    assert event["text"].startswith("the queue (Redis at 127.0.0.1) cannot be reached, retrying")
    redis.start()
    assert next(events)["state"] == "queued"
    ledger.cancel(number)
    assert [event["state"] for event in events if event["kind"] == "state"] == ["cancelled"]


def test_no_worker_counts_as_dead_because_nobody_could_send_heartbeats(space, settings, redis, monkeypatch):
    ledger = open_ledger(space, settings)
    watch = Watch(space, ledger.signs, 10)
    now = [1000.0]
    monkeypatch.setattr("jobs.liveness.time.monotonic", lambda: now[0])
    ledger.signs.put("beat:far-1-ab", b"1")
    assert not watch.dead("far-1-ab")
    redis.kill()
    now[0] += 60
    with pytest.raises(QueueUnavailableError):
        watch.dead("far-1-ab")
    redis.start()
    assert not watch.dead("far-1-ab")
    now[0] += 11
    assert watch.dead("far-1-ab")


@pytest.mark.parametrize("lost", ["all", "the last changes"])
def test_what_a_restarted_server_has_lost_is_restored_under_a_running_worker(ledger, redis, start, lost):
    """Redis may lose its last second when it is killed, and everything without a file."""
    done, running = probe(ledger), probe(ledger, steps=25, seconds=0.1)
    start("worker")
    wait_while_running(ledger, running, lambda: steps_done(ledger, running))
    waiting = probe(ledger)
    redis.kill()
    files = redis.folder / "appendonlydir"
    if lost == "all":
        shutil.rmtree(files)
    else:  # everything from the end of the first job on
        (changes,) = files.glob("*.incr.aof")
        content = changes.read_bytes()
        os.truncate(changes, content.rfind(b"*", 0, content.index(b'"state":"done"')))
    redis.start()
    ended = [until(ledger, number) for number in (done, running, waiting)]
    assert [states(job).count("done") for job in ended] == [1, 1, 1]
    for number in (done, running, waiting):
        steps = steps_done(ledger, number)
        assert steps == sorted(set(steps)), f"job {number} repeated a step"
    assert [job.attempt for job in ended] == [1, 1, 1], "a job that had ended or still ran was started again"


def test_a_server_is_killed_and_back_before_anyone_notices(space, settings, redis):
    assert isinstance(redis, RedisServer)
    ledger = open_ledger(space, settings)
    before = ledger.signs.instance()
    redis.kill()
    redis.start()
    patient = open_ledger(space, settings, patience=Patience(PATIENCE_SECONDS))
    assert patient.signs.instance() != before
