"""Files from a browser: kept once, under safe names, or refused with the reason."""

from __future__ import annotations

import io
import json

import cv2
import numpy as np
import pytest

from sunspot_dash.errors import ParameterError
from sunspot_dash.services import uploads
from sunspot_dash.services.uploads import label_problems, restore_labels, take_upload
from sunspot_dash.settings import LIMITS
from sunspot_dash.workspace import Workspace


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def picture(shade: int = 0) -> bytes:
    return cv2.imencode(".png", np.full((20, 30), shade, np.uint8))[1].tobytes()


def take(space, content: bytes, name: str = "usd195601010900.png", role: str = "labelled"):
    return take_upload(space, role, name, io.BytesIO(content))


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_image_is_kept_once_and_another_of_its_name_beside_it(space):
    assert take(space, picture(1)).state == "kept"
    same = take(space, picture(1))
    assert (same.state, same.name) == ("same", "usd195601010900.png")
    other = take(space, picture(2))
    assert (other.state, other.name) == ("kept", "usd195601010900-2.png") and "another file" in other.reason
    assert take(space, picture(2)).state == "same"
    assert names(space.images) == {"usd195601010900.png", "usd195601010900-2.png"}
    assert take(space, picture(1), role="run").state == "kept" and len(names(space.images_to_run)) == 1


def test_another_scan_of_the_same_time_asks_which_one_counts(space):
    assert take(space, picture(1)).reason == ""
    jpeg = cv2.imencode(".jpg", np.full((20, 30), 5, np.uint8))[1].tobytes()
    other = take(space, jpeg, "usd195601010900.jpg")
    assert other.state == "kept"
    assert other.reason == "usd195601010900.png is of the same time: delete the one that should not count"
    assert take(space, picture(4), "usd195601010901.png").reason == ""


@pytest.mark.parametrize(
    "name", ["../../x.png", "/etc/x.png", "a\\..\\x.png", "x\0.png", "x\u202egnp.png", "‥/x.png", ""]
)
def test_a_name_that_leads_elsewhere_is_replaced_and_nothing_is_written_outside(space, name):
    before = {path for path in space.root.rglob("*") if not path.is_relative_to(space.images)}
    taken = take(space, picture(3), name)
    assert taken.state == "kept" and taken.name.startswith("upload-")
    assert names(space.images) == {taken.name}
    assert {path for path in space.root.rglob("*") if not path.is_relative_to(space.images)} == before
    assert {path.name for path in space.root.parent.iterdir()} == {"data"}


@pytest.mark.parametrize("content", [b"", b"no image", b"\xff\xd8\xff\xe0 cut short"])
def test_what_is_no_image_is_refused_and_leaves_nothing(space, content):
    taken = take(space, content)
    assert taken.state == "refused" and taken.reason and names(space.images) == set()


def test_a_file_that_is_too_large_is_refused_while_it_comes(space, monkeypatch):
    monkeypatch.setattr(uploads, "LIMITS", LIMITS.model_copy(update={"max_upload_bytes": 100}))
    with pytest.raises(ParameterError, match="the limit"):
        take(space, picture() + b"x" * 200)
    assert names(space.images) == set()


def test_an_unknown_role_is_refused(space):
    with pytest.raises(ParameterError, match="use one of labelled, run"):
        take(space, picture(), role="elsewhere")


def coco(label: int) -> bytes:
    image = {"id": 1, "file_name": "a.png", "width": 30, "height": 20}
    polygon = {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "segmentation": [[1, 1, 9, 1, 9, label]],
        "iscrowd": 0,
    }
    category = {"id": 1, "name": "sunspot"}
    return json.dumps({"images": [image], "annotations": [polygon], "categories": [category]}).encode()


def test_labels_are_checked_and_those_before_are_kept(space):
    assert "1 images with 1 labels" in take(space, coco(9), "instances_default.json").reason
    assert take(space, coco(9), "instances_default.json").state == "same"
    assert take(space, b"{", "instances_default.json").state == "refused"
    assert take(space, coco(8), "instances_default.json").state == "kept"
    assert space.annotations_file.read_bytes() == coco(8) and label_problems(space) == []
    assert restore_labels(space) and space.annotations_file.read_bytes() == coco(9)
    assert restore_labels(space) and space.annotations_file.read_bytes() == coco(8)
    assert names(space.images) == set()
