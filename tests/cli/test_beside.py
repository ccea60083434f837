"""The worker process that `serve` starts."""

from __future__ import annotations

import os
import signal

import pytest

from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.cli.background_worker import BackgroundWorker
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace
from tests.waiting import wait_for


@pytest.mark.timeout(1800)
def test_a_killed_worker_is_replaced_and_none_remains_at_the_end(tmp_path, monkeypatch):
    monkeypatch.delenv("SUNSPOT_QUEUE", raising=False)
    space = Workspace(tmp_path / "data").create()
    watch = Watch(space, open_ledger(space, QueueSettings()).signs, lease=15)

    def worker_besides(*gone: int) -> int:
        def found() -> list[int]:
            return [record["pid"] for record in watch.workers() if record.get("pid", 0) not in (0, *gone)]

        wait_for(found, "there is no worker")
        return found()[0]

    beside = BackgroundWorker(space)
    try:
        first = worker_besides()
        os.kill(first, signal.SIGKILL)
        assert worker_besides(first) != first
    finally:
        beside.end()
    assert watch.workers() == []
