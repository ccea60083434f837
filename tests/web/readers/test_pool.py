"""Functions in reader processes: their results, errors and deaths, and the bound on them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from sunspot_dash.errors import ImageError, SunspotError
from sunspot_dash.io.images import image_size
from sunspot_dash.web.readers import pool, process
from sunspot_dash.web.readers.pool import Readers
from sunspot_dash.web.readers.slots import SLOTS, Busy, Slots
from sunspot_dash.workspace import Workspace
from tests.waiting import PATIENCE_SECONDS, wait_for
from tests.web.dashboards import ROOT
from tests.web.readers import work


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def readers(space):
    made = Readers(space)
    yield made
    made.end()


def test_a_reader_serves_one_request_after_another(readers):
    assert readers.run(os.getpid) == readers.run(os.getpid) != os.getpid()


def test_errors_arrive_as_they_were_raised(readers, tmp_path):
    with pytest.raises(ImageError) as raised:
        readers.run(image_size, tmp_path / "none.png")
    assert "none.png" in str(raised.value) and "none.png" not in raised.value.reason
    with pytest.raises(FileNotFoundError):
        readers.run(open, tmp_path / "none")


@pytest.mark.parametrize("die", [(os._exit, 3), (os.kill, 0, signal.SIGKILL)])
def test_a_reader_that_dies_is_replaced_and_the_user_gets_one_sentence(readers, die):
    first = readers.run(os.getpid)
    function, *arguments = die
    with pytest.raises(
        SunspotError, match=r"^the file could not be read \(its reader ran out of memory or crashed\)"
    ):
        readers.run(function, *([first, *arguments[1:]] if len(arguments) == 2 else arguments))
    assert readers.run(os.getpid) != first and not psutil.pid_exists(first)


def test_a_reader_that_takes_too_long_is_ended(readers, monkeypatch):
    first = readers.run(os.getpid)
    monkeypatch.setattr(process, "QUIET_SECONDS", 0.1)
    with pytest.raises(SunspotError, match="did not finish"):
        readers.run(signal.pause)
    assert not psutil.pid_exists(first)


def test_a_reader_ends_by_itself_without_work_and_the_next_request_starts_another(readers):
    first = readers.run(work.set_idle_seconds, 0.05)
    wait_for(lambda: psutil.Process(first).status() == psutil.STATUS_ZOMBIE, "the reader goes on")
    assert readers.run(os.getpid) != first


def test_a_reader_whose_memory_grew_is_replaced(readers, monkeypatch):
    first = readers.run(os.getpid)
    monkeypatch.setattr(process, "KEPT_BYTES", 0)
    assert readers.run(os.getpid) == first
    assert readers.run(os.getpid) != first


def test_a_file_that_needs_too_much_memory_is_refused(readers):
    first = readers.run(os.getpid)
    with pytest.raises(SunspotError, match="more memory"):
        readers.run(bytearray, 2 << 30)
    assert readers.run(os.getpid) == first


def test_a_reader_imports_neither_the_web_server_nor_the_network(readers):
    loaded = readers.run(work.loaded_modules)
    assert not {"torch", "dash", "flask", "waitress", "pandas"} & set(loaded)


def test_events_are_reported_while_the_function_runs(readers):
    events: list[int] = []
    assert readers.run(work.count_to, 3, report=events.append) == "counted" and events == [1, 2, 3]


def test_readers_end_with_their_server_even_in_the_middle_of_work(space):
    code = (
        "import sys, signal; from pathlib import Path\n"
        "from sunspot_dash.web.readers.pool import Readers; from sunspot_dash.workspace import Workspace\n"
        "from tests.web.readers import work\n"
        f"readers = Readers(Workspace(Path({str(space.root)!r})))\n"
        "readers.run(work.say_and_wait, report=lambda pid: print(pid, flush=True))"
    )
    server = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    pid = int(server.stdout.readline())
    server.kill()
    server.wait()
    wait_for(
        lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie", "the reader goes on"
    )


def test_all_server_processes_share_the_slots(space, monkeypatch):
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.0)
    one, another = Readers(space), Slots(space.queue / "readers")
    with another.taken(False, 0.0), another.taken(False, 0.0), another.taken(True, 0.0), pytest.raises(Busy):
        one.run(os.getpid)
    with another.taken(True, 0.0), pytest.raises(Busy):
        one.run(os.getpid, large=True)
    assert SLOTS == 3 and one.run(os.getpid, large=True)
    one.end()


def test_a_request_waits_for_a_slot(space):
    slots, done = Slots(space.queue / "readers"), threading.Event()

    def wait() -> None:
        with slots.taken(True, time.monotonic() + PATIENCE_SECONDS):
            done.set()

    with slots.taken(True, 0.0):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not done.wait(0.1)
    waiting.join()
    assert done.is_set()


def test_at_most_some_requests_wait(space, monkeypatch):
    monkeypatch.setattr(pool, "WAITING", 0)
    with pytest.raises(Busy):
        Readers(space).run(os.getpid)


def test_no_slot_is_lost_when_functions_fail(readers):
    for _ in range(SLOTS + 1):
        with pytest.raises(FileNotFoundError):
            readers.run(Path.stat, Path("/none"))
