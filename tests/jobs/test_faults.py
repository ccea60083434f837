"""A training whose device has no memory left, or whose loss is not a number any more, through the real worker."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jobs import control
from jobs.follow import read_events
from sunspot_dash.synthetic import write_archive

from .conftest import ROOT, until
from .test_worker import probe

# Python runs it at the start of every process; in that of a job it makes the loss fail while a file says how.
FAULTY = """
import pathlib, sys

if "jobs.runner" in sys.orig_argv:
    import torch
    from sunspot_dash.ml import losses

    real = losses.total_loss

    def total_loss(*values):
        fault = pathlib.Path(__file__).with_name("fault")
        text = fault.read_text() if fault.exists() else ""
        if text == "memory":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return real(*values) * (float("nan") if text == "nan" else 1)

    losses.total_loss = total_loss
"""
TINY = {"batch_size": 4, "tile_size": 64, "radius": 128, "encoder_weights": "none", "epochs": 60}


@pytest.fixture
def fault(tmp_path, monkeypatch) -> Path:
    """The file that says how the loss fails."""
    (tmp_path / "sitecustomize.py").write_text(FAULTY)
    before = [path for path in [os.environ.get("PYTHONPATH")] if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT), *before]))
    return tmp_path / "fault"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_no_memory_and_no_number_fail_a_training_with_advice_and_a_retry_goes_on(
    ledger, space, start, tmp_path, fault
):
    write_archive(tmp_path / "archive", 3, seed=5, scale=0.3, styles=("1941",))
    for path in (tmp_path / "archive" / "images").iterdir():
        path.rename(space.images / path.name)
    (tmp_path / "archive" / "annotations" / "instances_default.json").rename(space.annotations_file)
    number = control.submit(ledger, "train", {"model_name": "tiny", **TINY}).number
    worker = start("worker", "--devices", "cpu")

    def epochs() -> list[int]:
        events, _ = read_events(ledger.folder(number))
        return [event["epoch"] for event in events if event["kind"] == "epoch"]

    def next_epoch() -> None:
        before = len(epochs())
        while len(epochs()) == before:
            assert not ledger.get(number).ended, ledger.get(number).error
            time.sleep(0.05)

    next_epoch()
    fault.write_text("memory")
    job = until(ledger, number)
    assert (job.state, job.error) == ("failed", "out of memory: try batch size 2")
    assert until(ledger, probe(ledger)).state == "done" and worker.poll() is None

    fault.write_text("nan")
    control.retry(ledger, number)
    job = until(ledger, number)
    assert job.state == "failed" and "the loss became nan" in job.error
    assert "lower the learning rate" in job.error and space.model("tiny").weights.exists()
    assert until(ledger, probe(ledger)).state == "done" and worker.poll() is None

    fault.unlink()
    control.retry(ledger, number)
    next_epoch()
    ledger.cancel(number)
    assert until(ledger, number).state == "cancelled"
    assert epochs() == list(range(1, epochs()[-1] + 1)), "the last good checkpoint was lost"
