"""Trainings that run out of memory or whose loss becomes NaN, through the real worker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobs import control

from .conftest import ROOT, TINY, epochs, until, wait_while_running
from .test_worker import probe

FAULTY = Path(__file__).with_name("faulty")


@pytest.fixture
def fault(tmp_path, monkeypatch) -> Path:
    """The file that sets how the loss fails (faulty/sitecustomize.py)."""
    fault = tmp_path / "fault"
    before = [path for path in [os.environ.get("PYTHONPATH")] if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(FAULTY), str(ROOT), *before]))
    monkeypatch.setenv("SUNSPOT_TEST_FAULT", str(fault))
    return fault


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_no_memory_and_nan_fail_a_training_with_advice_and_a_retry_resumes_it(
    ledger, one_labelled, start, fault
):
    number = control.submit(ledger, "train", {**TINY, "model_name": "tiny", "epochs": 60}).number
    worker = start("worker", "--devices", "cpu")

    def next_epoch() -> None:
        before = epochs(ledger, number)
        wait_while_running(ledger, number, lambda: epochs(ledger, number) != before)

    next_epoch()
    fault.write_text("memory")
    job = until(ledger, number)
    assert (job.state, job.error) == ("failed", "out of memory: try batch size 2")
    assert until(ledger, probe(ledger)).state == "done" and worker.poll() is None

    fault.write_text("nan")
    control.retry(ledger, number)
    job = until(ledger, number)
    assert job.state == "failed" and "the loss became nan" in job.error
    assert "lower the learning rate" in job.error and one_labelled.model("tiny").weights.exists()
    assert until(ledger, probe(ledger)).state == "done" and worker.poll() is None

    fault.unlink()
    control.retry(ledger, number)
    next_epoch()
    ledger.cancel(number)
    assert until(ledger, number).state == "cancelled"
    done = epochs(ledger, number)
    assert done == list(range(1, done[-1] + 1)), "the last good checkpoint was lost"
