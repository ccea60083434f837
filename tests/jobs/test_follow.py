"""Summaries and descriptions of jobs for lists."""

from __future__ import annotations

import pytest

from jobs.follow import describe, ending, run_seconds, summaries
from jobs.job import Job, entry
from jobs.key_value import Space


def description(ledger, result: dict) -> str:
    number = ledger.accept("probe", "short", {}).number
    ledger.finish(ledger.claim(number, "w", "cpu"), "done", "finished", result=result)
    return describe(summaries(ledger, [ledger.get(number)])[0])


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"drawings": 26_000, "spots": 1_234_567, "model": "uset"}, "26,000 drawings, 1,234,567 spots"),
        (
            {"drawings": 4, "new": 1, "skipped": 0, "spots": 1, "failed": 3, "seconds": 81.2},
            "4 drawings, 1 processed, 1 spot, 3 failed, took 81 s",
        ),
        ({"f1": 0.86543, "seconds": 86_400.1234}, "F1 0.865, took 24.0 h"),
        ({"models": ["uset", "mine"], "seconds": 0.5}, "took 0 s"),
    ],
)
def test_counts_are_described_in_full_and_other_values_are_omitted(ledger, result, text):
    assert description(ledger, result) == text


def test_a_page_of_a_long_history_reads_few_records(ledger, monkeypatch):
    history = tuple(entry(state, "as in a real history") for state in ("queued", "running", "done"))
    params, result = {"model": "uset", "images": "images_to_run"}, {"drawings": 100, "spots": 4021}
    many = 300
    ledger.restore(
        Job(number, "infer", "short", params, number, "done", 1, "w", "cpu", result=result, history=history)
        for number in range(1, many + 1)
    )
    read: list[int] = []
    get, several, items = Space.get, Space.many, Space.items

    def note(found):
        read.append(len(found) if isinstance(found, dict) else 1)
        return found

    monkeypatch.setattr(Space, "get", lambda space, key: note(get(space, key)))
    monkeypatch.setattr(Space, "many", lambda space, keys: note(several(space, keys)))
    monkeypatch.setattr(Space, "items", lambda space: note(items(space)))
    for before in (None, many // 2, 60):
        read.clear()
        rows = summaries(ledger, ledger.page(50, before))
        assert len(rows) == 50 and ledger.live() == []
        # A few more where numbers are missing, and whether the ledger has lost everything.
        assert sum(read) <= 2 * 50 + 1


def job_with(state: str, *history: tuple[str, str, str], **more: str) -> Job:
    changes = tuple({"state": state, "time": time, "cause": cause} for state, time, cause in history)
    return Job(1, "infer", "short", {}, 1, state, history=changes, **more)


def test_how_a_job_ended_is_said_in_words_with_its_run_time():
    queued, running = (
        ("queued", "2026-01-01T10:00:00+00:00", "submitted"),
        ("running", "2026-01-01T10:01:00+00:00", "attempt 1"),
    )
    at = "2026-01-01T10:03:00+00:00"
    done = job_with("done", queued, running, ("done", at, "finished"))
    assert ending(done) == "Finished after 2 min" and run_seconds(done) == 120
    failed = job_with("failed", queued, running, ("failed", at, "an error"), error="the disk is full")
    assert ending(failed) == "Failed after 2 min: the disk is full"
    unstarted = job_with("cancelled", queued, ("cancelled", at, "cancellation requested"))
    assert ending(unstarted) == "Cancelled before it started" and run_seconds(unstarted) == 0
    killed = job_with(
        "cancelled", queued, running, ("cancelled", at, "cancelled; its process ended by SIGKILL")
    )
    assert ending(killed) == "Cancelled after 2 min (its process ended by SIGKILL)"
    assert ending(job_with("running", queued, running)) == ""
