"""`ephemeris`, `series`, `compare-silso`, `compare-observers`, `export` and `check-orientation`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sunspot_dash.cli import app
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.errors import SunspotError
from sunspot_dash.io.results import read_result
from sunspot_dash.services.export.formats import FORMATS
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace
from tests.services.known import catalogue_with, drawing

SILSO = "2001;01;01;2001.001;  46;  5.0;  12;1\n2001;01;02;2001.004;  24; 1.0;   9;1\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    space = Workspace(folder / "data").create()
    catalogue_with(
        space,
        drawing("2001-01-01T09:00", [(20, 10), (21, 14), (-15, -30)]),
        drawing("2001-01-02T09:00", [(20, 23), (21, 27)]),
        drawing("2001-02-01T09:00", [], name="sun.png"),
    )
    (name, *_) = sorted(read_result(path).name for path in space.results_of("m").iterdir())
    record(space, "m", name, Intent("Ada", Act.FINISH))
    (folder / "SN_d_tot.csv").write_text(SILSO)
    return folder


def run(folder: Path | None, *arguments: object) -> str:
    """Return the output of a command; raise the error that `main` would print."""
    place = ["--workspace", folder / "data"] if folder else []
    done = CliRunner().invoke(app, [str(argument) for argument in (*arguments, *place)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


def test_the_ephemeris_of_the_example_by_meeus():
    (found,) = json.loads(run(None, "ephemeris", "1992-10-13", "--json"))
    assert (found["p_deg"], found["b0_deg"], found["l0_deg"]) == (
        pytest.approx(26.27, abs=0.02), pytest.approx(5.99, abs=0.02), pytest.approx(238.63, abs=0.06),
    )  # fmt: skip
    answer = run(None, "ephemeris", "1956-04-17T08:30", "1956-04-17T10:30+02:00").splitlines()
    assert len(answer) == 3 and answer[1] == answer[2] and "-25.9" in answer[1] and "1372.691" in answer[1]


@pytest.mark.parametrize("date", ["yesterday", "1956-13-01", "0001-01-01", "1200-01-01"])
def test_an_invalid_date_is_an_error(date):
    with pytest.raises(SunspotError, match=date):
        run(None, "ephemeris", date)


def test_series_as_text_table_and_json(folder, tmp_path):
    assert run(folder, "series", "--model", "m").splitlines()[1].split() == ["2001-01-01", "23.0", "1"]
    answer = json.loads(run(folder, "series", "--model", "m", "--by", "month", "--hemispheres", "--json"))
    assert answer["undated"] == 1
    assert answer["series"] == [{"month": "2001-01", "number": 17.5, "north": 12.0, "south": 5.5, "n": 2}]
    run(
        folder,
        "series",
        "--model",
        "m",
        "--by",
        "drawing",
        "--from",
        "2001-01-02",
        "--csv",
        tmp_path / "R.csv",
    )
    assert (tmp_path / "R.csv").read_text() == "date,number,n\n2001-01-02 09:00,12.0,1\n"


def test_the_comparison_with_silso_as_text_and_json(folder):
    answer = run(folder, "compare-silso", "--model", "m", folder / "SN_d_tot.csv")
    assert "2 days in common" in answer and "k = 2.000" in answer
    record = json.loads(run(folder, "compare-silso", "--model", "m", folder / "SN_d_tot.csv", "--json"))
    assert (
        record["disk"]["k"]["value"] == 2 and record["disk"]["residual"] == [0, 0] and record["north"] is None
    )


def test_the_comparison_with_observers_totals_as_text_and_json(folder):
    table = folder / "totals.csv"
    table.write_text("date,groups,spots\n2001-01-01,2,4\n2001-01-02,1,2\n2001-03-01,1,1\n2001-13-01,1,1\n")
    answer = run(folder, "compare-observers", "--model", "m", table).splitlines()
    assert "groups: 2 drawings, mean error 0.0, 0.0% of the sum, bias +0.0%" in answer
    assert "spots: 2 drawings, mean error 0.5, 16.7% of the sum, bias -16.7%" in answer
    assert answer[0] == "totals.csv was recognised as observers' totals: 3 values, 2001-01-01 to 2001-03-01"
    assert answer[-1] == "without a drawing: 1 row" and answer[1].startswith("row 5: ")
    record = json.loads(run(folder, "compare-observers", "--model", "m", table, "--json"))
    assert record["number"]["model"] == [23, 12] and record["number"]["observer"] == [24, 12]
    assert len(record["unmatched"]) == len(record["left_out"]) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written(folder, tmp_path, form):
    run(folder, "export", "--model", "m", "--format", form, "--output", tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("m") and path.stat().st_size > 0


def test_the_orientation_is_checked(folder):
    assert "too few drawings" in run(folder, "check-orientation", "--model", "m")
    assert json.loads(run(folder, "check-orientation", "--model", "m", "--json"))["verdict"] == "unsure"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["series", "--model", "n"], "'n' has no results .* models with results: m"),
        (["series", "--model", "m", "--by", "week"], "by 'week'"),
        (["series", "--model", "m", "--from", "2001"], "--from was '2001'"),
        (["series", "--model", "m", "--from", "2001-02-01", "--to", "2001-01-01"], "is after --to"),
        (["series", "--model", "m", "--json", "--csv", "a.csv"], "use only one of them"),
        (["compare-silso", "none.csv", "--model", "m"], "none.csv: it cannot be read"),
        (["compare-observers", "none.csv", "--model", "m"], "none.csv: it cannot be read"),
        (["export", "--format", "xls", "--model", "m"], "no export format 'xls'"),
        (
            ["export", "--format", "csv", "--model", "m", "--output", "/nowhere/at/all.csv"],
            "cannot be written",
        ),
    ],
)
def test_an_invalid_argument_is_an_error_in_one_sentence(folder, arguments, words):
    with pytest.raises(SunspotError, match=words):
        run(folder, *arguments)


def test_a_folder_that_is_not_a_workspace_is_an_error(tmp_path):
    with pytest.raises(SunspotError, match="there is no workspace at"):
        run(tmp_path, "series")
    assert not list(tmp_path.iterdir())
