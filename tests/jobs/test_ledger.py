"""Records, their transitions, and concurrent changes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from jobs.job import LEGAL, SHORT, STATES, TRAINING, Job, pack, unpack
from jobs.key_value import Space
from jobs.recovery import open_ledger
from sunspot_dash.errors import QueueError, WorkspaceError


def accept(ledger, lane=SHORT, **params) -> Job:
    return ledger.accept("probe", lane, params)


def test_a_record_is_read_back_completely(ledger):
    job = accept(ledger, steps=3)
    assert ledger.get(job.number) == job == unpack(pack(job))
    assert (job.number, job.ticket, job.state, job.params) == (1, 1, "queued", {"steps": 3})
    assert unpack((ledger.folder(1) / "job.json").read_text()) == job
    with pytest.raises(QueueError, match="there is no job 2"):
        ledger.get(2)


def test_a_job_waits_runs_and_ends_and_its_history_records_this(ledger):
    accept(ledger)
    job = ledger.claim(1, "w", "cpu")
    assert (job.state, job.attempt, job.worker, job.device) == ("running", 1, "w", "cpu")
    assert ledger.claim(1, "other", "cpu") is None
    done = ledger.finish(job, "done", "finished", result={"steps": 3})
    assert done.result == {"steps": 3} and done.ended
    assert [change["state"] for change in done.history] == ["queued", "running", "done"]
    assert all(change["time"] and change["cause"] for change in done.history)
    assert ledger.live() == [] and ledger.page(10) == [done] == ledger.all()
    assert json.loads((ledger.folder(1) / "job.json").read_text())["state"] == "done"


def test_only_legal_transitions_are_made():
    for state in STATES:
        job = Job(1, "probe", SHORT, {}, 1, state=state)
        for other in STATES:
            if other in LEGAL[state]:
                assert job.to(other, "why").state == other
            else:
                with pytest.raises(QueueError, match=f"is {state} and cannot become {other}"):
                    job.to(other, "why")


def test_only_one_of_many_claims_succeeds(ledger, space, settings):
    accept(ledger)
    ledgers = [open_ledger(space, settings) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        won = [job for job in pool.map(lambda other: other.claim(1, "w", "cpu"), ledgers * 3) if job]
    assert len(won) == 1 and ledger.get(1).attempt == 1


def test_an_attempt_that_was_superseded_changes_nothing(ledger):
    accept(ledger)
    first = ledger.claim(1, "w", "cpu")
    ledger.interrupt(first, "died", limit=9)
    second = ledger.claim(1, "v", "cpu")
    assert second.attempt == 2
    assert ledger.finish(first, "done", "late") is None
    assert ledger.give_back(first, "late") is None and ledger.interrupt(first, "late", 9) is None
    assert ledger.finish(second, "done", "in time").state == "done"
    assert ledger.finish(second, "done", "again") is None


def test_an_interrupted_job_keeps_its_place_and_a_retried_one_goes_to_the_end(ledger):
    for _ in range(3):
        accept(ledger)
    held = ledger.claim(1, "w", "cpu")
    assert [ledger.position(ledger.get(number)) for number in (1, 2, 3)] == [0, 1, 2]
    back = ledger.interrupt(held, "its worker died", limit=9)
    assert [change["state"] for change in back.history] == ["queued", "running", "interrupted", "queued"]
    assert [job.number for job in ledger.queued(SHORT)] == [1, 2, 3]
    ledger.cancel(1)
    ledger.retry(1)
    assert [job.number for job in ledger.queued(SHORT)] == [2, 3, 1]


def test_the_lanes_are_separate(ledger):
    accept(ledger, TRAINING)
    accept(ledger)
    assert [job.number for job in ledger.queued(TRAINING)] == [1]
    assert [job.number for job in ledger.queued(SHORT)] == [2]
    assert ledger.position(ledger.get(2)) == 1


def test_cancelling_waits_for_a_running_job_but_not_for_a_queued_one(ledger):
    accept(ledger)
    accept(ledger)
    assert ledger.cancel(2).state == "cancelled"
    held = ledger.claim(1, "w", "cpu")
    assert ledger.cancel(1).state == "cancelling" == ledger.cancel(1).state
    assert ledger.give_back(held, "yields") is None
    assert ledger.interrupt(held, "died", limit=9).state == "cancelled"
    with pytest.raises(QueueError, match="nothing to cancel"):
        ledger.cancel(1)
    ledger.retry(1)
    held = ledger.claim(1, "w", "cpu")
    ledger.cancel(1)
    assert ledger.finish(held, "done", "was quicker").state == "done"
    with pytest.raises(QueueError, match="submit it again as a new job"):
        ledger.retry(1)


def test_a_job_that_dies_without_progress_is_given_up_and_one_with_progress_is_not(ledger):
    accept(ledger)
    for death in range(1, 7):
        ledger.set_progress(1, {"kind": "unit", "mark": death})
        after = ledger.interrupt(ledger.claim(1, "w", "cpu"), "by SIGKILL", limit=3)
        assert after.state == "queued" and after.interruptions == 1
    for _ in range(2):
        after = ledger.interrupt(ledger.claim(1, "w", "cpu"), "by SIGKILL", limit=3)
    assert after.state == "failed"
    assert "died 3 times" in after.error and "smaller batch size" in after.error
    assert ledger.retry(1).interruptions == 0


def test_a_rejected_job_leaves_nothing_behind(ledger, monkeypatch):
    def full(*_):
        raise WorkspaceError("the disk is full")

    for method in ("add", "put"):
        with monkeypatch.context() as patch:
            patch.setattr(Space, method, full)
            with pytest.raises(WorkspaceError, match="the disk is full"):
                accept(ledger)
    assert ledger.all() == [] == ledger.live()
    assert list(ledger.workspace.runs.iterdir()) == []
    assert accept(ledger).state == "queued"


def test_pages_are_newest_first_and_skip_pruned_numbers(ledger):
    for _ in range(12):
        accept(ledger)
    for number in (4, 5, 11):
        ledger.cancel(number)
        ledger.remove(ledger.get(number))
    assert [job.number for job in ledger.page(5)] == [12, 10, 9, 8, 7]
    assert [job.number for job in ledger.page(5, before=7)] == [6, 3, 2, 1]
    assert ledger.page(5, before=1) == []


def test_an_ended_job_that_is_still_marked_as_live_is_unmarked(ledger, monkeypatch):
    accept(ledger)
    with monkeypatch.context() as patch:
        patch.setattr(Space, "delete", lambda *_: None)  # the canceller died before its last step
        ledger.cancel(1)
    unmarked: list[str] = []
    delete = Space.delete
    monkeypatch.setattr(Space, "delete", lambda space, key: unmarked.append(key) or delete(space, key))
    assert ledger.live() == [] and unmarked == ["1"]
    assert ledger.live() == [] and unmarked == ["1"]


def test_a_job_that_is_retried_while_its_end_is_still_being_recorded_stays_live(ledger, monkeypatch):
    accept(ledger)
    held = ledger.claim(1, "w", "cpu")
    delete = Space.delete

    def late(space: Space, key: str) -> None:
        monkeypatch.setattr(Space, "delete", delete)
        ledger.retry(1)
        delete(space, key)

    monkeypatch.setattr(Space, "delete", late)
    ledger.finish(held, "failed", "an error", error="no")
    assert [(job.number, job.state) for job in ledger.live()] == [(1, "queued")]


def test_a_failure_to_write_the_copy_of_a_record_does_not_undo_a_change(ledger, monkeypatch):
    accept(ledger)

    def full(*_):
        raise WorkspaceError("the disk is full")

    monkeypatch.setattr("jobs.ledger.atomic_write_text", full)
    assert ledger.claim(1, "w", "cpu").state == "running" == ledger.get(1).state


def test_lost_jobs_are_restored_once_and_numbering_continues(ledger):
    jobs = [replace(accept(ledger), ticket=number * 10) for number in (1, 2)]
    ledger.clear()
    ledger.restore(jobs)
    ledger.restore([replace(jobs[0], state="failed")])
    assert [job.state for job in ledger.live()] == ["queued", "queued"]
    assert accept(ledger).number == 3 and ledger.get(3).ticket == 21
