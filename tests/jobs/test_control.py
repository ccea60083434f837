"""Submission by several processes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jobs.recovery import open_ledger

ROOT = Path(__file__).resolve().parents[2]
# Between its check and its record, each process waits long enough for the other to submit.
SUBMIT = """
import sys, time
from pathlib import Path
from jobs import control
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.errors import ParameterError
from sunspot_dash.workspace import Workspace

ledger, live = open_ledger(Workspace(Path(sys.argv[1]))), Ledger.live
def slow(self):
    found = live(self)
    time.sleep(0.7)
    return found
Ledger.live = slow
print("ready", flush=True)
sys.stdin.readline()
try:
    print("accepted", control.submit(ledger, "train", {"model_name": "x"}).number)
except ParameterError as error:
    print("refused", error)
"""


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_one_of_two_trainings_with_the_same_name_submitted_at_once_is_accepted(space, settings):
    space.annotations_file.write_text('{"images": [], "annotations": [], "categories": []}')
    open_ledger(space, settings)
    command = [sys.executable, "-c", SUBMIT, str(space.root)]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = sorted(process.communicate(timeout=60)[0].strip() for process in processes)
    assert answers[0] == "accepted 1" and answers[1].startswith("refused job 1 already trains 'x'")
    assert [job.number for job in open_ledger(space, settings).all()] == [1]
