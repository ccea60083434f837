"""A worker that kills itself at a chosen moment: `python -m tests.jobs.dying WORKSPACE POINT`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from jobs.child import Spawner
from jobs.engine import Queue
from jobs.ledger import Ledger
from jobs.worker import Worker
from sunspot_dash.workspace import Workspace

receive, spawn = Queue.receive, Spawner.spawn


def die(*_: object, **__: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def main(root: str, point: str) -> None:
    if point == "between dequeue and claim":
        # No job is claimed before the message is received, so this one dies after it.
        Ledger.claim = lambda *_: None  # type: ignore[method-assign, assignment]
        Queue.receive = lambda queue: die() if receive(queue) is not None else None  # type: ignore[method-assign]
    elif point == "between claim and child":
        Spawner.spawn = die  # type: ignore[method-assign]
    elif point == "child begun":
        Spawner.spawn = lambda *arguments: die(spawn(*arguments))  # type: ignore[method-assign]
    Worker(Workspace(Path(root)), ["cpu"]).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
