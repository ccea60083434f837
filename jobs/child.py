"""The process of one job: start it, send it requests, end it; and find the devices jobs can run on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from jobs.job import LOG

# Exit codes of `jobs.runner`, besides 0.
CANNOT_HELP, SUPERSEDED, NOT_RECORDED = 1, 3, 4
ROOT = Path(__file__).resolve().parents[1]


def devices() -> list[str]:
    """Return the GPUs of this machine, or the CPU as the only device, without loading torch."""
    if shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
        found = subprocess.run(query, capture_output=True, text=True)
        if found.returncode == 0 and found.stdout.split():
            return [f"cuda:{index}" for index in found.stdout.split()]
    return ["cpu"]


@dataclass
class Child:
    """A job's process, with the last request sent to it."""

    process: subprocess.Popen[bytes]
    sent: str = ""
    sent_at: float = 0.0

    def send(self, request: str) -> None:
        """Send a request to the process, unless it was the last one sent."""
        if request == self.sent or self.process.stdin is None:
            return
        self.sent, self.sent_at = request, time.monotonic()
        with suppress(OSError):
            self.process.stdin.write(request.encode() + b"\n")
            self.process.stdin.flush()

    def kill_after(self, grace: float) -> None:
        """Once `grace` seconds have passed since the last request, send SIGTERM, and a little later SIGKILL."""
        late = time.monotonic() - self.sent_at - grace
        if late > 0:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM if late < grace / 3 else signal.SIGKILL)


def spawn(arguments: list[str], folder: Path, device: str, lock: IO[str], settings: dict[str, str]) -> Child:
    """Start `jobs.runner`.

    Args:
        folder: the job's run folder; the output of the process is appended to the log there.
        device: the device it computes on.
        lock: the lock file of the device's slot, inherited by the process.
        settings: environment variables to add to those of this process.

    Raises:
        OSError: the process cannot be started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    visible = device.removeprefix("cuda:") if device.startswith("cuda:") else ""
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.runner", *arguments],
            cwd=ROOT,
            env=os.environ | settings | {"CUDA_VISIBLE_DEVICES": visible},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock.fileno(),),
        )
    return Child(process)
