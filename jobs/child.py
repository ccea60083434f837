"""The process of one job: start it, send it requests, end it; and find the devices jobs can run on."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from jobs.job import LOG

# Exit codes of `jobs.runner`, besides 0.
CANNOT_HELP, SUPERSEDED, NOT_RECORDED = 1, 3, 4
ROOT = Path(__file__).resolve().parents[1]
NUMBER = struct.Struct("q")  # what the fork server answers


def devices() -> list[str]:
    """Return the GPUs of this machine, or the CPU as the only device, without loading torch."""
    if shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
        found = subprocess.run(query, capture_output=True, text=True)
        if found.returncode == 0 and found.stdout.split():
            return [f"cuda:{index}" for index in found.stdout.split()]
    return ["cpu"]


class Child:
    """A job's process, with the last request sent to it.

    Args:
        pid: the process, which leads a process group.
        requests: a pipe to its standard input.
        ended: a pipe from which its exit code can be read.

    Attributes:
        sent: the last request.
        returncode: its exit code, or minus the signal that ended it; None while it runs.
    """

    def __init__(self, pid: int, requests: int, ended: int) -> None:
        self._pid, self._requests, self._ended = pid, requests, ended
        self.sent, self._sent_at = "", 0.0
        self.returncode: int | None = None

    def wait(self, seconds: float) -> int | None:
        """Wait for the end of the process; return `returncode`."""
        if self.returncode is None and select.select([self._ended], [], [], seconds)[0]:
            code = _read_number(self._ended)
            if code is None:  # the fork server has died, and nothing could be known of this process any more
                with suppress(ProcessLookupError):
                    os.killpg(self._pid, signal.SIGKILL)
                code = -signal.SIGKILL
            self.returncode = code
            os.close(self._ended)
            os.close(self._requests)
        return self.returncode

    def send(self, request: str) -> None:
        """Send a request to the process, unless it was the last one sent."""
        if request == self.sent or self.returncode is not None:
            return
        self.sent, self._sent_at = request, time.monotonic()
        with suppress(OSError):
            os.write(self._requests, request.encode() + b"\n")

    def kill_after(self, grace: float) -> None:
        """Once `grace` seconds have passed since the last request, send SIGTERM, and a little later SIGKILL."""
        late = time.monotonic() - self._sent_at - grace
        if late > 0 and self.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGTERM if late < grace / 3 else signal.SIGKILL)


class Spawner:
    """Starts the processes of jobs, as forks of one process, `jobs.fork_server`, which starts before the first job.

    Args:
        settings: environment variables for these processes, besides those of this one.
    """

    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings
        self._server: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._one_at_a_time = threading.Lock()

    def spawn(self, kind: str, arguments: list[str], folder: Path, device: str, lock: IO[str]) -> Child:
        """Start `jobs.runner`.

        Args:
            kind: of the job.
            folder: the job's run folder; the output of the process is appended to the log there.
            device: the device it computes on.
            lock: the lock file of the device's slot, inherited by the process.

        Raises:
            OSError: the process cannot be started.
        """
        folder.mkdir(parents=True, exist_ok=True)
        visible = device.removeprefix("cuda:") if device.startswith("cuda:") else ""
        message = json.dumps({"kind": kind, "arguments": arguments, "gpus": visible}).encode()
        with (folder / LOG).open("ab") as log, self._one_at_a_time:
            (asked, requests), (ended, answers) = os.pipe(), os.pipe()
            with ExitStack() as failing:
                failing.callback(os.close, requests)
                failing.callback(os.close, ended)
                try:
                    self._send(message, [asked, log.fileno(), lock.fileno(), answers])
                finally:
                    os.close(asked)
                    os.close(answers)
                child = Child(_started(ended), requests, ended)
                failing.pop_all()
                return child

    def close(self) -> None:
        """End the fork server, which has nothing to save; the processes of jobs go on."""
        if self._server is not None:
            process, connection = self._server
            connection.close()
            process.kill()
            process.wait()
            self._server = None

    def _send(self, message: bytes, files: list[int]) -> None:
        """Send a request to the fork server; start it, also again if it has died."""
        if self._server is not None:
            with suppress(OSError):
                socket.send_fds(self._server[1], [message], files)
                return
            self.close()
        self._server = self._start()
        socket.send_fds(self._server[1], [message], files)

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, its = socket.socketpair()
        with its:
            try:
                process = subprocess.Popen(
                    [sys.executable, "-m", "jobs.fork_server", str(its.fileno())],
                    cwd=ROOT,
                    env=os.environ | self._settings,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    pass_fds=(its.fileno(),),
                )
            except OSError:
                ours.close()
                raise
        return process, ours


def _started(pipe: int) -> int:
    """Return the process that the fork server has started.

    Raises:
        OSError: it could not.
    """
    answer = _read_number(pipe)
    if answer is None:
        raise OSError("the process that starts the processes of jobs was killed")
    if answer < 0:
        raise OSError(-answer, os.strerror(-answer))
    return answer


def _read_number(pipe: int) -> int | None:
    """Return the next number that the fork server answers; None if it has died."""
    answer = os.read(pipe, NUMBER.size)
    return NUMBER.unpack(answer)[0] if answer else None
