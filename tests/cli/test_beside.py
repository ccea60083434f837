"""The worker process that `serve` starts."""

from __future__ import annotations

import os
import signal
import time

from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.cli.background_worker import BackgroundWorker
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace


def test_a_worker_that_is_killed_is_replaced_and_none_is_left_at_the_end(tmp_path, monkeypatch):
    monkeypatch.delenv("SUNSPOT_QUEUE", raising=False)
    space = Workspace(tmp_path / "data").create()
    watch = Watch(space, open_ledger(space, QueueSettings()).signs, lease=15)

    def worker_besides(*gone: int) -> int:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for record in watch.workers():
                if record.get("pid", 0) not in (0, *gone):
                    return int(record["pid"])
            time.sleep(0.05)
        raise AssertionError("there is no worker")

    beside = BackgroundWorker(space)
    try:
        first = worker_besides()
        os.kill(first, signal.SIGKILL)
        assert worker_besides(first) != first
    finally:
        beside.end()
    assert watch.workers() == []
