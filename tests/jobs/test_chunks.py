"""The chunks of a shared job: each is taken by one process, counted once, and reopened if its holder dies."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.child import Spawner
from jobs.chunks import Chunks
from jobs.liveness import Presence, Watch
from jobs.worker import Worker


@pytest.fixture
def watch(space, ledger) -> Watch:
    return Watch(space, ledger.signs, 0.3)


def chunks(ledger, holder: str) -> Chunks:
    return Chunks(ledger.signs, 1, holder)


def test_each_chunk_is_taken_once(ledger):
    chunks(ledger, "a:1").create(12)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda i: chunks(ledger, f"w{i % 4}:1").take(), range(16)))
    assert sorted(chunk for chunk in taken if chunk is not None) == list(range(12))
    assert taken.count(None) == 4


def test_starting_again_keeps_finished_chunks(ledger):
    one = chunks(ledger, "a:1")
    assert one.count() == 0 and one.take() is None
    one.create(3)
    one.take()
    one.finish(0, spots=4)
    one.create(3)
    assert [record["state"] for record in one.records()] == ["done", "open", "open"]
    one.remove()
    assert one.count() == 0 and list(one.records()) == []


def test_only_the_holder_changes_a_chunk(ledger):
    one, other = chunks(ledger, "a:1"), chunks(ledger, "b:1")
    one.create(1)
    one.take()
    assert one.set_progress(0, drawings=3)
    assert not other.set_progress(0, drawings=9) and not other.finish(0, spots=1)
    other.give_back(0)
    assert list(one.records()) == [{"state": "taken", "holder": "a:1", "drawings": 3}]
    one.give_back(0)
    assert other.take() == 0
    assert not one.finish(0, spots=2), "counted, although it was another's by then"
    assert other.finish(0, spots=5) and not other.finish(0, spots=5)


def test_a_chunk_of_a_dead_worker_is_reopened(ledger, watch):
    dead, own = chunks(ledger, "gone-1-ab:cpu:1"), chunks(ledger, "mine-2-cd:cpu:1")
    own.create(2)
    dead.take()
    own.take()
    own.finish(1)
    assert own.wait(watch, lambda: False)  # the dead worker has sent no heartbeat for the lease
    assert own.take() == 0
    own.finish(0)
    assert not own.wait(watch, lambda: False)


class Ended:
    """The process of a job that has already ended."""

    sent = ""

    def __init__(self, code: int) -> None:
        self.returncode = code

    def wait(self, seconds: float) -> int:
        return self.returncode


def test_a_worker_that_cannot_help_with_a_job_does_not_try_again(ledger, space, settings, monkeypatch):
    elsewhere = Presence(space, ledger.signs, ["cpu"])
    number = ledger.accept("infer", "short", {}).number
    ledger.claim(number, elsewhere.id, "cpu")
    chunks(ledger, "a:1").create(1)
    codes, begun = iter((0, -signal.SIGKILL, 1)), []

    def spawn(spawner, kind, arguments, *_):
        begun.append("--help-out" in arguments)
        if not begun[-1]:
            worker.stop()  # it has reached the other job
        elif begun.count(True) == 3:
            ledger.accept("probe", "short", {})
        return Ended(next(codes, 0))

    monkeypatch.setattr(Spawner, "spawn", spawn)
    worker = Worker(space, ["cpu"], settings, log=lambda line: None)
    worker.run()
    elsewhere.end()
    assert begun == [True, True, True, False], "it was asked again, or not after a kill"


def test_waiting_ends_on_request(ledger, watch):
    one = chunks(ledger, "a:1")
    one.create(1)
    one.take()
    assert not one.wait(watch, lambda: True)
