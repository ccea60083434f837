"""Both engines for the contract tests, and workers in separate processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import runners
from benchmarks.redis_server import RedisServer
from jobs.follow import read_events
from jobs.job import Job
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace
from tests.labelled import keep_drawings, put_labelled
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
# Tests of pages run at the same time and are sensitive to delays, so jobs get a lower priority.
IN_THE_BACKGROUND = ("nice", sys.executable)
TINY = {"batch_size": 4, "tile_size": 64, "radius": 128, "encoder_weights": "none"}


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory) -> Iterator[str]:
    """A separate Redis server for the tests."""
    server = redis_server(tmp_path_factory.mktemp("redis"))
    yield server.url
    server.kill()


@pytest.fixture
def redis(tmp_path) -> Iterator[RedisServer]:
    """A Redis server that the test may kill and start again."""
    folder = tmp_path / "redis"
    folder.mkdir()
    server = redis_server(folder)
    yield server
    server.kill()


def redis_server(folder: Path) -> RedisServer:
    """Start a Redis server; skip the test where it is not installed."""
    try:
        return RedisServer(folder)
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error}; .ci/run installs it")
        pytest.skip(str(error))


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
    """These settings as environment variables."""
    return os.environ | {f"SUNSPOT_{name.upper()}": str(value) for name, value in settings}


@pytest.fixture
def labelled(space, archive) -> Workspace:
    """The workspace with the archive as its labelled drawings."""
    return put_labelled(space, archive)


@pytest.fixture
def one_labelled(labelled) -> Workspace:
    """The workspace with one of these drawings, for short epochs."""
    return keep_drawings(labelled, 1)


@pytest.fixture
def quick(space, quick_weights) -> str:
    """A model that replaces the shipped one, at a quarter of its scale."""
    shutil.copyfile(quick_weights, space.model("uset").weights)
    return "uset"


def copies(archive: Path, folder: Path, count: int) -> Path:
    """Fill a folder with copies of the archive's drawings, one per day."""
    folder.mkdir()
    originals = sorted((archive / "images").iterdir())
    for day in range(count):
        shutil.copyfile(originals[day % len(originals)], folder / f"usd{1900 + day}03010900.jpg")
    return folder


@pytest.fixture
def start(space, settings) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start processes of the program on the workspace; all are killed at the end."""
    running = []

    def begin(*arguments: str, **changed: object) -> subprocess.Popen[str]:
        """Start a process; `changed` are its settings of the queue."""
        where = [] if "--workspace" in arguments else ["--workspace", str(space.root)]
        process = subprocess.Popen(
            [*IN_THE_BACKGROUND, "app.py", *arguments, *where],
            cwd=ROOT,
            env=environment(settings.model_copy(update=changed)),
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


def until(ledger: Ledger, number: int, *states: str) -> Job:
    """Wait until a job is in one of these states; by default until it has ended."""

    def reached() -> bool:
        job = ledger.get(number)
        return job.state in states if states else job.ended

    wait_for(reached, f"job {number} is not {' or '.join(states) or 'ended'}")
    return ledger.get(number)


def wait_while_running(ledger: Ledger, number: int, met: Callable[[], object]) -> None:
    """Wait until a condition is met; fail if the job ends first."""

    def reached() -> bool:
        if met():
            return True
        job = ledger.get(number)
        assert not job.ended, f"job {number} has ended too early: {job.error or job.history}"
        return False

    wait_for(reached, f"nothing came of job {number}")


def runner_of(number: int, workspace: Path) -> int:
    """Return the process id of a job's child."""

    def found() -> list[int]:
        return [pid for pid, job in runners(workspace).items() if job == number]

    wait_for(found, f"job {number} has no process")
    return found()[0]


def reported(ledger: Ledger, number: int, kind: str) -> list[dict[str, Any]]:
    """Return the events of a kind that a job has reported."""
    return [event for event in read_events(ledger.folder(number))[0] if event["kind"] == kind]


def epochs(ledger: Ledger, number: int) -> list[int]:
    """Return the epochs that a training has finished."""
    return [event["epoch"] for event in reported(ledger, number, "epoch")]
