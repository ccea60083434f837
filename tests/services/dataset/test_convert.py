"""Convert labels to masks, and export labelled drawings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.labels.masks import page_mask
from sunspot_dash.errors import CocoError, ImageError, ParameterError, WorkspaceError
from sunspot_dash.io.images import read_rgb
from sunspot_dash.services.dataset import convert
from sunspot_dash.services.dataset.convert import convert_annotations, filter_labelled
from sunspot_dash.workspace import Workspace

SQUARE = [2.0, 2, 6, 2, 6, 6, 2, 6]


class Archive:
    """A folder of small images, and labels that tests change before use."""

    def __init__(self, folder: Path) -> None:
        self.images = folder / "images"
        self.images.mkdir()
        self.labels = folder / "labels.json"
        self.content: dict[str, Any] = {
            "images": [],
            "annotations": [],
            "categories": [{"id": 1, "name": "spot"}],
        }

    def add(self, name: str, segmentation: Any = "square", size: tuple[int, int] = (20, 10)) -> None:
        number = len(self.content["images"]) + 1
        suffix = Path(name).suffix
        if not (self.images / Path(name).name).exists():
            Image.new("L", (20, 10), 255).save(
                self.images / Path(name).name, "BMP" if suffix == ".jpg" else "PNG"
            )
        record = {"id": number, "file_name": name, "width": size[0], "height": size[1], "license": 0}
        self.content["images"].append(record)
        if segmentation:
            segmentation = [SQUARE] if segmentation == "square" else segmentation
            label = {"id": 100 + number, "image_id": number, "category_id": 1, "segmentation": segmentation}
            self.content["annotations"].append({**label, "attributes": {"occluded": False}})

    def write(self) -> tuple[Path, Path]:
        self.labels.write_text(json.dumps(self.content))
        return self.images, self.labels


@pytest.fixture
def files(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_mask_for_every_listed_image(files, tmp_path):
    files.add("usd202409181115.jpg")
    files.add("default/b.png", {"size": [10, 20], "counts": [35, 2, 163]})
    files.add("blank.png", None)
    Image.new("L", (3, 3)).save(files.images / "not_listed.png")
    events: list[dict[str, Any]] = []
    outcome = convert_annotations(*files.write(), tmp_path / "new" / "masks", events.append)
    masks = tmp_path / "new" / "masks"
    assert names(masks) == ["b.png", "blank.png", "usd202409181115.png"]
    pixels = {path.stem: np.asarray(Image.open(path)) for path in masks.iterdir()}
    assert all(mask.shape == (10, 20) and mask.dtype == np.uint8 for mask in pixels.values())
    assert np.array_equal(np.argwhere(pixels["b"]), [[5, 3], [6, 3]])
    assert np.argwhere(pixels["usd202409181115"] == 255).min(axis=0).tolist() == [2, 2]
    assert (pixels["usd202409181115"] == 255).sum() == 16 and not pixels["blank"].any()
    assert (outcome.images, outcome.annotations, outcome.blank, outcome.unlabelled) == (2, 2, 1, 1)
    assert outcome.problems == []
    assert str(outcome) == (
        "2 labelled images with 2 annotations, 1 listed without annotation, 1 not listed, 0 problems: "
        f"{tmp_path / 'new' / 'masks'}"
    )
    assert [(event["done"], event["of"]) for event in events] == [(1, 3), (2, 3), (3, 3)]


def test_two_images_with_the_same_stem_have_separate_masks(files, tmp_path):
    for name in ("a.jpg", "a.png", "B.png", "b.jpg", "c.png"):
        files.add(name)
    convert_annotations(*files.write(), tmp_path / "masks")
    assert names(tmp_path / "masks") == sorted(["a.jpg.png", "a.png.png", "B.png.png", "b.jpg.png", "c.png"])


def test_masks_are_never_written_among_the_images(files):
    files.add("a.png")
    images, labels = files.write()
    before = (images / "a.png").read_bytes()
    with pytest.raises(ParameterError, match="could overwrite images"):
        convert_annotations(images, labels, images / ".." / "images")
    assert (images / "a.png").read_bytes() == before


def test_faults_are_reported_and_the_rest_continues(files, tmp_path):
    files.add("good.png")
    for name in ("cut.png", "text.png", "empty.png", "gone.png", "link.png"):
        files.add(name)
    files.add("size.png", size=(21, 10))
    files.add("turned.png", segmentation=[[1, 1, 4, 1, 4, 4]], size=(10, 20))
    files.add("../above.png")
    files.add("fault.png", [[1, 1, 4, 4]])
    (files.images / "cut.png").write_bytes((files.images / "cut.png").read_bytes()[:20])
    (files.images / "text.png").write_text("no image")
    (files.images / "empty.png").write_bytes(b"")
    (files.images / "gone.png").unlink()
    (files.images / "link.png").replace(tmp_path / "outside.png")
    (files.images / "link.png").symlink_to(tmp_path / "outside.png")
    outcome = convert_annotations(*files.write(), tmp_path / "masks")
    assert names(tmp_path / "masks") == ["above.png", "good.png"]
    problems = "\n".join(outcome.problems)
    for words in (
        "cut.png: it is",
        "text.png: it is not an image",
        "empty.png: it is empty",
        "gone.png: it is not in",
        "link.png: it is a link to a file outside",
        "size.png: it has 20 x 10 px, but its labels are for 21 x 10",
        "turned.png: it has 20 x 10 px, but its labels are for 10 x 20",
        "annotation 110: a polygon has 4 numbers",
        "fault.png: none of its labels is usable",
    ):
        assert words in problems
    assert not (tmp_path / "above.png").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"images": []}', b"[" * 100_000])
def test_nothing_is_written_for_a_file_that_is_not_coco(files, tmp_path, content):
    files.labels.write_bytes(content)
    space = Workspace(tmp_path / "data")
    with pytest.raises(CocoError):
        convert_annotations(files.images, files.labels, tmp_path / "masks")
    with pytest.raises(CocoError):
        filter_labelled(files.images, files.labels, space)
    assert not (tmp_path / "masks").exists() and not space.root.exists()


def test_a_missing_folder_is_reported(files, tmp_path):
    files.add("a.png")
    labels = files.write()[1]
    with pytest.raises(ImageError, match="cannot be read"):
        convert_annotations(tmp_path / "none", labels, tmp_path / "masks")
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="cannot be created"):
        convert_annotations(files.images, labels, tmp_path / "file" / "masks")


def test_a_full_disk_stops_the_conversion_and_keeps_complete_files(files, tmp_path, monkeypatch):
    for name in ("a.png", "b.png"):
        files.add(name)
    whole = convert.write_png

    def write(path: Path, mask: np.ndarray) -> None:
        if path.name == "b.png":
            raise WorkspaceError("the disk is full")
        whole(path, mask)

    monkeypatch.setattr(convert, "write_png", write)
    with pytest.raises(WorkspaceError, match="disk is full"):
        convert_annotations(*files.write(), tmp_path / "masks")
    assert names(tmp_path / "masks") == ["a.png"]


def test_only_labelled_images_are_copied_with_their_labels(files, tmp_path):
    files.add("default/a.jpg")
    files.add("blank.png", None)
    files.add("fault.png", [[1, 1]])
    files.content["annotations"].append({**files.content["annotations"][0], "id": 7, "area": float("nan")})
    Image.new("L", (3, 3)).save(files.images / "not_listed.png")
    space = Workspace(tmp_path / "data")
    outcome = filter_labelled(*files.write(), space)
    assert (outcome.images, outcome.annotations, outcome.blank, outcome.unlabelled) == (1, 2, 1, 1)
    target = space.root / "segmented_dataset" / "labelled"
    assert names(target / "images") == ["a.jpg"]
    assert (target / "images" / "a.jpg").read_bytes() == (files.images / "a.jpg").read_bytes()
    text = (target / "annotations" / "instances_default.json").read_text()
    assert "NaN" not in text
    copied = json.loads(text)
    assert copied["images"] == [{"id": 1, "file_name": "a.jpg", "width": 20, "height": 10, "license": 0}]
    assert [label["id"] for label in copied["annotations"]] == [101, 7]
    assert copied["annotations"][0] == files.content["annotations"][0]
    assert copied["categories"] == files.content["categories"]
    again = load_coco(target / "annotations" / "instances_default.json")
    assert again.problems == [] and [*again.images] == ["a.jpg"]


def test_a_second_export_removes_copies_that_are_no_longer_labelled(files, tmp_path):
    files.add("a.png")
    files.add("b.png")
    space = Workspace(tmp_path / "data")
    filter_labelled(*files.write(), space)
    (space.labelled / "images" / "own.txt").write_text("the user's own")
    files.content["annotations"].pop()
    filter_labelled(*files.write(), space)
    assert names(space.labelled / "images") == ["a.png", "own.txt"]
    assert names(space.labelled / "annotations") == ["instances_default.json"]


def test_copies_never_follow_a_link_out_of_the_workspace(files, tmp_path):
    files.add("a.png")
    space = Workspace(tmp_path / "data").create()
    (tmp_path / "outside").mkdir()
    space.labelled.mkdir()
    (space.labelled / "images").symlink_to(tmp_path / "outside")
    with pytest.raises(WorkspaceError, match="is a link out of the workspace"):
        filter_labelled(*files.write(), space)
    assert names(tmp_path / "outside") == []


def test_the_export_folder_itself_cannot_be_exported(files, tmp_path):
    files.add("a.png")
    space = Workspace(tmp_path / "data")
    labels = files.write()[1]
    filter_labelled(files.images, labels, space)
    with pytest.raises(ParameterError, match="folder of the copies"):
        filter_labelled(space.labelled / "images", labels, space)


def test_infinity_in_an_unused_field_is_reported(files, tmp_path):
    files.add("a.png")
    files.content["annotations"][0]["area"] = 777
    images, labels = files.write()
    labels.write_text(labels.read_text().replace("777", "1e999"))
    with pytest.raises(CocoError, match="not finite"):
        filter_labelled(images, labels, Workspace(tmp_path / "data"))


def test_no_temporary_file_is_left(files, tmp_path):
    files.add("a.png")
    space = Workspace(tmp_path / "data")
    convert_annotations(*files.write(), tmp_path / "masks")
    filter_labelled(*files.write(), space)
    assert not [name for _, _, found in os.walk(tmp_path) for name in found if name.endswith(".tmp")]


def test_the_real_labels(shared, tmp_path):
    images, labels = (
        shared / "labelled" / "images",
        shared / "labelled" / "annotations" / "instances_default.json",
    )
    outcome = convert_annotations(images, labels, tmp_path / "masks")
    assert (outcome.images, outcome.annotations, outcome.problems) == (41, 1677, [])
    assert outcome.unlabelled == 0
    coco = load_coco(labels)
    for name in ("usd195412241350.bmp", "usd202409181115.jpg"):
        mask = read_rgb(tmp_path / "masks" / f"{Path(name).stem}.png")[..., 0]
        size = coco.images[name].height, coco.images[name].width
        assert np.array_equal(mask, page_mask(coco.annotations[name], *size))
    outcome = filter_labelled(images, labels, Workspace(tmp_path / "data"))
    assert (outcome.images, outcome.annotations) == (41, 1677)
    copied = json.loads((outcome.folder / "annotations" / "instances_default.json").read_text())
    assert copied == json.loads(labels.read_text())


def test_a_wrong_folder_keeps_the_copies_of_an_earlier_export(workspace, archive, tmp_path):
    labels = archive / "annotations" / "instances_default.json"
    filter_labelled(archive / "images", labels, workspace)
    before = sorted(path.name for path in (workspace.labelled / "images").iterdir())
    (tmp_path / "wrong").mkdir()
    with pytest.raises(ParameterError, match="none of the labelled images"):
        filter_labelled(tmp_path / "wrong", labels, workspace)
    assert sorted(path.name for path in (workspace.labelled / "images").iterdir()) == before != []
