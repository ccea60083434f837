"""The real kinds of jobs through the real worker."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal

import pytest

from jobs import control
from jobs.chunks import Chunks
from jobs.follow import tail
from jobs.tasks.inference import PLAN

from .conftest import copies, runner_of, until, wait_while_running

pytestmark = pytest.mark.timeout(1800)
FEW = 6


@pytest.mark.parametrize("settings", ["redis"], indirect=True)
def test_an_archive_is_imported_run_by_two_slots_and_counted_once(
    ledger, labelled, quick, archive, tmp_path, start
):
    folder = tmp_path / "scans"
    shutil.copytree(archive / "images", folder)
    names = sorted(path.name for path in folder.iterdir())
    shutil.copyfile(folder / names[0], folder / "copy.jpg")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    start("worker", "--devices", "cpu,cuda:0")  # without a GPU the second slot computes on the CPU, too
    imported = until(
        ledger, control.submit(ledger, "import", {"images": str(folder), "name": "uccle"}).number
    )
    assert imported.state == "done", imported.error
    assert {key: imported.result[key] for key in ("kept", "same", "refused")} == {
        "kept": 5,
        "same": 1,
        "refused": 1,
    }
    infer = control.submit(ledger, "infer", {"model": quick, "images": "uccle"}).number
    masks = control.submit(ledger, "convert", {}).number
    scores = control.submit(ledger, "evaluate", {"model": quick}).number
    ended = {number: until(ledger, number) for number in (infer, masks, scores)}
    assert [job.state for job in ended.values()] == ["done"] * 3, [job.error for job in ended.values()]
    result = ended[infer].result
    assert (result["drawings"], result["new"], result["skipped"], result["failed"]) == (5, 5, 0, 1)
    (failed,) = csv.DictReader((labelled.inference_results / quick / "failed.csv").open())
    assert failed["name"] == "broken.jpg" and failed["reason"]
    table = list(csv.DictReader((labelled.inference_results / "sunspot_table.csv").open()))
    assert len(table) == 5 and sum(int(row["sunspot"]) for row in table) == result["spots"]
    assert len(list(labelled.masks.glob("*.png"))) == 5 == ended[masks].result["masks"]
    evaluation = json.loads((labelled.root / ended[scores].result["evaluation"]).read_text())
    assert len(evaluation["drawings"]) == 5 and 0 < ended[scores].result["f1"] <= 1
    assert "all" in "\n".join(tail(ledger.folder(scores)))
    assert ledger.signs.get(f"chunks:{infer}") is None, "chunks of a done job were left"


@pytest.mark.parametrize("settings", ["redis"], indirect=True)
def test_a_helper_that_is_killed_is_replaced_and_counted_once(ledger, space, quick, archive, tmp_path, start):
    folder = copies(archive, tmp_path / "scans", FEW)
    number = control.submit(ledger, "infer", {"model": quick, "images": str(folder)}).number
    start("worker", "--devices", "cpu")
    chunks = Chunks(ledger.signs, number, "")
    wait_while_running(ledger, number, chunks.count)
    # The job waits here for its helper, which the queue treats as a separate device.
    owner = runner_of(number, space.root)
    os.kill(owner, signal.SIGSTOP)
    helper = start("worker", "--devices", "cuda:0")

    def helps() -> bool:
        taken = [record for record in chunks.records() if record["state"] == "taken"]
        return any(":cuda:0:" in record["holder"] for record in taken)

    wait_while_running(ledger, number, helps)
    helper.kill()
    os.kill(owner, signal.SIGCONT)
    job = until(ledger, number)
    assert job.state == "done" and job.attempt == 1, job.error
    assert job.result["new"] + job.result["skipped"] == FEW == job.result["drawings"]
    table = list(csv.DictReader((space.inference_results / "sunspot_table.csv").open()))
    assert len(table) == FEW and sum(int(row["sunspot"]) for row in table) == job.result["spots"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_an_archive_that_becomes_unreachable_fails_its_job_and_a_retry_finishes_it(
    ledger, quick, archive, tmp_path, start
):
    folder, away = copies(archive, tmp_path / "scans", FEW), tmp_path / "unmounted"
    number = control.submit(ledger, "infer", {"model": quick, "images": str(folder)}).number
    start("worker", "--devices", "cpu")
    chunks = Chunks(ledger.signs, number, "")
    wait_while_running(ledger, number, lambda: any(record["state"] == "done" for record in chunks.records()))
    folder.rename(away)
    job = until(ledger, number)
    assert job.state == "failed" and f"no drawing in {folder} can be reached" in job.error
    away.rename(folder)
    control.retry(ledger, number)
    job = until(ledger, number)
    assert job.state == "done", job.error
    assert job.result["failed"] == 0 and job.result["new"] + job.result["skipped"] == FEW


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_plan_of_a_job_has_paths_relative_to_the_workspace(ledger, labelled, start):
    number = control.submit(ledger, "infer", {"images": "dataset/images"}).number
    start("worker", "--devices", "cpu")
    until(ledger, number, "running")
    plan = ledger.folder(number) / PLAN
    wait_while_running(ledger, number, plan.exists)
    paths = json.loads(plan.read_text())["paths"]
    assert len(paths) == 5 and all(path.startswith("dataset/images/") for path in paths)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_job_whose_files_are_gone_fails_with_a_message(ledger, labelled, quick_weights, tmp_path, start):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "notes.txt").write_text("no drawing")
    empty = control.submit(ledger, "infer", {"images": str(tmp_path / "scans")}).number
    gone = control.submit(ledger, "import", {"images": str(tmp_path / "scans"), "name": "gone"}).number
    shutil.copyfile(quick_weights, labelled.trained_models / "copy.pth")
    model = control.submit(ledger, "infer", {"model": "copy", "images": str(labelled.images)}).number
    (labelled.trained_models / "copy.pth").unlink()
    labelled.annotations_file.write_text("{")
    train = control.submit(ledger, "train", {"model_name": "x"}).number
    worker = start("worker", "--devices", "cpu")
    ended = [until(ledger, number) for number in (empty, gone, train, model)]
    assert [job.state for job in ended] == ["failed"] * 4
    assert "there is no model 'copy'" in ended[3].error
    assert "there is no image in" in ended[0].error and "there is no image in" in ended[1].error
    assert "instances_default.json" in ended[2].error
    assert worker.poll() is None
