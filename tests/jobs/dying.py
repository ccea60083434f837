"""A worker that kills itself at a chosen moment: `python -m tests.jobs.dying WORKSPACE POINT`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from jobs.worker import Worker
from sunspot_dash.workspace import Workspace


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(root: str, point: str) -> None:
    worker = Worker(Workspace(Path(root)), ["cpu"])
    if point == "between dequeue and claim":
        # Nothing is claimed before the message is received: then dies.
        receive = worker._ledger.queue.receive
        worker._claim = lambda device: None  # type: ignore[method-assign]
        worker._ledger.queue.receive = lambda: die() if receive() is not None else None  # type: ignore[method-assign]
    elif point == "between claim and child":
        worker._start = die  # type: ignore[method-assign, assignment]
    elif point == "child begun":
        worker._supervise = die  # type: ignore[method-assign]
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
