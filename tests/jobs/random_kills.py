"""The random kills of both engines; each has a test file, so that they can run in parallel."""

from __future__ import annotations

from benchmarks.kills import ALL, REDIS, Chaos

KILLS = 60
VICTIMS = ("child", "worker", "submitter", ALL)


def check_random_kills(ledger, settings, capsys, redis=None) -> None:
    """Kill a worker, a job, a submitter, all at once or Redis (`python benchmarks/kills.py` does it 200 times)."""
    outcome = Chaos(ledger, settings, KILLS, background=("nice",), victims=VICTIMS, redis=redis).run()
    with capsys.disabled():
        print(f"\n{outcome}")
    assert outcome.faults() == []
    kinds = (*VICTIMS, *[REDIS] * (redis is not None))
    assert outcome.kills == dict.fromkeys(kinds, KILLS // len(kinds))
    assert len(outcome.jobs) > 10, "too few jobs were accepted to show anything"
    assert outcome.resumed > 5, "too few jobs were killed half done"
