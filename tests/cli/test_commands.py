"""The command line as a user meets it: help, refusals in one sentence, and the whole way from labels to counts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import pretrained_weights

REPOSITORY = Path(__file__).resolve().parents[2]
COMMANDS = (
    *("convert-annotations", "filter-labeled", "train", "infer", "evaluate", "demo", "doctor"),
    *("ephemeris", "series", "compare-silso", "compare-observers", "export", "check-orientation"),
)


def app(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(REPOSITORY / "app.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder, 3, seed=8, scale=0.35, styles=("1941",))
    return folder


def test_help_names_every_command_and_every_command_takes_a_workspace():
    overview = app("--help").stdout
    for command in COMMANDS:
        assert command in overview
    for command in ("train", "doctor"):
        assert "--workspace" in app(command, "--help").stdout


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
    done = app("train", "--model-name", "a", "--workspace", tmp_path, *arguments)
    assert done.returncode == 1 and "Traceback" not in done.stderr and done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


def test_a_model_name_that_leads_elsewhere_is_refused(tmp_path):
    (tmp_path / "data").mkdir()
    done = app("train", "--model-name", "../evil", "--workspace", tmp_path / "data")
    assert done.returncode == 1 and "cannot name a model" in done.stderr
    assert not list(tmp_path.glob("evil*"))


def test_from_labels_to_counts(tmp_path, archive):
    images, labels = archive / "images", archive / "annotations" / "instances_default.json"
    space = tmp_path / "data"
    space.mkdir()
    masks = app(
        "convert-annotations",
        "--images-dir",
        images,
        "--annotations-path",
        labels,
        "--masks-dir",
        tmp_path / "m",
    )
    assert masks.returncode == 0 and len(list((tmp_path / "m").iterdir())) == 3
    filtered = app(
        "filter-labeled", "--images-dir", images, "--annotations-path", labels, "--workspace", space
    )
    assert filtered.returncode == 0, filtered.stderr
    assert (space / "segmented_dataset" / "labelled" / "annotations" / "instances_default.json").exists()

    (space / "dataset" / "annotations").mkdir(parents=True)
    (space / "dataset" / "images").mkdir()
    for path in images.iterdir():
        (space / "dataset" / "images" / path.name).write_bytes(path.read_bytes())
    (space / "dataset" / "annotations" / "instances_default.json").write_bytes(labels.read_bytes())
    small = [
        "--epochs",
        1,
        "--tile-size",
        64,
        "--radius",
        128,
        "--encoder-weights",
        "none",
        "--workspace",
        space,
    ]
    trained = app("train", "--model-name", "mine", *small)
    assert trained.returncode == 0, trained.stderr
    assert "epoch 1/1" in trained.stdout and (space / "output" / "trained_models" / "mine.pth").exists()
    again = app("train", "--model-name", "mine", *small)
    assert again.returncode == 1 and "--overwrite" in again.stderr

    both = app("train", "--model-name", "mine", "--resume", "--overwrite", "--workspace", space)
    assert both.returncode == 1 and "give one of them" in both.stderr
    changed = app("train", "--model-name", "mine", "--resume", "--epochs", 9, "--workspace", space)
    assert changed.returncode == 1 and "epochs" in changed.stderr
    resumed = app("train", "--model-name", "mine", "--resume", "--workspace", space)
    assert resumed.returncode == 0 and "done after 1 epoch:" in resumed.stdout, resumed.stderr

    inferred = app("infer", "--model", "mine", "--images", images, "--workspace", space)
    assert inferred.returncode == 0 and "3 drawings done" in inferred.stdout
    assert "3 done before" in app("infer", "--model", "mine", "--images", images, "--workspace", space).stdout
    scores = tmp_path / "scores.json"
    evaluated = app(
        "evaluate", "--model", "mine", "--images-dir", images, "--annotations-path", labels, "--json", scores,
        "--workspace", space,
    )  # fmt: skip
    assert evaluated.returncode == 0, evaluated.stderr
    assert len(json.loads(scores.read_text())["drawings"]) == 3


def test_unknown_model_and_empty_folder_are_told(tmp_path):
    unknown = app("infer", "--model", "nobody", "--workspace", tmp_path)
    assert unknown.returncode == 1 and "there is no model 'nobody'" in unknown.stderr
    if pretrained_weights().exists():
        empty = app("infer", "--workspace", tmp_path)
        assert empty.returncode == 1 and "there is no image in" in empty.stderr


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
def test_a_workspace_that_is_not_there_is_not_made(tmp_path, command):
    done = app(*command, "--workspace", tmp_path / "slip" / "data")
    assert done.returncode == 1 and f"there is no workspace at {tmp_path}" in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_demo_finds_most_spots_and_doctor_is_content(tmp_path):
    assert pretrained_weights().exists(), "the shipped model is missing"
    demo = app("demo", "--drawings", 2, "--seed", 3, "--workspace", tmp_path)
    assert demo.returncode == 0, demo.stderr
    assert "overlays" in demo.stdout
    assert len(list((tmp_path / "demo" / "segmented_dataset").glob("*_overlay.png"))) == 2
    doctor = app("doctor", "--workspace", tmp_path)
    assert doctor.returncode == 0 and "FAIL" not in doctor.stdout, doctor.stdout


def test_doctor_finds_a_changed_model(tmp_path):
    app("doctor", "--workspace", tmp_path)
    models = tmp_path / "output" / "trained_models"
    models.mkdir(parents=True)
    (models / "x.pth").write_bytes(b"other bytes")
    (models / "x.json").write_text(
        '{"name": "x", "encoder": "resnet18", "radius": 9, "weights_sha256": "00"}'
    )
    doctor = app("doctor", "--workspace", tmp_path)
    assert doctor.returncode == 1 and "does NOT match its card" in doctor.stdout
