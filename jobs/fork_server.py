"""The process from which the processes of jobs are forked: what one job has imported, the next need not import.

The network's libraries take seconds to import, and 500 MB. A worker starts this as `python -m jobs.fork_server SOCKET`;
it ends with the worker, or after a while without jobs. It starts no thread and computes nothing: a forked process has
only the thread that forked it.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import traceback
from contextlib import suppress

from jobs import runner, tasks
from jobs.child import NUMBER

LONGEST = 65536  # bytes of a request
FILES = 4
REAP_SECONDS = 0.1  # between two looks for ended processes
IDLE_SECONDS = 600.0  # without a job, after which this ends


def serve(worker: socket.socket) -> list[str] | None:
    """Fork a process for each request of the worker.

    Returns:
        In a forked process, the arguments with which it runs `jobs.runner`; otherwise None, once this is to end.
    """
    running: dict[int, int] = {}  # by process: the pipe for its exit code
    while True:
        ready, *_ = select.select([worker], [], [], REAP_SECONDS if running else IDLE_SECONDS)
        if not ready and not running:
            return None
        _reap(running)
        if not ready:
            continue
        message, files, *_ = socket.recv_fds(worker, LONGEST, FILES)
        if not message:  # the worker has ended
            return None
        request = json.loads(message)
        asked, log, lock, answers = files
        imported = _prepare(request["kind"], log)
        try:
            pid = os.fork()
        except OSError as error:
            pid = -(error.errno or 1)
        if pid == 0:
            worker.close()
            for pipe in (answers, *running.values()):
                os.close(pipe)
            _take_over(asked, log, request["gpus"])
            if not imported:
                os.set_inheritable(lock, True)
                os.execv(sys.executable, [sys.executable, "-m", runner.__name__, *request["arguments"]])
            arguments: list[str] = request["arguments"]
            return arguments
        _answer(answers, pid)
        if pid > 0:
            running[pid] = answers
        else:
            os.close(answers)
        for descriptor in (asked, log, lock):
            os.close(descriptor)


def _prepare(kind: str, log: int) -> bool:
    """Import what jobs of a kind need; if that fails, return False: a new interpreter tries again, and says why."""
    if sys.platform != "linux":  # elsewhere, libraries may start threads when they are imported
        return False
    try:
        tasks.prepare(kind)
    except Exception:
        with suppress(OSError):
            os.write(log, traceback.format_exc().encode())
        return False
    return True


def _take_over(asked: int, log: int, gpus: str) -> None:
    """Make this process one of a job: in a session of its own, with its requests, its log and its GPU."""
    os.setsid()
    os.dup2(asked, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(asked)
    os.close(log)
    os.environ["CUDA_VISIBLE_DEVICES"] = gpus


def _reap(running: dict[int, int]) -> None:
    """Report the exit codes of ended processes."""
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            answers = running.pop(pid)
            _answer(answers, os.waitstatus_to_exitcode(status))
            os.close(answers)


def _answer(pipe: int, number: int) -> None:
    with suppress(OSError):  # the worker has ended
        os.write(pipe, NUMBER.pack(number))


if __name__ == "__main__":
    job = serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(0 if job is None else runner.main(job))
