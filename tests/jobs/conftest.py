"""Both engines for the contract tests, and workers in processes of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs.job import Job
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.ml.checkpoint import read_weights, save_weights
from sunspot_dash.settings import QueueSettings
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace, pretrained_weights
from tests.labelled import put_labelled

ROOT = Path(__file__).resolve().parents[2]
# Tests of pages run beside these, and a page must answer in its time; a job has all the time there is.
IN_THE_BACKGROUND = ("nice", sys.executable)
QUICK_RADIUS = 224  # the disk fits into one of the network's tiles


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory) -> Iterator[str]:
    """A Redis server of the tests' own."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("redis-server is not installed: .ci/run installs it")
        pytest.skip("redis-server is not installed (Debian: 'apt install redis-server')")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


@pytest.fixture(params=["sqlite", "redis"])
def settings(request) -> QueueSettings:
    """Each engine in turn, with a short lease to detect dead workers."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    return QueueSettings(queue=url, queue_lease=2, queue_grace=3, queue_interruptions=20, queue_chunk=2)


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def ledger(space, settings) -> Ledger:
    return open_ledger(space, settings)


def environment(settings: QueueSettings) -> dict[str, str]:
    """These settings as a process takes them."""
    return os.environ | {f"SUNSPOT_{name.upper()}": str(value) for name, value in settings}


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Five small labelled drawings, as `demo` makes them."""
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder, 5, seed=5, scale=0.35, styles=("1941", "1954"))
    return folder


@pytest.fixture
def labelled(space, archive) -> Workspace:
    """The workspace with the archive as its labelled drawings."""
    return put_labelled(space, archive)


@pytest.fixture
def quick(space) -> str:
    """The shipped model at a quarter of its scale: it finds less, in a sixth of the time."""
    shipped = read_weights(pretrained_weights())
    save_weights(shipped["state"], shipped["encoder"], QUICK_RADIUS, space.model("quick").weights)
    return "quick"


def copies(archive: Path, folder: Path, count: int) -> Path:
    """Fill a folder with copies of the archive's drawings, one per day."""
    folder.mkdir()
    originals = sorted((archive / "images").iterdir())
    for day in range(count):
        shutil.copyfile(originals[day % len(originals)], folder / f"usd{1900 + day}03010900.jpg")
    return folder


@pytest.fixture
def program() -> tuple[str, ...]:
    """What runs the processes that `start` starts."""
    return (sys.executable,)


@pytest.fixture
def start(space, settings, program) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process of the program on the workspace; all are killed in the end."""
    running = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        where = [] if "--workspace" in arguments else ["--workspace", str(space.root)]
        process = subprocess.Popen(
            [*program, "app.py", *arguments, *where],
            cwd=ROOT,
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()


def until(ledger: Ledger, number: int, *states: str, seconds: float = 60) -> Job:
    """Wait until a job is in one of these states; by default until it has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = ledger.get(number)
        if job.state in states or (not states and job.ended):
            return job
        time.sleep(0.05)
    raise AssertionError(f"job {number} is {job.state} after {seconds} s: {job.history}")
