"""Commands continue where names are not UTF-8, links form loops, or a pipe is among the drawings."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.services.export.formats import FORMATS
from sunspot_dash.services.review.record import Intent
from sunspot_dash.services.review.record import record as review
from sunspot_dash.workspace import Workspace
from tests.command_line import run
from tests.conftest import copy_of

BAD = os.fsdecode(b"bad\xff")


@pytest.fixture(scope="module")
def odd(results_once, tmp_path_factory) -> Workspace:
    """A workspace with results, and odd files in each of its folders."""
    space = copy_of(results_once, tmp_path_factory.mktemp("odd") / "data")
    path = sorted(space.images.iterdir())[0]
    for folder in (space.images, space.images_to_run):
        shutil.copy(path, folder / f"{BAD}.png")
        (folder / "loop.png").symlink_to("loop.png")
        os.mkfifo(folder / "pipe.png")
    results = space.results_of("uset")
    record = json.loads(sorted(results.iterdir())[0].read_text())
    (results / "bad%FF.json").write_text(json.dumps(record | {"name": f"{BAD}.png"}))
    (results / f"{BAD}.json").write_text("{}")
    for link in (results / "loop.json", space.inference_results / "loop", space.archives / "loop.json"):
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(link.name)
    review(space, "uset", record["name"], Intent("Ada", Act.FINISH))
    (space.runs / "000001").mkdir()
    (space.runs / "000001" / "drawings.json").write_text(json.dumps({"paths": [f"/elsewhere/{BAD}.png"]}))
    return space


@pytest.mark.parametrize("form", FORMATS)
def test_every_export_is_written(odd, tmp_path, form):
    done = run("export", "--format", form, "--output", tmp_path / "file", "--workspace", odd.root)
    assert done.code == 0 and (tmp_path / "file").stat().st_size > 0, done.text
    if form == "csv":
        assert len((tmp_path / "file").read_text("utf-8").splitlines()) == 1 + 5


def test_the_doctor_continues(odd):
    done = run("doctor", "--workspace", odd.root)
    assert "is writable" in done.stdout and "FAIL" not in done.stdout, done.stdout
    assert "without a card" in done.stdout


@pytest.mark.parametrize("command", ["series", "check-orientation"])
def test_other_commands_continue(odd, command):
    done = run(command, "--workspace", odd.root)
    assert done.code == 0, done.text


def test_labels_are_converted_and_odd_files_are_named(odd, tmp_path):
    options = ("--images-dir", odd.images, "--annotations-path", odd.annotations_file)
    done = run("convert-annotations", *options, "--masks-dir", tmp_path / "masks")
    assert done.code == 0 and r"left out: bad\xff.png: its name is not UTF-8: rename it" in done.stdout
    assert "left out: loop.png: it is a link to itself" in done.stdout
    assert len(list((tmp_path / "masks").iterdir())) == 5


def test_a_run_lists_them_on_the_terminal(odd):
    done = run("infer", "--images", odd.images, "--device", "cpu", "--workspace", odd.root)
    assert done.code == 0 and "5 already done, 3 failed" in done.stdout
    assert r"failed: bad\xff.png: its name is not UTF-8: rename it" in done.stderr


def test_a_folder_whose_path_is_not_utf8_is_one_sentence(odd, tmp_path):
    (tmp_path / BAD).mkdir()
    done = run("infer", "--images", tmp_path / BAD, "--workspace", odd.root)
    assert done.code == 1 and r"bad\xff is not UTF-8: rename it" in done.stderr
    done = run("doctor", "--workspace", tmp_path / BAD)
    assert done.code == 1 and "is not UTF-8: rename the folder" in done.text
