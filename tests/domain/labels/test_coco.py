"""Labels: a faulty item is omitted and reported with its id and the reason; the others are used."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sunspot_dash.domain.labels import coco as coco_module
from sunspot_dash.domain.labels.coco import Coco, check_coco, load_coco, spot_polygons
from sunspot_dash.errors import CocoError

SQUARE = [2.0, 2, 6, 2, 6, 6, 2, 6]


def image(number: int = 1, name: Any = "a.jpg", **values: Any) -> dict[str, Any]:
    return {"id": number, "file_name": name, "width": 20, "height": 10, **values}


def label(number: int = 1, image_id: Any = 1, segmentation: Any = None, **values: Any) -> dict[str, Any]:
    shape = [SQUARE] if segmentation is None else segmentation
    return {"id": number, "image_id": image_id, "category_id": 1, "segmentation": shape, **values}


def load(folder: Path, content: Any) -> Coco:
    path = folder / "labels.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return load_coco(path)


def test_valid_labels_are_all_read(tmp_path):
    rle = {"size": [10, 20], "counts": [35, 2, 163]}
    images = [image(), image(7, "default/b.jpg"), image(9, "blank.jpg")]
    labels = [label(1, 1, [SQUARE, [8, 2, 9, 2, 9, 3]]), label(2, 7), label(3, 7, rle)]
    coco = load(tmp_path, {"images": images, "annotations": labels, "categories": []})
    assert coco.problems == []
    assert [*coco.images] == ["a.jpg", "default/b.jpg", "blank.jpg"]
    assert {name: len(found) for name, found in coco.annotations.items()} == {"a.jpg": 1, "default/b.jpg": 2}
    first = coco.annotations["a.jpg"][0]
    assert first.polygons[0].dtype == np.float64 and first.polygons[0].shape == (4, 2)
    assert coco.annotations["default/b.jpg"][1].rle.pixels().sum() == 2
    assert [len(outline) for outline in spot_polygons(coco.annotations["default/b.jpg"])] == [4, 4]


def test_the_real_labels_are_all_valid(shared):
    coco = load_coco(shared / "labelled" / "annotations" / "instances_default.json")
    assert coco.problems == [] and len(coco.images) == 41
    assert len(spot_polygons(item for items in coco.annotations.values() for item in items)) == 1677


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (label(5, 99), "image 99 is missing or was rejected"),
        (label(5, None), "image_id"),
        (label(5, "one"), "image_id: expected a whole number"),
        (label(5, 1.5), "image_id: expected a whole number"),
        ({"id": 5, "image_id": 1}, "segmentation: it is missing"),
        ({"id": 5, "segmentation": [SQUARE]}, "image_id: it is missing"),
        (label(5, 1, [[1, 1, 5, 5]]), "4 numbers"),
        (label(5, 1, [SQUARE, [1, 1, 5, 5]]), "4 numbers"),
        (label(5, 1, []), "it has no polygon"),
        (label(5, 1, [], bbox=[2, 2, 4, 4]), "it has only a box, no polygon"),
        (label(5, 1, [[1, 1, 5, 1, 25, 5]]), "outside the image of 20 x 10 px"),
        (label(5, 1, [[1, 1, 5, 1, float("nan"), 5]]), "segmentation: expected a "),
        (label(5, 1, [[1, 1, 5, 1, float("inf"), 5]]), "segmentation: expected a "),
        (label(5, 1, [[1, 1, 5, 1, 10**400, 5]]), "segmentation: expected a "),
        (label(5, 1, [[1, 1, 5, 1, "x", 5]]), "segmentation: expected a "),
        (label(5, 1, [[[1, 1, 5, 1, 5, 5]]]), "segmentation: expected a number"),
        (label(5, 1, "SQUARE"), "segmentation"),
        (label(5, 1, {"size": [10, 20], "counts": [35, 2, 100]}), "counts sum to 137, expected 200"),
        (label(5, 1, {"size": [10, 20], "counts": [-35, 2, 233]}), "none may be negative"),
        (label(5, 1, {"size": [20, 10], "counts": [35, 2, 163]}), r"size \[20, 10\]"),
        (label(5, 1, {"size": [10, 20], "counts": "Po"}), "cut short"),
        (label(5, 1, {"counts": [200]}), r"segmentation\.size: it is missing"),
        (label(4, 1), "it is listed twice"),
        (label(4, 1, [[1, 1, 5, 1, 5, 5]]), "its id was used before on this image"),
    ],
)
def test_a_faulty_label_is_reported(tmp_path, bad, reason):
    coco = load(tmp_path, {"images": [image()], "annotations": [label(4), bad, label(6)]})
    assert [item.id for item in coco.annotations["a.jpg"]] == [4, 6]
    (problem,) = coco.problems
    assert (problem.kind, problem.id) == ("annotation", str(bad["id"]))
    assert re.search(reason, problem.reason), problem


@pytest.mark.parametrize("bad", [None, 3, "x", [], {}, {"id": None}, {"id": True}, {"id": float("nan")}])
def test_an_item_without_an_id_is_reported_by_its_index(tmp_path, bad):
    coco = load(tmp_path, {"images": [image(), bad], "annotations": [label(), bad]})
    assert [(problem.kind, problem.id) for problem in coco.problems] == [
        ("image", "number 2 in the list"),
        ("annotation", "number 2 in the list"),
    ]
    assert len(coco.images) == len(coco.annotations["a.jpg"]) == 1


@pytest.mark.parametrize(
    "shape", [[[None] * 10**6], [[None]] * 10**6, {"size": [10, 20], "counts": [None] * 10**6}]
)
def test_a_million_faults_in_one_label_give_one_report_quickly(shape):
    start = time.process_time()
    coco = check_coco({"images": [image()], "annotations": [label(4), label(5, 1, shape)]})
    assert time.process_time() - start < 1
    assert [problem.id for problem in coco.problems] == ["5"] and len(coco.problems[0].reason) < 100


@pytest.mark.parametrize("key", ["images", "annotations", "categories"])
def test_a_list_that_stands_twice_is_an_error_as_json_would_use_the_last_one(tmp_path, key):
    text = json.dumps({"images": [image()], "annotations": [label()], "categories": []})
    with pytest.raises(CocoError, match=f"it has '{key}' twice"):
        load(tmp_path, (text[:-1] + f', "{key}": []}}').encode())
    assert load(tmp_path, (text[:-1] + ', "info": 1, "info": 2}').encode()).annotations


def test_an_infinite_number_is_rejected(tmp_path):
    text = json.dumps({"images": [image()], "annotations": [label(4), label(5, 1, [[1, 1, 5, 1, 777, 5]])]})
    coco = load(tmp_path, text.replace("777", "1e999").encode())
    assert [problem.id for problem in coco.problems] == ["5"]
    assert "finite" in coco.problems[0].reason


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (image(2, ".."), "file name"),
        (image(2, "b\0.jpg"), "invisible characters"),
        (image(2, "..\uff0fb.jpg"), "file name"),
        (image(2, ""), "file_name"),
        (image(2, 5), "file_name"),
        (image(2, "b.jpg", width=0), "width"),
        (image(2, "b.jpg", width=float("nan")), "width"),
        (image(2, "b.jpg", height=-3), "height"),
        (image(2, "b.jpg", width=20000, height=20000), "limit of 120 megapixels"),
        ({"id": 2, "file_name": "b.jpg", "width": 20}, "height: it is missing"),
        (image(2, "a.jpg"), "its name a.jpg was used before"),
    ],
)
def test_a_faulty_image_is_omitted_with_its_labels(tmp_path, bad, reason):
    coco = load(tmp_path, {"images": [image(), bad], "annotations": [label(4), label(5, 2)]})
    assert [*coco.images] == [*coco.annotations] == ["a.jpg"]
    assert [(problem.kind, problem.id) for problem in coco.problems] == [("image", "2"), ("annotation", "5")]
    assert reason in coco.problems[0].reason


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("../x/b.jpg", "x/b.jpg"),
        ("/home/me/b.jpg", "home/me/b.jpg"),
        ("C:\\scans\\b.jpg", "scans/b.jpg"),
        ("\\\\host\\scans\\.\\b.jpg", "host/scans/b.jpg"),
        ("file:///scans/b.jpg", "file:/scans/b.jpg"),
    ],
)
def test_a_path_of_another_machine_is_a_name_below_a_folder(tmp_path, listed, name):
    coco = load(tmp_path, {"images": [image(), image(2, listed)], "annotations": [label(4), label(5, 2)]})
    assert [*coco.images] == [*coco.annotations] == ["a.jpg", name] and coco.problems == []


def test_images_with_the_same_id_are_all_rejected(tmp_path):
    images = [image(1, "a.jpg"), image(1, "b.jpg"), image(2, "c.jpg"), image(2, "c.jpg")]
    coco = load(tmp_path, {"images": images, "annotations": [label(1, 1), label(2, 2)]})
    assert [*coco.images] == [*coco.annotations] == ["c.jpg"]
    assert [str(problem) for problem in coco.problems] == [
        "image 1: its id is also that of a.jpg",
        "image 2: it is listed twice",
        "image 1: a.jpg shares its id, so its labels cannot be assigned",
        "annotation 1: image 1 is missing or was rejected",
    ]


@pytest.mark.parametrize("one", [1, 1.0, "1", " 1 ", "1.0"])
def test_whole_numbers_may_be_written_as_1_0_or_text(tmp_path, one):
    first = image(one, width="20", height=10.0)
    labels = [{**label(one, one), "category_id": one}, label(2, one)]
    categories = [{"id": one, "name": "umbra"}]
    coco = load(tmp_path, {"images": [first], "annotations": labels, "categories": categories})
    assert coco.problems == [] and coco.categories == {"umbra": 2}
    assert (coco.images["a.jpg"].width, coco.images["a.jpg"].height) == (20, 10)
    assert [found.id for found in coco.annotations["a.jpg"]] == [1, 2]


def test_labels_of_different_images_may_have_the_same_id(tmp_path):
    images = [image(1), image(2, "b.jpg")]
    coco = load(tmp_path, {"images": images, "annotations": [label(1, 1), label(1, 2), label(2, 2)]})
    assert coco.problems == []
    assert {name: len(found) for name, found in coco.annotations.items()} == {"a.jpg": 1, "b.jpg": 2}


def test_images_in_different_folders_are_different_images(tmp_path):
    images = [image(1, "x/a.jpg"), image(2, "y\\a.jpg")]
    coco = load(tmp_path, {"images": images, "annotations": [label(1, 1), label(2, 2)]})
    assert coco.problems == [] and [*coco.images] == ["x/a.jpg", "y/a.jpg"]


def test_labels_are_counted_by_category(tmp_path):
    categories = [{"id": 1, "name": " umbra "}, {"id": 2, "name": "penumbra"}, {"id": 3, "name": "facula"}]
    labels = [label(1), {**label(2), "category_id": 2}, {**label(3), "category_id": 9}, label(4, 1, [])]
    del labels[0]["category_id"]
    coco = load(tmp_path, {"images": [image()], "annotations": labels, "categories": categories})
    assert coco.categories == {"umbra": 1, "penumbra": 1, "facula": 0, "no category": 1, "category 9": 1}
    assert [found.category for found in coco.annotations["a.jpg"]] == [
        "no category",
        "penumbra",
        "category 9",
    ]
    assert (coco.problems[0].category, coco.problems[0].image) == ("umbra", "a.jpg")


@pytest.mark.parametrize("categories", [None, "x", [], [{"id": 7, "name": "umbra"}], [{"id": 7}, 3, None]])
def test_labels_without_a_category_form_a_single_one(categories):
    plain = {key: value for key, value in label().items() if key != "category_id"}
    coco = check_coco({"images": [image()], "annotations": [plain], "categories": categories})
    assert list(coco.categories.values()) == [1] and len(coco.annotations["a.jpg"]) == 1


def test_the_id_of_a_faulty_label_counts_as_used(tmp_path):
    coco = load(tmp_path, {"images": [image()], "annotations": [label(1, 1, [[1, 1]]), label(1), label(2)]})
    assert [item.id for item in coco.annotations["a.jpg"]] == [2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not valid JSON"),
        (b"\x89PNG\r\n", "not valid JSON"),
        (b'{"images": [', "not valid JSON"),
        (b"9" * 5000, "not valid JSON"),
        (b'{"images": ' + b"[" * 100_000, "nested too deeply"),
        (b"[]", "no list 'images'"),
        (b"null", "no list 'images'"),
        (b'{"images": {}}', "no list 'images'"),
        (b'{"images": []}', "no list 'annotations'"),
        (b'{"images": [], "annotations": 3}', "no list 'annotations'"),
    ],
)
def test_a_file_that_is_not_coco_is_rejected(tmp_path, content, reason):
    with pytest.raises(CocoError, match=reason):
        load(tmp_path, content)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(CocoError, match=r"annotation file .* not found"):
        load_coco(tmp_path / "none.json")
    with pytest.raises(CocoError, match="cannot be read"):
        load_coco(tmp_path)


def test_a_file_above_the_limits_is_rejected_before_it_is_read(tmp_path, monkeypatch):
    limits = coco_module.LIMITS
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(limits.max_coco_bytes + 1)
    with pytest.raises(CocoError, match="above the limit of 512"):
        load_coco(huge)
    monkeypatch.setattr(coco_module, "LIMITS", limits.model_copy(update={"max_coco_annotations": 1}))
    with pytest.raises(CocoError, match="has 2 annotations, above the limit of 1"):
        check_coco({"images": [image()], "annotations": [label(1), label(2)]})
