"""The labels of a workspace: upload, check, restore."""

from __future__ import annotations

import io
import json

import pytest

from sunspot_dash.services.dataset.labels import label_report, restore_labels
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.workspace import Workspace


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def upload(space, content: bytes, name: str):
    return accept_upload(space, "labelled", name, io.BytesIO(content))


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


def test_labels_are_checked_and_the_previous_ones_are_kept(space):
    assert "1 image with 1 label" in upload(space, coco(9), "instances_default.json").reason
    assert upload(space, coco(9), "instances_default.json").state == "duplicate"
    broken = upload(space, b"{", "mine.json")
    assert broken.state == "rejected" and broken.reason.startswith("mine.json is not valid JSON")
    replaced = upload(space, coco(8), "instances_default.json")
    assert replaced.state == "accepted"
    assert "replaces the labels of 1 drawing; 'Restore previous labels' undoes this" in replaced.reason
    assert space.annotations_file.read_bytes() == coco(8) and label_report(space).problems == []
    assert restore_labels(space) and space.annotations_file.read_bytes() == coco(9)
    assert restore_labels(space) and space.annotations_file.read_bytes() == coco(8)
    assert list(space.images.iterdir()) == []


def test_listed_drawings_without_an_image_are_reported(space):
    upload(space, coco(9), "instances_default.json")
    assert (label_report(space).listed, label_report(space).missing) == (1, ["a.png"])
    (space.images / "a.png").touch()
    assert label_report(space).missing == []
