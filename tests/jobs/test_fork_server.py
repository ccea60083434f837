"""The fork server: what the processes of jobs are given, and their end when one of them or it is killed."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.processes import runners
from jobs import fork_server
from jobs.child import Child, Spawner
from jobs.job import LOG, Job
from sunspot_dash.settings import QueueSettings
from tests.waiting import wait_for

from .conftest import runner_of

MOST_SECONDS = 60.0


@pytest.fixture
def settings(space):
    return QueueSettings()


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    made = Spawner({"SUNSPOT_QUEUE_LEASE": "2"})
    yield made
    made.close()


@pytest.fixture
def spawn(ledger, space, spawner, tmp_path):
    """Start the process of a new probe, as one of a job of some kind."""

    def begin(
        seconds: float = 0.0, kind: str = "probe", device: str = "cpu", using: Spawner = spawner
    ) -> tuple[Job, Child]:
        number = ledger.accept("probe", "short", {"steps": 3, "seconds": seconds, "fail": ""}).number
        job = ledger.claim(number, "a worker", "cpu")
        arguments = [str(number), str(job.attempt), "--holder", "a:1", "--workspace", str(space.root)]
        with (tmp_path / "slot.lock").open("w") as lock:
            return job, using.spawn(kind, arguments, ledger.folder(number), device, lock)

    return begin


def test_jobs_end_with_their_own_exit_codes_and_share_one_server(spawn, spawner, ledger, space):
    slow, child = spawn(seconds=60)
    pid = runner_of(slow.number, space.root)
    done, other = spawn()
    assert other.wait(MOST_SECONDS) == 0 and ledger.get(done.number).state == "done"
    assert child.wait(0) is None
    parents = {psutil.Process(pid).ppid(), spawner._server[0].pid}
    assert len(parents) == 1 and psutil.Process(parents.pop()).num_threads() == 1
    assert os.getsid(pid) == pid != os.getsid(0)
    child.send("cancel")
    os.kill(pid, signal.SIGKILL)
    assert child.wait(MOST_SECONDS) == -signal.SIGKILL == child.returncode


def test_a_process_has_its_log_its_lock_and_no_pipe_of_another(spawn, ledger, space, tmp_path):
    first, _ = spawn(seconds=60)
    job, _ = spawn(seconds=60)
    mine, others = (
        psutil.Process(runner_of(job.number, space.root)),
        psutil.Process(runner_of(first.number, space.root)),
    )
    files = {Path(file.path) for file in mine.open_files()}
    assert {ledger.folder(job.number) / LOG, tmp_path / "slot.lock"} <= files
    assert not [path for path in files if path.is_relative_to(ledger.folder(first.number))]

    def pipes(process: psutil.Process) -> set[str]:
        links = [str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()]
        return {link for link in links if link.startswith("pipe:")}

    assert len(pipes(mine)) == len(pipes(others)) == 1 and pipes(mine) != pipes(others)


def test_a_killed_server_takes_its_processes_along_and_is_replaced(spawn, spawner, space):
    job, child = spawn(seconds=60)
    pid, (server, _) = runner_of(job.number, space.root), spawner._server
    server.kill()
    assert child.wait(MOST_SECONDS) == -signal.SIGKILL
    wait_for(lambda: pid not in runners(space.root), "the process outlived the server")
    _, next_one = spawn()
    assert next_one.wait(MOST_SECONDS) == 0 and spawner._server[0].pid != server.pid


def test_an_import_that_fails_is_logged_and_a_new_interpreter_runs_the_job(spawn, ledger, space, tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError('half installed')\n")
    broken = Spawner({"PYTHONPATH": str(tmp_path)})
    job, child = spawn(seconds=0.5, kind="train", device="cuda:3", using=broken)
    process = psutil.Process(runner_of(job.number, space.root))
    wait_for(lambda: process.environ().get("CUDA_VISIBLE_DEVICES") == "3", "it has not its GPU")
    assert child.wait(MOST_SECONDS) == 0 and ledger.get(job.number).state == "done"
    assert "ImportError: half installed" in (ledger.folder(job.number) / LOG).read_text()
    broken.close()


def test_a_fork_that_fails_is_an_error_of_the_start(spawner, tmp_path, monkeypatch):
    answers = iter((-errno.EAGAIN, None))
    monkeypatch.setattr("jobs.child._read_number", lambda pipe: next(answers))
    before = psutil.Process().num_fds()
    for reason in ("Resource temporarily unavailable", "was killed"):
        with (tmp_path / "lock").open("w") as lock, pytest.raises(OSError, match=reason):
            spawner.spawn("probe", ["--help"], tmp_path / "run", "cpu", lock)
    assert psutil.Process().num_fds() == before + 1, "more was kept open than the connection to the server"


def test_the_server_ends_after_a_while_without_jobs(monkeypatch):
    ours, its = socket.socketpair()
    monkeypatch.setattr(fork_server, "IDLE_SECONDS", 0.05)
    with ours, its:
        assert fork_server.serve(its) is None
