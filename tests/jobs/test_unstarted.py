"""Jobs whose process cannot be started, or cannot record its end: they return to the queue and are not given up."""

from __future__ import annotations

import errno

import pytest

from jobs import worker as module
from jobs.child import NOT_RECORDED, Spawner
from jobs.ledger import Ledger
from jobs.worker import Worker
from sunspot_dash.errors import WorkspaceError

from .test_chunks import Ended
from .test_worker import states

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def work(ledger, space, settings, monkeypatch):
    """Run a worker whose processes end as given: with an error at the start, or an exit code; 0 finishes the job."""

    def run(*ends: OSError | int) -> tuple[list[str], list[str]]:
        number = ledger.accept("probe", "short", {}).number
        left, lines = list(ends), []

        def spawn(*_: object) -> Ended:
            end = left.pop(0)
            if isinstance(end, OSError):
                raise end
            if end == 0:
                ledger.finish(ledger.get(number), "done", "finished")
                worker.stop()
            if end < 0:
                worker.stop()
            return Ended(end)

        monkeypatch.setattr(Spawner, "spawn", spawn)
        monkeypatch.setattr(module, "IDLE_SECONDS", 0.05)
        one_death = settings.model_copy(update={"queue_interruptions": 1})
        worker = Worker(space, ["cpu"], one_death, log=lines.append)
        worker.run()
        return states(ledger.get(number)), lines

    return run


AGAIN = ["running", "interrupted", "queued"]


def test_a_job_that_cannot_be_started_returns_to_the_queue_and_is_not_given_up(work):
    found, lines = work(FULL, FULL, 0)
    assert found == ["queued", *AGAIN, *AGAIN, "running", "done"]
    assert sum("No space left" in line for line in lines) == 1, "the same error is logged once"


def test_a_job_whose_end_could_not_be_recorded_returns_to_the_queue(work):
    found, lines = work(NOT_RECORDED, 0)
    assert found == ["queued", *AGAIN, "running", "done"]
    assert any("is queued" in line for line in lines)


def test_a_death_counts(work):
    found, _ = work(-9)
    assert found == ["queued", "running", "failed"]


def test_a_job_that_could_neither_be_started_nor_returned_is_found_again(work, monkeypatch):
    interrupt, failures = Ledger.interrupt, [WorkspaceError("the disk is full")]

    def full(*arguments):
        if failures:
            raise failures.pop()
        return interrupt(*arguments)

    monkeypatch.setattr(Ledger, "interrupt", full)
    found, _ = work(FULL, 0)
    assert found == ["queued", *AGAIN, "running", "done"]
