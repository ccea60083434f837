"""Jobs for new scans in the watch folder; nothing runs them here."""

from __future__ import annotations

import errno
import os
import shutil
from threading import Barrier, Thread

import pytest

from jobs import control
from jobs.job import DONE, FAILED
from jobs.recovery import open_ledger
from jobs.tasks.watch import Watcher
from jobs.tasks.watch_status import status_lines
from jobs.worker import Worker
from sunspot_dash.domain.drawing.arrivals import SETTLED_SECONDS
from sunspot_dash.errors import SunspotError
from sunspot_dash.services.models.publish import write_failed
from sunspot_dash.services.watch import state as watch_state
from sunspot_dash.services.watch.folder import fault_of
from sunspot_dash.services.watch.state import read_watch, switch
from sunspot_dash.settings import QueueSettings
from tests.services.models.registered import add_model
from tests.waiting import wait_for

NAME = "usd202611260930.jpg"
LATER = SETTLED_SECONDS + 1


@pytest.fixture
def ledger(space):
    return open_ledger(space, QueueSettings(queue=""))


@pytest.fixture
def scans(archive) -> list:
    return sorted((archive / "images").iterdir())


@pytest.fixture
def arrive(space, scans):
    """Copy a scan to the watch folder."""

    def copy(name: str, source: int = 0, part: float = 1.0):
        content = scans[source].read_bytes()
        path = space.images_to_run / name
        path.write_bytes(content[: int(len(content) * part)])
        return path

    return copy


class Rounds:
    """A watcher with a clock of its own."""

    def __init__(self, ledger):
        self.watcher, self.now = Watcher(ledger, control.submit), 0.0

    def settle(self):
        """Look until the scans count as complete; return the job."""
        found = self.watcher.look(self.now)
        self.now += LATER
        return found or self.watcher.look(self.now)


def drawings(job) -> list[str]:
    return [path.split("/")[-1] for path in job.params["drawings"]]


def end(ledger, job, state=DONE, error="", **result):
    held = ledger.claim(job.number, "worker", "cpu")
    figures = {"drawings": 1, "new": 1, "skipped": 0, "spots": 14, "failed": 0, "model": "uset", "notes": []}
    return ledger.finish(held, state, "test", error, figures | result if state == DONE else {})


def test_while_it_is_off_nothing_runs_nor_is_written(space, ledger, arrive):
    arrive(NAME)
    rounds = Rounds(ledger)
    assert rounds.settle() is None and rounds.settle() is None
    assert ledger.all() == [] and not space.watch_file.exists()
    assert status_lines(ledger, read_watch(space))[0].startswith("Off.")
    switch(space, True)
    switch(space, False)
    arrive("usd202611270930.jpg")
    assert rounds.settle() is None and ledger.all() == []


def test_only_scans_that_arrive_after_the_moment_run_and_a_restart_keeps_it(space, ledger, arrive):
    for hour in range(10, 15):
        arrive(f"usd19410101{hour}00.jpg")
    switch(space, True)
    since = read_watch(space).since
    assert Rounds(ledger).settle() is None
    old = arrive(NAME, 1)
    os.utime(old, (0, 0))  # a copy keeps the time of the scan
    watch_state._read.cache_clear()
    job = Rounds(ledger).settle()
    assert (job.kind, job.params["model"], job.params["drawings"]) == (
        "infer",
        "uset",
        [f"images_to_run/{NAME}"],
    )
    end(ledger, job)
    switch(space, True)
    watch_state._read.cache_clear()
    assert Rounds(ledger).settle() is None and read_watch(space).since == since
    arrive("usd194101011000.jpg", 2)  # another scan under the name of an old one
    assert drawings(Rounds(ledger).settle()) == ["usd194101011000.jpg"]


def test_scans_that_arrive_together_or_during_a_job_are_one_job(space, ledger, arrive):
    switch(space, True)
    names = [f"usd2026112{day}0930.jpg" for day in range(5)]
    for name in names[:3]:
        arrive(name)
    rounds = Rounds(ledger)
    job = rounds.settle()
    assert drawings(job) == names[:3]
    arrive(names[3])
    assert rounds.settle() is None
    arrive(names[4])
    assert rounds.settle() is None
    end(ledger, job)
    assert drawings(rounds.settle()) == names[3:]


def test_the_chosen_model_runs(space, ledger, arrive, quick_weights):
    from sunspot_dash.services.models.default import make_default

    add_model(space, quick_weights, "mine")
    make_default(space, "mine")
    switch(space, True)
    arrive(NAME)
    assert Rounds(ledger).settle().params["model"] == "mine"


def test_a_truncated_scan_is_refused_once_and_runs_when_it_is_whole(space, ledger, arrive, monkeypatch):
    switch(space, True)
    arrive(NAME, part=0.5)
    rounds, tried = Rounds(ledger), []
    monkeypatch.setattr("jobs.tasks.watch.fault_of", lambda path: tried.append(path.name) or fault_of(path))
    for _ in range(5):
        assert rounds.settle() is None
    assert tried == [NAME]
    (line,) = [line for line in status_lines(ledger, read_watch(space)) if line.startswith("Not run")]
    assert NAME in line and "damaged or truncated" in line
    (space.images_to_run / NAME).unlink()
    assert not [line for line in status_lines(ledger, read_watch(space)) if line.startswith("Not run")]
    arrive(NAME)
    assert drawings(rounds.settle()) == [NAME] and not read_watch(space).refused


def test_a_scan_with_a_result_of_its_bytes_and_a_text_file_start_nothing(
    space, ledger, results_once, archive
):
    from sunspot_dash.workspace import Workspace

    shutil.copytree(Workspace(results_once).results_of("uset"), space.results_of("uset"), dirs_exist_ok=True)
    switch(space, True)
    first, second = sorted((archive / "images").iterdir())[:2]
    shutil.copy(first, space.images_to_run)
    (space.images_to_run / "notes.txt").write_text("seeing 3")
    rounds = Rounds(ledger)
    assert rounds.settle() is None and ledger.all() == [] and not read_watch(space).refused
    shutil.copyfile(second, space.images_to_run / first.name)
    assert drawings(rounds.settle()) == [first.name]


def test_scans_of_another_job_wait_until_it_has_ended(space, ledger, arrive):
    switch(space, True)
    arrive(NAME)
    other = control.submit(ledger, "infer", {"images": "images_to_run"})
    rounds = Rounds(ledger)
    assert rounds.settle() is None
    listed = control.submit(ledger, "infer", {"drawings": [f"images_to_run/{NAME}"]})
    ledger.cancel(other.number)
    assert rounds.settle() is None
    ledger.cancel(listed.number)
    assert drawings(rounds.settle()) == [NAME]


def test_two_watchers_at_once_submit_one_job(space, ledger, arrive):
    switch(space, True)
    arrive(NAME)
    barrier, found, pairs = (
        Barrier(2),
        [],
        [Rounds(open_ledger(space, QueueSettings(queue=""))) for _ in range(2)],
    )

    def look(rounds):
        rounds.watcher.look(0)
        barrier.wait()
        found.append(rounds.watcher.look(LATER))

    threads = [Thread(target=look, args=(rounds,)) for rounds in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.all()) == 1 and len([job for job in found if job]) == 1


def test_a_cancelled_or_failed_job_is_not_repeated_and_is_described(space, ledger, arrive):
    switch(space, True)
    arrive(NAME)
    rounds = Rounds(ledger)
    job = rounds.settle()

    def last() -> str:
        return next(line for line in status_lines(ledger, read_watch(space)) if line.startswith("Last"))

    assert last() == f"Last: {NAME}, job {job.number} is queued."
    end(ledger, job, FAILED, "the disk is full")
    assert last() == f"Last: {NAME}, job {job.number} is failed: the disk is full."
    assert rounds.settle() is None and len(ledger.all()) == 1
    arrive("usd202611270930.jpg")
    end(ledger, rounds.settle(), failed=1, spots=0)
    write_failed(space.inference_results / "uset", [("usd202611270930.jpg", "no disk was found")])
    assert "0 spots, usd202611270930.jpg failed: no disk was found, 0 s ago" in last()
    arrive("usd202611280930.jpg")
    end(ledger, rounds.settle())
    assert last() == "Last: usd202611280930.jpg, 14 spots, 0 s ago."
    assert "No worker is running" in status_lines(ledger, read_watch(space))[-1]


def test_a_problem_is_shown_until_it_has_passed(space, ledger, arrive):
    switch(space, True)
    arrive(NAME)
    space.models_file.write_text("{")
    rounds = Rounds(ledger)
    with pytest.raises(SunspotError, match="cannot be read"):
        rounds.settle()
    assert "models.json cannot be read" in " ".join(status_lines(ledger, read_watch(space)))
    space.models_file.unlink()
    assert drawings(rounds.settle()) == [NAME] and not read_watch(space).problem


def test_a_worker_watches_once_it_is_switched_on(space, ledger, arrive, monkeypatch):
    monkeypatch.setattr("jobs.worker.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("sunspot_dash.domain.drawing.arrivals.SETTLED_SECONDS", 0.1)
    lines: list[str] = []
    worker = Worker(space, [], QueueSettings(queue=""), lines.append)  # it has no device to run a job on
    thread = Thread(target=worker.run)
    thread.start()
    try:
        switch(space, True)
        arrive(NAME)
        wait_for(ledger.live, "no job was submitted")
        assert drawings(ledger.live()[0]) == [NAME]
        wait_for(lambda: "job 1: submitted for 1 new scan" in lines, "the worker did not log it")
    finally:
        worker.stop()
        thread.join()


def test_a_scan_that_cannot_be_read_now_is_tried_until_it_can(space, ledger, arrive, monkeypatch):
    switch(space, True)
    arrive(NAME)
    rounds = Rounds(ledger)

    def unreachable(path):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("jobs.tasks.watch.fault_of", unreachable)
        assert rounds.settle() is None and rounds.settle() is None
        waiting = f"Waiting: {NAME} cannot be read (Input/output error)."
        assert waiting in status_lines(ledger, read_watch(space))
    assert drawings(rounds.settle()) == [NAME] and not read_watch(space).problem


def test_many_scans_are_several_jobs(space, ledger, arrive, monkeypatch):
    monkeypatch.setattr("jobs.tasks.watch.MOST_SCANS", 2)
    switch(space, True)
    names = [f"usd2026112{day}0930.jpg" for day in range(3)]
    for name in names:
        arrive(name)
    rounds = Rounds(ledger)
    first = rounds.settle()
    end(ledger, first)
    assert [drawings(first), drawings(rounds.settle())] == [names[:2], names[2:]]
