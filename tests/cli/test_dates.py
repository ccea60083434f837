"""`dates`: shown first, set with --apply, undone with --undo."""

from __future__ import annotations

import csv

import pytest

from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.services.dataset.dates import stored_pattern
from tests.command_line import run
from tests.conftest import copy_of


def test_dates_reach_the_tables_and_are_undone(results_once, tmp_path):
    space = copy_of(results_once, tmp_path / "data")
    name = sorted(path.name for path in space.images.iterdir())[0]
    table = tmp_path / "dates.csv"
    table.write_text(f"{name},1957-01-17,09:30\nnone.png,1957-01-18\n")

    def dates() -> dict[str, str]:
        with (space.inference_results / "sunspot_table.csv").open() as file:
            return {row["name"]: row["date"] for row in csv.DictReader(file)}

    before = dates()
    kept = run("dates", "--csv", table, "--workspace", space.root)
    assert kept.code == 1 and f"1 drawing with another date, which is kept: {name}" in kept.stdout
    assert "left out: line 2: no drawing is named 'none.png'" in kept.stderr
    shown = run("dates", "--csv", table, "--replace", "--workspace", space.root)
    assert shown.code == 0 and "1 date can be set: repeat the command with --apply" in shown.stdout
    assert "1957-01-17 09:30" in shown.stdout and dates() == before
    done = run("dates", "--csv", table, "--replace", "--apply", "--workspace", space.root)
    assert "1 date set" in done.stdout and "tables rebuilt: uset" in done.stdout
    assert dates() == before | {name: "1957-01-17"}
    assert "1 date restored" in run("dates", "--undo", "--workspace", space.root).stdout
    assert dates() == before and read_corrections(space.corrections_file) == {}


def test_a_pattern_is_remembered_for_uploads_until_it_is_forgotten(results_once, tmp_path):
    space = copy_of(results_once, tmp_path / "data")
    sorted(space.images.iterdir())[0].rename(space.images / "drawing_19570117_0930.png")
    options = ("--pattern", "drawing_%Y%m%d_%H%M", "--apply", "--remember", "--workspace", space.root)
    assert "1 date set" in run("dates", *options).stdout
    assert read_corrections(space.corrections_file)["drawing_19570117_0930.png"].date == "1957-01-17"
    assert stored_pattern(space) == "drawing_%Y%m%d_%H%M"
    run("dates", "--forget", "--workspace", space.root)
    assert stored_pattern(space) == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "use one of --pattern, --csv, --undo and --forget"),
        (("--pattern", "a", "--undo"), "use one of"),
        (("--pattern", "%y"), "pattern '%y': %y is not known"),
        (("--csv", "none.csv"), "none.csv cannot be read"),
        (("--pattern", "%Y%m%d", "--remember"), "--remember needs --pattern and --apply"),
        (("--undo",), "no dates were set"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, options, message):
    done = run("dates", *options, "--workspace", tmp_path)
    assert done.code == 1 and message in done.stderr and done.stderr.count("\n") == 1
