"""Folders of drawings: usable images, files that cannot be used, and the rest."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from sunspot_dash.errors import ImageError
from sunspot_dash.io import folders
from sunspot_dash.io.folders import FolderContent, list_folder
from sunspot_dash.io.images import LINK_REASON, NOT_A_FILE

LOOP = "it is a link to itself or to a missing file: copy the file itself there"


def save(path, form: str = "PNG") -> None:
    Image.fromarray(np.full((5, 4), 90, np.uint8)).save(path, form)


def names(content: FolderContent) -> list[str]:
    return [path.name for path in content.images]


def test_each_entry_is_in_one_list(tmp_path):
    for name in ("b.JPG", "a.png", "scan", ".hidden.png", ".other"):
        save(tmp_path / name)
    save(tmp_path / "z.dat", "BMP")
    (tmp_path / "empty.tif").touch()
    for name in ("notes.txt", "labels.json", "zero", ".DS_Store", ".0123456789abcdef.tmp"):
        (tmp_path / name).write_bytes(b"BM what?" * (name != "zero"))
    (tmp_path / "scan.PDF").write_bytes(b"%PDF-1.4")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / ".cache").mkdir()
    (tmp_path / "broken.png").symlink_to("nowhere.png")
    (tmp_path / "loop.png").symlink_to("loop2.png")
    (tmp_path / "loop2.png").symlink_to("loop.png")
    os.mkfifo(tmp_path / "pipe.png")
    content = list_folder(tmp_path)
    assert names(content) == ["a.png", "b.JPG", "empty.tif", "scan", "z.dat"]
    assert content.refused == [
        ("broken.png", LOOP),
        ("loop.png", LOOP),
        ("loop2.png", LOOP),
        ("pipe.png", NOT_A_FILE),
    ]
    assert (content.folders, content.pdfs, content.hidden) == (["folder.png"], ["scan.PDF"], [".hidden.png"])
    assert content.others == ["labels.json", "notes.txt", "zero"]
    assert content.left_out() == (
        "1 PDF (scan.PDF), 1 folder (folder.png) - run it by itself, 1 hidden file (.hidden.png), "
        "3 other files (labels.json, notes.txt and zero)"
    )
    assert len(content.unused()) == 4 + 1 + 1 + 1 + 3


def test_a_name_that_is_not_utf8_is_refused_in_readable_form(tmp_path):
    save(tmp_path / "a.png")
    shutil.copy(tmp_path / "a.png", os.fsencode(tmp_path) + b"/bad\xff.png")
    (tmp_path / os.fsdecode(b"note\xe9.txt")).write_text("no image")
    content = list_folder(tmp_path)
    assert names(content) == ["a.png"]
    assert content.refused == [(r"bad\xff.png", "its name is not UTF-8: rename it")]
    assert content.others == [r"note\xe9.txt"]
    (tmp_path / os.fsdecode(b"d\xff")).mkdir()
    with pytest.raises(ImageError, match=r"d\\xff is not UTF-8"):
        list_folder(tmp_path / os.fsdecode(b"d\xff"))


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    save(tmp_path / "outside.png")
    save(folder / "a.png")
    (folder / "out.png").symlink_to(tmp_path / "outside.png")
    (folder / "up.png").symlink_to("../outside.png")
    (folder / "same.png").symlink_to("a.png")
    content = list_folder(folder)
    assert names(content) == ["a.png", "same.png"]
    assert content.refused == [("out.png", LINK_REASON), ("up.png", LINK_REASON)]
    # The folder itself may be a link, since the user chose it.
    (tmp_path / "link").symlink_to(folder)
    assert names(list_folder(tmp_path / "link")) == ["a.png", "same.png"]


def test_a_file_that_cannot_be_examined_is_refused_and_the_rest_is_listed(tmp_path, monkeypatch):
    save(tmp_path / "a.png")
    (tmp_path / "secret").write_bytes(b"x")

    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(folders, "starts_as_image", denied)
    content = list_folder(tmp_path)
    assert names(content) == ["a.png"]
    assert content.refused == [("secret", "it cannot be read (Permission denied)")]


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(ImageError, match="cannot be read"):
        list_folder(tmp_path / "none")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP", "JPEG2000", "PPM"])
def test_every_format_is_recognized_without_a_suffix(tmp_path, form):
    save(tmp_path / "scan", form)
    (tmp_path / "raw.j2k.txt").write_bytes(b"\xff\x4f\xff\x51" + bytes(20))
    (tmp_path / "big.tiff.txt").write_bytes(b"II+\0" + bytes(20))
    assert names(list_folder(tmp_path)) == ["big.tiff.txt", "raw.j2k.txt", "scan"]
