"""Tables and progress on a terminal and in a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sunspot_dash.cli import output
from sunspot_dash.cli.output import Column, print_table, progress, share_done
from sunspot_dash.cli.series import observer_row, silso_rows

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = (Column("job", 6, right=True, gap=2), Column("kind", 9), Column("details"))
ROWS = [("1", "train", "[mine]"), ("12", "infer", "")]


@pytest.fixture
def terminal(monkeypatch):
    """Standard output as a terminal."""
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # for rich, too


def test_a_table_in_a_pipe_is_plain_text(capsys):
    print_table(COLUMNS, ROWS, title="all of them")
    assert capsys.readouterr().out == (
        "all of them\n   job  kind     details\n     1  train    [mine]\n    12  infer\n"
    )
    print_table(COLUMNS, ROWS[1:], plain_heading=False)
    assert capsys.readouterr().out == "    12  infer\n"


def test_a_table_on_a_terminal_has_a_heading_and_keeps_brackets(capsys, terminal):
    print_table(COLUMNS, ROWS, plain_heading=False)
    text = capsys.readouterr().out
    assert "details" in text and "─" in text and "[mine]" in text


def test_a_command_formats_its_table_on_a_real_terminal():
    ours, theirs = pty.openpty()
    command = [sys.executable, "app.py", "ephemeris", "1956-04-17"]
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, env=os.environ | {"TERM": "xterm"}) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # the other end was closed
            pass
    os.close(ours)
    assert process.returncode == 0 and "─" in shown.decode() and "-25.976" in shown.decode()


def test_progress_in_a_pipe_is_lines(capsys):
    with progress() as report:
        report({"kind": "drawing", "done": 3, "of": 3, "seconds_left": None})
    assert capsys.readouterr().out == "drawing 3/3\n"


def test_progress_on_a_terminal_keeps_the_lines_of_epochs(capsys, terminal):
    step = {"kind": "step", "epoch": 2, "epochs": 4, "step": 5, "of": 10, "loss": 0.1, "seconds_left": 90.0}
    epoch = {"kind": "epoch", "epoch": 1, "epochs": 4, "seconds": 3, "train_loss": 0.5, "f1": 0.8, "iou": 0.7}
    with progress() as report:
        for event in (epoch, step, {"kind": "publish"}):
            report(event)
    text = capsys.readouterr().out
    assert "epoch 1/4  loss 0.5000  F1 0.800" in text and "step 5/10" in text and "2 min left" in text


def test_the_bar_of_a_training_covers_all_its_epochs():
    step = {"kind": "step", "epoch": 2, "epochs": 4, "step": 5, "of": 10}
    assert share_done(step) == ("epoch 2/4, step 5/10", 15, 40)
    assert share_done({"kind": "prepare", "done": 1, "of": 2}) == ("preparing 1/2", 1, 2)


def test_a_comparison_as_rows_of_a_table():
    k, drift = SimpleNamespace(value=0.71234, sigma=0.02), SimpleNamespace(value=-0.5, sigma=None)
    disk = SimpleNamespace(dates=[1, 2], k=k, r=0.9, mae=0.125, drift_per_year=drift)
    north = SimpleNamespace(dates=[], k=None, r=None, mae=None, drift_per_year=None)
    found = SimpleNamespace(unit="day", disk=disk, north=north, south=None)
    assert silso_rows(found) == [
        ["disk", "2 days", "0.712 ± 0.020", "0.900", "12.5%", "-0.50"],
        ["north", "0 days", "–", "–", "–", "–"],
    ]
    agreement = SimpleNamespace(dates=[1] * 1200, r=None, mae=0.1, bias=-0.05)
    assert observer_row("number", agreement) == ["R", "1,200", "–", "10.0%", "-5.0%"]
