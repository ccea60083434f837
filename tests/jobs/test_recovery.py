"""Recovery from a lost, damaged or moved ledger, a full disk, and a changed clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs import control
from jobs.job import Job
from jobs.ledger import Ledger
from jobs.liveness import Presence
from jobs.recovery import open_ledger, sweep
from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace
from tests.disks import fill, small_disk
from tests.labelled import keep_drawings, put_labelled
from tests.waiting import wait_for

from .conftest import TINY, epochs, until, wait_while_running
from .test_worker import probe, states, steps_done

LOCAL = QueueSettings(queue="", queue_lease=2, queue_grace=3)


@pytest.fixture
def local(space) -> Ledger:
    return open_ledger(space, LOCAL)


def damage(space: Workspace) -> None:
    """Overwrite the database in place, as a failing disk does."""
    for path in sorted(space.queue.glob("queue-*.sqlite*"))[-3:]:
        with suppress(FileNotFoundError):  # its log is removed with its last reader
            content = bytearray(path.read_bytes())
            content[: len(content) // 2] = b"\xa5" * (len(content) // 2)
            path.write_bytes(content)


def test_a_lost_ledger_is_rebuilt_from_the_run_folders(ledger, space, settings):
    done, waiting = probe(ledger), probe(ledger)
    ledger.finish(ledger.claim(done, "w", "cpu"), "done", "finished", result={"steps": 3})
    before = ledger.all()
    ledger.clear()
    messages: list[str] = []
    again = open_ledger(space, settings, messages.append)
    assert again.all() == before and [job.number for job in again.live()] == [waiting]
    assert messages == ["2 jobs restored from the run folders"]
    assert probe(again) == 3
    open_ledger(space, settings, messages.append)
    assert len(messages) == 1


def test_a_run_folder_that_cannot_be_read_is_reported_and_kept(local, space):
    probe(local)
    probe(local)
    (local.folder(1) / "job.json").write_text("{")
    local.clear()
    messages: list[str] = []
    assert [job.number for job in open_ledger(space, LOCAL, messages.append).all()] == [2]
    assert "job.json was skipped" in messages[0] and local.folder(1).exists()


def test_a_damaged_database_is_set_aside_and_rebuilt(local, space):
    numbers = [probe(local) for _ in range(3)]
    damage(space)
    messages: list[str] = []
    again = open_ledger(space, LOCAL, messages.append)
    assert [job.number for job in again.live()] == numbers
    assert "queue-1.sqlite was set aside and replaced by queue-2.sqlite" in messages[0]
    assert (space.queue / "queue-1.sqlite").exists()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_database_damaged_under_a_running_worker_loses_no_job(ledger, space, start):
    numbers = [probe(ledger, steps=30, seconds=0.1), probe(ledger)]
    worker = start("worker")
    wait_while_running(ledger, numbers[0], lambda: len(steps_done(ledger, numbers[0])) >= 2)
    damage(space)
    ended: list[Job] = []

    def over() -> bool:
        with suppress(SunspotError):  # while it is rebuilt
            ended[:] = [open_ledger(space, LOCAL).get(number) for number in numbers]
        return bool(ended) and all(job.ended for job in ended)

    wait_for(over, "the jobs have not ended")
    assert [job.state for job in ended] == ["done", "done"]
    assert [states(job).count("done") for job in ended] == [1, 1]
    assert worker.poll() is None


def test_jobs_move_from_one_engine_to_the_other(local, space, redis_url):
    numbers = [probe(local), probe(local)]
    local.cancel(numbers[0])
    redis = QueueSettings(queue=redis_url, queue_lease=2)
    moved = open_ledger(space, redis)
    assert [job.state for job in moved.all()] == ["queued", "cancelled"]
    moved.cancel(numbers[1])
    back = open_ledger(space, LOCAL)
    assert [job.state for job in back.all()] == ["cancelled", "cancelled"]


def test_a_queue_in_use_is_not_moved(local, space, redis_url):
    presence = Presence(space, local.signs, ["cpu"])
    with pytest.raises(ParameterError, match="stop it before"):
        open_ledger(space, QueueSettings(queue=redis_url))
    presence.end()
    open_ledger(space, QueueSettings(queue=redis_url))


def test_files_left_by_killed_writers_are_removed_and_recent_ones_are_kept(space):
    old, fresh = space.runs / ".0123456789abcdef.tmp", space.runs / ".fedcba9876543210.tmp"
    for path in (old, fresh):
        path.touch()
    os.utime(old, (0, 0))
    sweep(space)
    assert not old.exists() and fresh.exists()


def test_a_clock_moved_back_changes_no_order_and_no_lease(ledger, start, monkeypatch):
    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(hours=1)

    with monkeypatch.context() as patch:
        patch.setattr("jobs.job.datetime", Ahead)
        early = probe(ledger, steps=10)
    late = probe(ledger)
    start("worker")  # its clock was set back by an hour after the first submission
    ended = [until(ledger, number) for number in (early, late)]
    assert [job.state for job in ended] == ["done", "done"]
    assert ended[0].history[-1]["time"] < ended[1].history[1]["time"] < datetime.now(UTC).isoformat()
    assert ended[0].history[0]["time"] > datetime.now(UTC).isoformat()
    assert 0 < ended[0].result["seconds"] < 3600  # without the hour by which the clock was set back


@pytest.fixture
def small(tmp_path) -> Iterator[Path]:
    """A disk of 240 MB."""
    yield from small_disk(tmp_path / "small", "240m")


def test_a_submission_is_rejected_on_a_full_disk_and_leaves_nothing(small):
    space = Workspace(small / "data").create()
    ledger = open_ledger(space, LOCAL)
    kept = probe(ledger)
    fill(small / "filler")
    for _ in range(3):
        with pytest.raises(SunspotError, match=r"the disk is full|free some space"):
            for _ in range(200):  # SQLite may have free space in its pages
                probe(ledger)
    accepted = {job.number for job in ledger.all()}
    assert accepted == {int(folder.name) for folder in space.runs.iterdir()}
    (small / "filler").unlink()
    assert ledger.get(kept).state == "queued" and probe(ledger) not in accepted


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.timeout(1800)
def test_a_full_disk_during_a_checkpoint_fails_only_that_job(small, settings, start, archive):
    space = keep_drawings(put_labelled(Workspace(small / "data").create(), archive), 1)
    ledger = open_ledger(space, settings)
    tiny = {**TINY, "model_name": "tiny", "epochs": 40, "device": "cpu"}
    number = control.submit(ledger, "train", tiny).number
    worker = start("worker", "--workspace", str(space.root))
    wait_while_running(ledger, number, lambda: epochs(ledger, number))
    fill(small / "filler", leave=2_000_000)
    job = until(ledger, number)
    assert job.state == "failed" and "the disk is full: checkpoint.pt was not written" in job.error
    short = probe(ledger)
    assert until(ledger, short).state == "done" and worker.poll() is None
    (small / "filler").unlink()
    before = epochs(ledger, number)
    control.retry(ledger, number)
    wait_while_running(ledger, number, lambda: len(epochs(ledger, number)) > len(before))
    ledger.cancel(number)
    assert until(ledger, number).state == "cancelled"
    done = epochs(ledger, number)
    assert done == list(range(1, done[-1] + 1)), "the last good checkpoint was lost"
