"""The folder of the queue is deleted under running programs: they create it again, and no job is lost."""

from __future__ import annotations

import json
import shutil
from types import MappingProxyType, SimpleNamespace

import pytest

from jobs.chunks import Chunks
from jobs.ledger import Ledger
from jobs.liveness import Watch
from jobs.recovery import open_ledger
from jobs.tasks import inference as module
from jobs.tasks.inference import PLAN, infer
from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.files import locked
from sunspot_dash.services.models import publish
from sunspot_dash.services.models.inference import InferenceOutcome

from .conftest import until, wait_while_running
from .test_worker import probe, states, steps_done


def test_a_deleted_folder_is_created_again_and_no_job_is_lost(ledger, space, settings, start):
    running = probe(ledger, steps=30, seconds=0.1)
    worker = start("worker")
    wait_while_running(ledger, running, lambda: steps_done(ledger, running))
    shutil.rmtree(space.queue)
    again = open_ledger(space, settings)  # a program that starts now
    waiting = probe(again)
    for seen in (ledger, again):
        ended = [until(seen, number) for number in (running, waiting)]
        assert [states(job) for job in ended] == [["queued", "running", "done"]] * 2
    done = steps_done(ledger, running)
    assert done == sorted(set(done)) and done[-1] == 30
    assert worker.poll() is None and "Traceback" not in (ledger.folder(running) / "log.txt").read_text()
    assert len(Watch(space, again.signs, settings.queue_lease).workers()) == 1


def test_every_open_ledger_continues_with_the_new_folder(ledger, space, settings):
    first, second = open_ledger(space, settings), open_ledger(space, settings)
    one = probe(first)
    shutil.rmtree(space.queue)
    assert first.get(one).state == "queued"
    two = probe(second)
    ledger.cancel(one)
    for seen in (ledger, first, second, open_ledger(space, settings)):
        assert {job.number: job.state for job in seen.all()} == {one: "cancelled", two: "queued"}


def test_a_lock_whose_file_was_deleted_is_taken_on_the_new_file(space):
    path = space.queue / "submit.lock"
    with locked(path):
        shutil.rmtree(space.queue)
        with locked(path):
            assert path.exists()


class FakeInference:
    """Stands for a loaded model; runs something before each chunk."""

    name = "uset"
    corrections = MappingProxyType({})

    def __init__(self, before) -> None:
        self.before, self.seen = before, []

    def run(self, part, stems, report, should_stop):
        self.before(len(self.seen))
        new = [path.name for path in part if path.name not in self.seen]
        self.seen += new
        report(
            {
                "kind": "drawing",
                "name": part[-1].name,
                "done": len(part),
                "of": len(part),
                "worked": len(part),
            }
        )
        return InferenceOutcome(part[0].parent, done=new, skipped=len(part) - len(new), spots=len(part))


@pytest.fixture
def run_infer(ledger, space, monkeypatch):
    """Run an inference of 6 drawings in chunks of 2 in this process; something happens before each chunk."""
    held = ledger.claim(ledger.accept("infer", "short", {}).number, "w", "cpu")
    folder = ledger.folder(held.number)
    paths = [f"images_to_run/usd19000{month}010900.jpg" for month in range(1, 7)]
    (folder / PLAN).write_text(json.dumps({"paths": paths, "refused": [], "chunk": 2}))
    monkeypatch.setattr(publish, "publish", lambda *_: None)
    monkeypatch.setattr(publish, "write_failed", lambda *_: None)

    def run(ledger: Ledger, before) -> dict:
        fake = FakeInference(before)
        monkeypatch.setattr(module, "_begin", lambda context: fake)
        params = {"images": "images_to_run", "model": "uset", "orientation": ""}
        context = SimpleNamespace(
            workspace=space,
            params=params,
            folder=folder,
            report=lambda event: None,
            should_stop=lambda: False,
            fence=lambda: None,
            chunks=Chunks(ledger.signs, held.number, "w:1"),
            watch=Watch(space, ledger.signs, 60),
        )
        return infer(context)  # type: ignore[arg-type]

    return run


def test_chunks_that_are_lost_with_the_queue_are_processed_again_before_the_job_is_done(
    ledger, space, settings, run_infer
):
    def lose(seen: int) -> None:
        if seen == 4 and space.queue.exists():
            shutil.rmtree(space.queue)
            ledger.clear()  # on Redis, the chunks are elsewhere

    result = run_infer(open_ledger(space, settings), lose)
    assert result["drawings"] == 6 == result["new"] + result["skipped"], "a drawing was skipped"
    assert result["spots"] == 6 and result["failed"] == 0


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_outage_while_a_chunk_runs_is_an_error_of_the_queue_and_not_of_the_drawing(
    ledger, run_infer, monkeypatch
):
    def away(seen: int) -> None:
        if seen == 2:
            monkeypatch.setattr("jobs.chunks.Chunks.set_progress", _unavailable)

    with pytest.raises(QueueUnavailableError):
        run_infer(ledger, away)


def _unavailable(*_: object, **__: object) -> bool:
    raise QueueUnavailableError("Redis at host", "Connection refused", "start it")
