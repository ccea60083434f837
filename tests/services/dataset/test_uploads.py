"""Uploads: stored once, under safe names, or rejected with the reason."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from sunspot_dash.errors import ParameterError
from sunspot_dash.services.dataset import uploads
from sunspot_dash.services.dataset.inventory import holdings
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.settings import LIMITS
from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def picture(shade: int = 0) -> bytes:
    return cv2.imencode(".png", np.full((20, 30), shade, np.uint8))[1].tobytes()


def take(space, content: bytes, name: str = "usd195601010900.png", role: str = "labelled"):
    return accept_upload(space, role, name, io.BytesIO(content))


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_image_is_stored_once_and_another_with_its_name_is_renamed(space):
    assert take(space, picture(1)).state == "accepted"
    same = take(space, picture(1))
    assert (same.state, same.name) == ("duplicate", "usd195601010900.png")
    other = take(space, picture(2))
    assert (other.state, other.name) == (
        "accepted",
        "usd195601010900-2.png",
    ) and "another file" in other.reason
    assert take(space, picture(2)).state == "duplicate"
    assert names(space.images) == {"usd195601010900.png", "usd195601010900-2.png"}


def test_another_scan_of_the_same_time_asks_which_one_counts(space):
    assert take(space, picture(1)).reason == ""
    jpeg = cv2.imencode(".jpg", np.full((20, 30), 5, np.uint8))[1].tobytes()
    other = take(space, jpeg, "usd195601010900.jpg")
    assert other.state == "accepted"
    pair = "usd195601010900.jpg and usd195601010900.png"
    assert other.reason == f"{pair} have the same time: delete the one that should not count"
    assert take(space, picture(4), "usd195601010901.png").reason == ""


@pytest.mark.parametrize(
    "name", ["../../x.png", "/etc/x.png", "a\\..\\x.png", "x\0.png", "x\u202egnp.png", "‥/x.png", ""]
)
def test_an_unsafe_name_is_replaced_and_nothing_is_written_outside(space, name):
    before = {path for path in space.root.rglob("*") if not path.is_relative_to(space.images)}
    taken = take(space, picture(3), name)
    assert taken.state == "accepted" and taken.name.startswith("upload-")
    assert names(space.images) == {taken.name}
    assert {path for path in space.root.rglob("*") if not path.is_relative_to(space.images)} == before
    assert {path.name for path in space.root.parent.iterdir()} == {"data"}


@pytest.mark.parametrize("content", [b"", b"no image", b"\xff\xd8\xff\xe0 cut short"])
def test_a_file_that_is_not_an_image_is_rejected_and_leaves_nothing(space, content):
    taken = take(space, content)
    assert taken.state == "rejected" and taken.reason and names(space.images) == set()


def test_a_file_that_is_too_large_is_rejected_during_the_upload(space, monkeypatch):
    monkeypatch.setattr(uploads, "LIMITS", LIMITS.model_copy(update={"max_upload_bytes": 100}))
    with pytest.raises(ParameterError, match="the limit"):
        take(space, picture() + b"x" * 200)
    assert names(space.images) == set()


def test_an_unknown_role_is_rejected(space):
    with pytest.raises(ParameterError, match="use one of labelled, run"):
        take(space, picture(), role="elsewhere")


def test_a_name_belongs_to_one_drawing_in_both_folders(space):
    take(space, picture(1), role="run")
    other = take(space, picture(2))
    assert (other.state, other.name) == (
        "accepted",
        "usd195601010900-2.png",
    ) and "another file" in other.reason
    # A drawing to run may be uploaded as labelled under the same name; labelled drawings can already be run.
    assert take(space, picture(1)).state == "accepted"
    assert names(space.images) == {"usd195601010900-2.png", "usd195601010900.png"}
    again = take(space, picture(2), "usd195601010900-2.png", role="run")
    assert again.state == "duplicate" and "among the labelled drawings" in again.reason
    assert names(space.images_to_run) == {"usd195601010900.png"}


@pytest.mark.parametrize("role", ["labelled", "run"])
def test_the_same_image_under_another_name_is_a_duplicate(space, role):
    take(space, picture(1))
    same = take(space, picture(1), "usd195601020900.png", role)
    assert same.state == "duplicate"
    assert same.reason.startswith("same image as usd195601010900.png") and "; skipped" in same.reason
    assert names(space.images) | names(space.images_to_run) == {"usd195601010900.png"}


def test_a_drawing_to_run_on_is_not_added_to_the_dataset_under_another_name_without_advice(space):
    take(space, picture(1), "scan.png", "run")
    same = take(space, picture(1), "usd195601010900.png", "labelled")
    assert same.state == "duplicate" and list(space.images.iterdir()) == []
    assert same.reason.endswith("delete that one first to add it to the dataset as usd195601010900.png")


@pytest.mark.parametrize("name", ["usd194113450725.png", "my drawing.png"])
def test_a_name_without_a_date_is_reported(space, name):
    assert take(space, picture(), name).reason == "no date in the name: set it on the drawing"


@pytest.mark.parametrize("ending", [".jpg", ".png"])
def test_a_truncated_image_is_rejected(space, ending):
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), np.uint8)
    whole = cv2.imencode(ending, noise)[1].tobytes()
    cut = take(space, whole[: len(whole) // 2], f"usd195601010900{ending}")
    assert cut.state == "rejected" and "damaged or truncated" in cut.reason and names(space.images) == set()
    assert take(space, whole, f"usd195601010900{ending}").state == "accepted"


def test_all_simultaneous_uploads_with_one_name_are_kept(space):
    command = [sys.executable, "-m", "tests.services.racing", str(space.root)]
    racers = [
        subprocess.Popen(
            [*command, str(racer)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for racer in range(3)
    ]
    try:
        for racer in racers:
            racer.stdout.readline()
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        kept = [one for racer in racers for one in json.loads(racer.communicate()[0])]
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    there = [*space.images.iterdir(), *space.images_to_run.iterdir()]
    assert [state for state, _ in kept] == ["accepted"] * 48
    assert {name for _, name in kept} == {path.name for path in there} and len(there) == 48
    assert len({path.read_bytes() for path in there}) == 48


def test_images_with_other_extensions_are_stored_and_listed(space):
    image = np.full((200, 300, 3), 9, np.uint8)
    for name in ("usd195601010900.jp2", "usd195601020900.ppm", "usd195601030900.tiff"):
        content = cv2.imencode(Path(name).suffix, image)[1].tobytes()
        assert take(space, content, name).state == "accepted"
    assert take(space, picture(7), "usd195601040900").state == "accepted"
    listed = {held.path.name for held in holdings(space)}
    assert listed == names(space.images) and len(listed) == 4


HIDDEN = (".0123456789abcdef.tmp", ".usd195601010900.png", ".DS_Store")
ODD = (
    *(
        "caf\ufffd.png",
        "a" * 300 + ".png",
        "é" * 128 + ".png",
        "tab\t.png",
        "scan.",
        "scan.png ",
        " scan.png",
    ),
    *("CON.png", "nul", "com1.tif", "lpt9.png"),
)


@pytest.mark.parametrize("name", [*HIDDEN, *ODD])
def test_a_name_that_cannot_be_listed_everywhere_is_replaced_and_reported(space, name):
    taken = take(space, picture(1), name, "run")
    assert taken.state == "accepted" and taken.name.startswith("upload-")
    assert "its name cannot be used (it " in taken.reason and f"stored as {taken.name}" in taken.reason
    other = take(space, picture(2), name, "run")
    assert other.state == "accepted" and other.name != taken.name
    assert take(space, picture(1), name, "run").state == "duplicate"
    assert {held.path.name for held in holdings(space)} == {taken.name, other.name}


def test_the_longest_name_is_kept_and_its_twin_gets_a_number(space):
    name = "é" * 125 + "x.png"
    assert len(name.encode()) == 255
    assert take(space, picture(1), name).name == name
    other = take(space, picture(2), name)
    assert other.state == "accepted" and other.name.endswith("-2.png") and len(other.name.encode()) <= 255
    assert {held.path.name for held in holdings(space)} == {name, other.name}


@pytest.mark.parametrize(
    ("first", "second", "stored"),
    [
        ("A.png", "a.png", "a-2.png"),
        ("a.png", "a.PNG", "a-2.PNG"),
        ("caf\u00e9.png", "cafe\u0301.png", "cafe\u0301-2.png"),
        ("CAFE\u0301.png", "caf\u00e9.png", "caf\u00e9-2.png"),
    ],
)
@pytest.mark.parametrize("role", ["labelled", "run"])
def test_names_that_are_easily_confused_are_kept_apart_and_reported(space, first, second, stored, role):
    assert take(space, picture(1), first).name == first
    same = take(space, picture(1), second, role)
    assert (same.state, same.name) == ("duplicate", first) and first in same.reason
    other = take(space, picture(2), second, role)
    assert (other.state, other.name) == ("accepted", stored)
    assert f"its name is easily confused with {first}: stored as {stored}" in other.reason
    assert {held.path.name for held in holdings(space)} == {first, stored}


@pytest.mark.parametrize("ending", [".png", ".jpg", ".tiff", ".ppm", ".jp2", ".webp", ".bmp"])
@pytest.mark.parametrize("name", ["scan", "scan.txt", "scan.json", "scan.png"])
def test_an_image_without_its_suffix_is_listed(space, ending, name):
    content = cv2.imencode(ending, np.full((200, 300, 3), 9, np.uint8))[1].tobytes()
    taken = take(space, content, name, "run")
    assert (taken.state, taken.name) == ("accepted", name)
    assert [held.path.name for held in holdings(space)] == [name]


def test_unusable_files_in_the_folder_do_not_stop_an_upload(space):
    (space.images / "loop.png").symlink_to("loop.png")
    os.mkfifo(space.images / "pipe.png")
    (space.images / "folder.png").mkdir()
    (space.images / os.fsdecode(b"bad\xff.png")).write_bytes(picture(1))
    for shade, name in enumerate(("loop.png", "pipe.png", "folder.png", "new.png"), start=1):
        taken = take(space, picture(shade), name)
        assert taken.state == "accepted"
        assert taken.name == (name if name == "new.png" else name.replace(".png", "-2.png"))
    refused: list[tuple[str, str]] = []
    assert len(list(holdings(space, refused))) == 4
    assert [name for name, _ in refused] == [r"bad\xff.png", "loop.png", "pipe.png"]


def test_the_number_of_pages_is_reported(space):
    pages = [Image.new("L", (30, 20), shade) for shade in range(3)]
    content = io.BytesIO()
    pages[0].save(content, "TIFF", save_all=True, append_images=pages[1:])
    taken = take(space, content.getvalue(), "usd195601010900.tif")
    assert taken.reason == "3 pages, the first is used: upload the others as files of their own"
