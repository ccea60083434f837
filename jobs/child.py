"""The process of a job as its worker sees it: begun, told something, ended; and the devices that there are for it."""

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

ROOT = Path(__file__).resolve().parents[1]


def devices() -> list[str]:
    """What torch can compute on here, told without loading it: the GPUs, or the CPU as one."""
    if shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
        found = subprocess.run(query, capture_output=True, text=True)
        if found.returncode == 0 and found.stdout.split():
            return [f"cuda:{index}" for index in found.stdout.split()]
    return ["cpu"]


@dataclass
class Child:
    """A job's process."""

    process: subprocess.Popen[bytes]
    said: str = ""
    since: float = 0.0

    def say(self, word: str) -> None:
        """Tell it something, once."""
        if word == self.said or self.process.stdin is None:
            return
        self.said, self.since = word, time.monotonic()
        with suppress(OSError):
            self.process.stdin.write(word.encode() + b"\n")
            self.process.stdin.flush()

    def end(self, grace: float) -> None:
        """Kill it, when it has had its time to end by itself: politely, and a little later surely."""
        late = time.monotonic() - self.since - grace
        if late > 0:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM if late < grace / 3 else signal.SIGKILL)


def spawn(arguments: list[str], folder: Path, device: str, lock: IO[str], settings: dict[str, str]) -> Child:
    """Start `jobs.runner`.

    Args:
        folder: the job's run folder; what the process prints is added to the log there.
        device: the one that it computes on.
        lock: the slot's, which the process inherits.
        settings: environment variables besides this process's own.

    Raises:
        OSError: it cannot be started.
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
