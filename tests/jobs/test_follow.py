"""What a list tells of a job, in words."""

from __future__ import annotations

import pytest

from jobs.follow import summaries, words


def told(ledger, result: dict) -> str:
    number = ledger.accept("probe", "short", {}).number
    ledger.finish(ledger.claim(number, "w", "cpu"), "done", "finished", result=result)
    return words(summaries(ledger, [ledger.get(number)])[0])


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"drawings": 26_000, "spots": 1_234_567, "model": "uset"}, "drawings 26000, spots 1234567"),
        ({"f1": 0.86543, "seconds": 86_400.1234}, "f1 0.865, seconds 86400.123"),
        ({"models": ["uset", "mine"], "seconds": 0.5}, "seconds 0.5"),
    ],
)
def test_counts_are_told_whole_and_what_is_no_figure_is_left_out(ledger, result, said):
    assert told(ledger, result) == said
