"""A kill of each kind during real jobs: each resumes where it was and is done once."""

from __future__ import annotations

import os
import signal
import time

import pytest

from jobs import control
from jobs.follow import read_events

from .conftest import IN_THE_BACKGROUND, copies, until
from .test_worker import runner_of, states


@pytest.fixture
def program() -> tuple[str, ...]:
    return IN_THE_BACKGROUND


DRAWINGS = 12
TINY = {
    "model_name": "tiny",
    "epochs": 4,
    "batch_size": 4,
    "tile_size": 64,
    "radius": 128,
    "encoder_weights": "none",
}


@pytest.mark.timeout(600)
def test_three_real_jobs_survive_a_kill_each(ledger, labelled, quick, start, archive, tmp_path, capsys):
    scans = copies(archive, tmp_path / "scans", DRAWINGS)
    infer = control.submit(ledger, "infer", {"model": quick, "images": str(scans)}).number
    evaluate = control.submit(ledger, "evaluate", {"model": quick}).number
    train = control.submit(ledger, "train", TINY).number
    worker = start("worker")

    def kill_after(number: int, kind: str, least: int, victim: str) -> None:
        nonlocal worker
        while sum(event["kind"] == kind for event in read_events(ledger.folder(number))[0]) < least:
            assert not ledger.get(number).ended, ledger.get(number)
            time.sleep(0.02)
        if victim == "worker":
            worker.kill()
            worker = start("worker")
        else:
            os.kill(runner_of(number, labelled.root), signal.SIGKILL)

    kill_after(infer, "drawing", 2, "child")
    kill_after(evaluate, "drawing", 1, "worker")
    kill_after(train, "epoch", 1, "worker")
    ended = [until(ledger, number, seconds=200) for number in (infer, evaluate, train)]
    assert [job.state for job in ended] == ["done"] * 3, [job.error for job in ended]
    assert [states(job).count("done") for job in ended] == [1, 1, 1]
    assert all(job.attempt > 1 for job in ended)
    result = ended[0].result
    assert result["drawings"] == DRAWINGS == result["new"] + result["skipped"] and result["failed"] == 0
    table = (labelled.inference_results / "sunspot_table.csv").read_text().splitlines()
    assert (
        len(table) == DRAWINGS + 1 and sum(int(line.rsplit(",")[-1]) for line in table[1:]) == result["spots"]
    )
    epochs = [event["epoch"] for event in read_events(ledger.folder(train))[0] if event["kind"] == "epoch"]
    assert epochs == [1, 2, 3, 4], "an epoch was trained twice"
    assert labelled.model("tiny").weights.exists()
    with capsys.disabled():
        print(f"\nreal jobs: attempts {[job.attempt for job in ended]}, each done once")
