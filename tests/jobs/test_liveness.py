"""Dead workers are detected: on this machine at once, elsewhere after the lease, whatever the clocks show."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from jobs import liveness
from jobs.liveness import Presence, Watch

from .conftest import ROOT

LEASE = 10.0


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """The clock of the leases, which the test sets."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(liveness, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def watch(space, ledger) -> Watch:
    return Watch(space, ledger.signs, LEASE)


def test_a_worker_on_this_machine_is_alive_while_it_holds_its_lock(space, ledger, watch, clock):
    presence = Presence(space, ledger.signs, ["cpu"])
    presence.beat()
    clock.now += 2 * LEASE  # without another heartbeat
    assert not watch.dead(presence.id)
    assert [worker["devices"] for worker in watch.workers()] == [["cpu"]]
    presence.end()
    assert watch.workers() == []


def test_a_killed_worker_on_this_machine_is_dead_at_once(space, ledger, watch):
    command = [sys.executable, "-m", "tests.jobs.present", str(space.root)]
    worker = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    assert watch.dead(worker)
    watch.sweep()
    assert not (space.queue / "workers" / f"{worker}.json").exists()


def test_a_worker_elsewhere_is_alive_while_it_sends_heartbeats(space, ledger, watch, clock):
    folder = space.queue / "workers"
    folder.mkdir()
    (folder / "far-1-ab.json").write_text(json.dumps({"host": "another machine", "pid": 1}))
    for beat in range(4):
        ledger.signs.put("beat:far-1-ab", str(beat).encode())
        assert not watch.dead("far-1-ab")
        clock.now += LEASE * 0.6
    assert not watch.dead("far-1-ab")
    clock.now += LEASE
    assert watch.dead("far-1-ab")


def test_a_clock_that_jumps_does_not_make_workers_dead(space, ledger, watch, monkeypatch):
    assert not watch.dead("far-2-cd")
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert not watch.dead("far-2-cd")
