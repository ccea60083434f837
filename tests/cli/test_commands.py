"""The command line: help, one-sentence errors, and the whole workflow from labels to counts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sunspot_dash.workspace import Workspace
from tests.command_line import run
from tests.conftest import REPOSITORY
from tests.labelled import keep_drawings, put_labelled

COMMANDS = (
    *("convert-annotations", "filter-labeled", "train", "infer", "evaluate", "compare", "demo", "doctor"),
    *("ephemeris", "series", "compare-silso", "compare-observers", "export", "check-orientation", "dates"),
)


def start(*options: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these options in a separate process, in the repository."""
    return subprocess.run([sys.executable, *options], cwd=REPOSITORY, capture_output=True, text=True)


def test_the_program_starts_without_torch_and_names_every_command():
    done = start("-X", "importtime", "app.py", "--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert command in done.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "sunspot_dash.cli" in imported and "torch" not in imported


def test_an_error_is_one_sentence_on_standard_error_and_exit_code_1(tmp_path):
    done = start("app.py", "train", "--model-name", "a", "--epochs", "0", "--workspace", str(tmp_path))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: --epochs") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["train", "doctor"])
def test_every_command_takes_a_workspace(command):
    assert "--workspace" in run(command, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tile-size", 250], ["--tile-size", "240", "256"]),
        (["--epochs", 0], ["--epochs", "from 1 to 1000"]),
        (["--learning-rate", "nan"], ["--learning-rate"]),
        (["--encoder", "vgg"], ["--encoder", "resnet18"]),
    ],
)
def test_a_bad_parameter_is_one_sentence_with_the_range(tmp_path, arguments, words):
    done = run("train", "--model-name", "a", "--workspace", tmp_path, *arguments)
    assert done.code == 1 and done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


def test_a_model_name_outside_its_folder_is_rejected(tmp_path):
    (tmp_path / "data").mkdir()
    done = run("train", "--model-name", "../evil", "--workspace", tmp_path / "data")
    assert done.code == 1 and "cannot name a model" in done.stderr
    assert not list(tmp_path.glob("evil*"))


@pytest.fixture
def labels(archive) -> Path:
    return archive / "annotations" / "instances_default.json"


def test_labels_become_masks_and_labelled_drawings_are_copied(tmp_path, archive, labels):
    given = ["--images-dir", archive / "images", "--annotations-path", labels]
    assert run("convert-annotations", *given, "--masks-dir", tmp_path / "masks").code == 0
    assert len(list((tmp_path / "masks").iterdir())) == 5
    (tmp_path / "data").mkdir()
    filtered = run("filter-labeled", *given, "--workspace", tmp_path / "data")
    assert filtered.code == 0, filtered.text
    copied = tmp_path / "data" / "segmented_dataset" / "labelled" / "annotations"
    assert (copied / "instances_default.json").exists()


def test_from_labels_to_counts(tmp_path, archive, labels):
    space = keep_drawings(put_labelled(Workspace(tmp_path / "data").create(), archive), 2)
    at, images = ["--workspace", space.root], space.images
    small = ["--epochs", 1, "--tile-size", 64, "--radius", 128, "--encoder-weights", "none", *at]
    trained = run("train", "--model-name", "mine", *small)
    assert trained.code == 0, trained.text
    assert "epoch 1/1" in trained.stdout and (space.trained_models / "mine.pth").exists()
    again = run("train", "--model-name", "mine", *small)
    assert again.code == 1 and "--overwrite" in again.stderr
    both = run("train", "--model-name", "mine", "--resume", "--overwrite", *at)
    assert both.code == 1 and "use only one of them" in both.stderr
    changed = run("train", "--model-name", "mine", "--resume", "--epochs", 9, *at)
    assert changed.code == 1 and "epochs" in changed.stderr
    resumed = run("train", "--model-name", "mine", "--resume", *at)
    assert resumed.code == 0 and "done after 1 epoch:" in resumed.stdout, resumed.text

    inferred = run("infer", "--model", "mine", "--images", images, *at)
    assert inferred.code == 0 and "2 drawings done" in inferred.stdout
    assert "2 already done" in run("infer", "--model", "mine", "--images", images, *at).stdout
    scores = tmp_path / "scores.json"
    given = ["--images-dir", images, "--annotations-path", labels, "--json", scores]
    evaluated = run("evaluate", "--model", "mine", *given, *at)
    assert evaluated.code == 0, evaluated.text
    assert len(json.loads(scores.read_text())["drawings"]) == 2


def test_an_unknown_model_and_an_empty_folder_are_rejected(tmp_path):
    unknown = run("infer", "--model", "nobody", "--workspace", tmp_path)
    assert unknown.code == 1 and "there is no model 'nobody'" in unknown.stderr
    empty = run("infer", "--workspace", tmp_path)
    assert empty.code == 1 and "there is no image in" in empty.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["train", "--model-name", "mine"],
        ["infer"],
        ["evaluate", "--images-dir", ".", "--annotations-path", "none.json"],
        ["filter-labeled", "--images-dir", ".", "--annotations-path", "none.json"],
        ["worker"],
        ["doctor"],
    ],
)
def test_a_workspace_that_does_not_exist_is_not_created(tmp_path, command):
    done = run(*command, "--workspace", tmp_path / "slip" / "data")
    assert done.code == 1 and f"there is no workspace at {tmp_path}" in done.text
    assert list(tmp_path.iterdir()) == []


def test_the_shipped_model_finds_most_spots_of_the_demo_and_doctor_finds_no_fault(tmp_path):
    demo = run("demo", "--drawings", 1, "--seed", 3, "--workspace", tmp_path)
    assert demo.code == 0, demo.text
    matched = re.search(
        r"with (\d+) spots; the shipped model detected (\d+), (\d+) of them correctly", demo.stdout
    )
    assert matched, demo.stdout
    spots, found, right = map(int, matched.groups())
    assert right > spots / 2 and right > found / 2
    assert "overlays" in demo.stdout
    assert len(list((tmp_path / "demo" / "segmented_dataset").glob("*_overlay.png"))) == 1
    doctor = run("doctor", "--workspace", tmp_path)
    assert doctor.code == 0 and "FAIL" not in doctor.stdout, doctor.stdout


def test_doctor_finds_a_changed_model(tmp_path):
    models = Workspace(tmp_path).create().trained_models
    (models / "x.pth").write_bytes(b"other bytes")
    (models / "x.json").write_text(
        '{"name": "x", "encoder": "resnet18", "radius": 896, "weights_sha256": "00"}'
    )
    doctor = run("doctor", "--workspace", tmp_path)
    assert doctor.code == 1 and "does NOT match its card" in doctor.stdout
