"""A worker that is asked to end whenever it holds the lock of an event: `python -m tests.jobs.signalled WORKSPACE`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

from jobs import worker as module
from sunspot_dash.cli.worker import worker


class Held(threading.Event):
    """An event that sends SIGTERM to its process while its lock is held."""

    def wait(self, timeout: float | None = None) -> bool:
        with self._cond:  # type: ignore[attr-defined]
            os.kill(os.getpid(), signal.SIGTERM)
        return super().wait(timeout)


if __name__ == "__main__":
    module.threading = SimpleNamespace(Event=Held, Thread=threading.Thread, get_ident=threading.get_ident)  # type: ignore[assignment]
    worker("cpu", workspace=Path(sys.argv[1]))
