"""Summaries and descriptions of jobs for lists."""

from __future__ import annotations

import time

import pytest

from jobs.follow import describe, summaries
from jobs.job import Job, entry, pack


def told(ledger, result: dict) -> str:
    number = ledger.accept("probe", "short", {}).number
    ledger.finish(ledger.claim(number, "w", "cpu"), "done", "finished", result=result)
    return describe(summaries(ledger, [ledger.get(number)])[0])


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"drawings": 26_000, "spots": 1_234_567, "model": "uset"}, "drawings: 26,000, spots: 1,234,567"),
        ({"f1": 0.86543, "seconds": 86_400.1234}, "F1 0.865, took 24.0 h"),
        ({"models": ["uset", "mine"], "seconds": 0.5}, "took 0 s"),
    ],
)
def test_counts_are_told_whole_and_what_is_no_figure_is_left_out(ledger, result, said):
    assert told(ledger, result) == said


def test_ten_thousand_finished_jobs_are_listed_at_once(ledger):
    history = tuple(entry(state, "as in a real history") for state in ("queued", "running", "done"))
    params, result = {"model": "uset", "images": "images_to_run"}, {"drawings": 100, "spots": 4021}
    many = 10_000
    for number in range(1, many + 1):
        job = Job(
            number, "infer", "short", params, number, "done", 1, "w", "cpu", result=result, history=history
        )
        ledger._jobs.put(str(number), pack(job))
    ledger._jobs.count("number", many)
    taken = []
    for before in (None, many // 2, 60):
        began = time.perf_counter()
        rows = summaries(ledger, ledger.page(50, before))
        taken.append(time.perf_counter() - began)
        assert len(rows) == 50 and ledger.live() == []
    assert max(taken) < 0.2, taken
