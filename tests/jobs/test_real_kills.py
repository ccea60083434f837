"""A kill of each kind during real jobs: each job resumes where it stopped and is done once."""

from __future__ import annotations

import os
import signal

import pytest

from jobs import control

from .conftest import TINY, copies, epochs, reported, runner_of, until, wait_while_running
from .test_worker import states

DRAWINGS = 8


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_three_real_jobs_survive_a_kill_each(ledger, labelled, quick, start, archive, tmp_path):
    scans = copies(archive, tmp_path / "scans", DRAWINGS)
    infer = control.submit(ledger, "infer", {"model": quick, "images": str(scans)}).number
    evaluate = control.submit(ledger, "evaluate", {"model": quick}).number
    train = control.submit(ledger, "train", {**TINY, "model_name": "tiny", "epochs": 3}).number
    worker = start("worker")

    def kill_after(number: int, kind: str, victim: str) -> None:
        nonlocal worker
        wait_while_running(ledger, number, lambda: reported(ledger, number, kind))
        if victim == "worker":
            worker.kill()
            worker = start("worker")
        else:
            os.kill(runner_of(number, labelled.root), signal.SIGKILL)

    kill_after(infer, "drawing", "child")
    kill_after(evaluate, "drawing", "worker")
    kill_after(train, "epoch", "worker")
    ended = [until(ledger, number) for number in (infer, evaluate, train)]
    assert [job.state for job in ended] == ["done"] * 3, [job.error for job in ended]
    assert [states(job).count("done") for job in ended] == [1, 1, 1]
    assert [job.attempt for job in ended] == [2, 2, 2]
    result = ended[0].result
    assert result["drawings"] == DRAWINGS == result["new"] + result["skipped"] and result["failed"] == 0
    table = (labelled.inference_results / "sunspot_table.csv").read_text().splitlines()
    assert len(table) == DRAWINGS + 1
    assert sum(int(line.rsplit(",")[-1]) for line in table[1:]) == result["spots"]
    assert epochs(ledger, train) == [1, 2, 3], "an epoch was trained twice"
    assert labelled.model("tiny").weights.exists()
