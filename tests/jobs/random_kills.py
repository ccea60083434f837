"""The random kills of both engines; each has a test file, so that they can run in parallel."""

from __future__ import annotations

from benchmarks.kills import VICTIMS, Chaos

KILLS = 60


def check_random_kills(ledger, settings, capsys) -> None:
    """Kill a worker, a job or a submitter 60 times (`python benchmarks/kills.py` does it 200 times)."""
    outcome = Chaos(ledger, settings, KILLS, background=("nice",)).run()
    with capsys.disabled():
        print(f"\n{outcome}")
    assert outcome.faults() == []
    assert outcome.kills == dict.fromkeys(VICTIMS, KILLS // len(VICTIMS))
    assert len(outcome.jobs) > 10, "too few jobs were accepted to show anything"
    assert outcome.resumed > 5, "too few jobs were killed half done"
