"""The worker process that `serve` starts."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from sunspot_dash.cli.output import say
from sunspot_dash.workspace import Workspace

APP = Path(__file__).resolve().parents[2] / "app.py"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class BackgroundWorker:
    """A worker in its own process: it stops when this process ends for any reason, and is restarted if it dies."""

    def __init__(self, space: Workspace) -> None:
        self._command = [sys.executable, str(APP), "worker", "--with-parent", "--workspace", str(space.root)]
        self._ending = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._keep_running, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop the worker and wait until its jobs are back in the queue."""
        self._ending.set()
        while self._thread.is_alive():
            self._process.terminate()
            self._thread.join(1)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, start_new_session=True)

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            code = self._process.wait()
            if self._ending.is_set():
                return
            # A worker that dies at once would repeat the same message again and again.
            lasted = time.monotonic() - began > LONGEST_PAUSE
            pause = FIRST_PAUSE if lasted else min(2 * pause, LONGEST_PAUSE)
            say(f"the worker has ended (exit code {code}) and restarts in {pause:.0f} s", err=True)
            if self._ending.wait(pause):
                return
            self._process = self._start()
