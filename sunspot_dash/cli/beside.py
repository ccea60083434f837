"""The worker that `serve` keeps beside itself."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import typer

from sunspot_dash.workspace import Workspace

APP = Path(__file__).resolve().parents[2] / "app.py"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class WorkerBeside:
    """A worker in a process of its own: it ends when this one does, however that ends, and is replaced when it dies."""

    def __init__(self, space: Workspace) -> None:
        self._command = [sys.executable, str(APP), "worker", "--with-parent", "--workspace", str(space.root)]
        self._ending = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._tend, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End it, and wait until its jobs are back in the queue."""
        self._ending.set()
        while self._thread.is_alive():
            self._process.terminate()
            self._thread.join(1)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, start_new_session=True)

    def _tend(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            code = self._process.wait()
            if self._ending.is_set():
                return
            # One that dies at once would only say the same again and again.
            lasted = time.monotonic() - began > LONGEST_PAUSE
            pause = FIRST_PAUSE if lasted else min(2 * pause, LONGEST_PAUSE)
            with suppress(OSError):  # a terminal that is gone
                typer.echo(
                    f"the worker has ended (exit code {code}): another comes in {pause:.0f} s", err=True
                )
            if self._ending.wait(pause):
                return
            self._process = self._start()
