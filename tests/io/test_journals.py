"""Journals on disk: written at once, read whatever happened to them, killed and full disks included."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from sunspot_dash.domain.review.gestures import Act, Gesture, Reference
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.io.journals import append_gesture, journal_path, journals_state, read_journals
from tests.disks import fill, read_only, small_disk

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 26, 12, 0, 0, 123000, tzinfo=UTC)
SQUARE = np.array([[10.0, 10], [20.25, 10], [20, 20]])
DRAWING = "usd195604170830.jpg"
# Appends gestures until it is killed, and prints the id of each that is on the disk.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import numpy as np
from sunspot_dash.domain.review.gestures import Act, Gesture
from sunspot_dash.io.journals import append_gesture
outline = np.random.default_rng(0).uniform(0, 100, (200, 2))
print("ready", flush=True)
for number in range(10**6):
    gesture = Gesture(f"{sys.argv[2]}x{number}", "Ada", datetime.now(UTC), Act.ADD, "m", "i", (), (outline,))
    append_gesture(Path(sys.argv[1]), "a.png", gesture)
    print(gesture.id, flush=True)
"""


def gesture(number: int = 1, by: str = "Ada", **more) -> Gesture:
    return Gesture(f"g{number}", by, NOON, more.pop("act", Act.REOPEN), "m", "i", **more)


def test_a_gesture_is_read_back(tmp_path):
    written = gesture(
        act=Act.ACCEPT, spots=(Reference("17", 15.25, 15),), outlines=(SQUARE,), text="", blind=True
    )
    append_gesture(tmp_path, DRAWING, written)
    append_gesture(tmp_path, DRAWING, gesture(2, "Bea"))
    (first, second), problems = read_journals(tmp_path, DRAWING)
    assert not problems and second.by == "Bea" and first.outlines[0].tolist() == SQUARE.tolist()
    for name in ("id", "by", "at", "act", "model_hash", "image_hash", "spots", "text", "blind"):
        assert getattr(first, name) == getattr(written, name)
    assert read_journals(tmp_path, "other.jpg") == ([], [])


@pytest.mark.parametrize("person", ["Ada", "../Ada", "É. Méchain", "a/b\\c", ".", "x" * 300, "CON"])
def test_a_person_of_any_name_has_a_journal_of_their_own_inside_the_folder(tmp_path, person):
    append_gesture(tmp_path / "reviews", DRAWING, gesture(by=person))
    path = journal_path(tmp_path / "reviews", DRAWING, person)
    assert path.is_relative_to(tmp_path / "reviews") and path.is_file()
    assert [found.by for found in read_journals(tmp_path / "reviews", DRAWING)[0]] == [person]


def test_the_state_changes_with_every_gesture(tmp_path):
    states = [journals_state(tmp_path, DRAWING)]
    for number in range(3):
        append_gesture(tmp_path, DRAWING, gesture(number, f"P{number % 2}"))
        states.append(journals_state(tmp_path, DRAWING))
    assert len(set(states)) == 4


def test_a_gesture_that_was_sent_twice_is_read_once(tmp_path):
    append_gesture(tmp_path, DRAWING, gesture())
    append_gesture(tmp_path, DRAWING, gesture())
    assert len(read_journals(tmp_path, DRAWING)[0]) == 1


@pytest.mark.parametrize(
    "damage",
    [
        b'{"id": "g9", "by": "Ada"',
        b"\xff\xfe\n",
        b"[]\n",
        b"null\n",
        b"[" * 100_000,
        b'{"id":"g9","by":"Ada","at":"2026-11-26T12:00:00+00:00","do":"fly","model":"m","image":"i"}\n',
        b'{"id":"g9","by":"Ada","at":"2026-11-26T12:00:00","do":"reopen","model":"m","image":"i"}\n',
        b'{"id":9,"by":"Ada","at":"2026-11-26T12:00:00+00:00","do":"reopen","model":"m","image":"i"}\n',
        b'{"id":"g9","by":"Ada","at":"2026-11-26T12:00:00+00:00","do":"add","model":"m","image":"i",'
        b'"outlines":[[[NaN,1],[2,3],[4,5]]]}\n',
    ],
)
def test_a_damaged_line_is_reported_and_the_others_count(tmp_path, damage):
    append_gesture(tmp_path, DRAWING, gesture(1))
    path = journal_path(tmp_path, DRAWING, "Ada")
    with path.open("ab") as file:
        file.write(damage)
    append_gesture(tmp_path, DRAWING, gesture(2))
    found, problems = read_journals(tmp_path, DRAWING)
    assert [one.id for one in found] == ["g1", "g2"]
    assert len(problems) == 1 and "line 2: " in problems[0]


def test_a_journal_that_is_too_large_is_reported_and_the_others_count(tmp_path):
    append_gesture(tmp_path, DRAWING, gesture(1))
    path = journal_path(tmp_path, DRAWING, "Bea")
    path.touch()
    os.truncate(path, 65 * 2**20)
    found, problems = read_journals(tmp_path, DRAWING)
    assert [one.id for one in found] == ["g1"] and len(problems) == 1
    assert "Bea.jsonl cannot be read (it has more than 64 MB)" in problems[0]


def test_a_kill_loses_at_most_the_gesture_in_hand(tmp_path):
    reported: set[str] = set()
    for run in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), "abcde"[run]],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert writer.stdout.readline() == "ready\n"
        time.sleep(random.Random(run).uniform(0.05, 0.4))
        os.kill(writer.pid, signal.SIGKILL)
        reported |= set(writer.stdout.read().split())
        writer.wait()
        # A page that waits for the answer to one gesture at a time has sent one more at most.
        found = {one.id for one in read_journals(tmp_path, "a.png")[0]}
        assert reported <= found and len(found - reported) <= run + 1
    assert len(reported) > 20


def test_two_pages_of_a_person_lose_nothing(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append_gesture(tmp_path, DRAWING, gesture(number)), range(200)))
    found, problems = read_journals(tmp_path, DRAWING)
    assert {one.id for one in found} == {f"g{number}" for number in range(200)} and not problems


def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path):
    for disk in small_disk(tmp_path / "small", "256k"):
        append_gesture(disk, DRAWING, gesture(1))
        path = journal_path(disk, DRAWING, "Ada")
        before = path.read_bytes()
        fill(disk / "filler", leave=4096)
        large = gesture(2, act=Act.ADD, outlines=(np.random.default_rng(0).uniform(0, 99, (4000, 2)),))
        with pytest.raises(WorkspaceError, match="the disk is full"):
            append_gesture(disk, DRAWING, large)
        assert path.read_bytes() == before
        (disk / "filler").unlink()
        append_gesture(disk, DRAWING, large)
        assert len(read_journals(disk, DRAWING)[0]) == 2


def test_a_read_only_disk_is_one_sentence(tmp_path):
    for disk in small_disk(tmp_path / "small", "256k"):
        append_gesture(disk, DRAWING, gesture(1))
        with read_only(disk), pytest.raises(WorkspaceError, match="read-only"):
            append_gesture(disk, DRAWING, gesture(2))
