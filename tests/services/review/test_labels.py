"""Reviewed drawings as COCO labels, and back."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.coco import load_coco, spot_polygons
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.review.labels import is_same_outline
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.results import write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.export.formats import export
from sunspot_dash.services.review.labels import reviewed_coco, take_labels
from sunspot_dash.services.review.record import Intent, record, review_of
from sunspot_dash.workspace import Workspace

SQUARE = np.array([[300.0, 300], [310, 300], [310, 310], [300, 310]])
NAMES = ("usd195604170830.jpg", "usd195604180830.jpg")


def finished(space: Workspace, name: str, outlines, size=(400, 400)) -> None:
    """A result whose spots are outlines, marked as reviewed."""
    spots = tuple(Spot.from_outline(outline, 0.9) for outline in outlines)
    disk = Disk(size[0] / 2, size[1] / 2, 0.4 * min(size), 0.9)
    write_result(space.results_of("m"), DrawingResult(name, *size, disk, spots, "m", "h", "i", 0.4, 1.0))
    record(space, "m", name, Intent("Ada", Act.FINISH))


def indexed(space: Workspace) -> Catalogue:
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    return catalogue


@pytest.fixture
def space(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "data").create()
    for name in NAMES:
        finished(made, name, [SQUARE - offset for offset in (100, 150)])
    return made


def as_if_from_cvat(content: dict, path, seed: int = 1) -> None:
    """Write a label file as CVAT does: other ids and orders, 0.01 px, attributes."""
    rng = np.random.default_rng(seed)
    images = {image["id"]: number + 100 for number, image in enumerate(content["images"])}
    for image in content["images"]:
        image["id"] = images[image["id"]]
    rng.shuffle(content["annotations"])
    for number, label in enumerate(content["annotations"], start=5000):
        points = np.array(label["segmentation"][0]).reshape(-1, 2)
        points = np.roll(points[:: rng.choice([-1, 1])], rng.integers(len(points)), axis=0)
        label |= {"id": number, "image_id": images[label["image_id"]], "attributes": {"occluded": False}}
        label["segmentation"] = [np.round(points, 2).ravel().tolist()]
    path.write_text(json.dumps(content))


def test_only_reviewed_drawings_are_exported_and_a_round_trip_changes_nothing(space, tmp_path):
    record(space, "m", NAMES[1], Intent("Ada", Act.REOPEN))
    catalogue = indexed(space)
    content = json.loads(b"".join(export(catalogue, "m", "coco")))
    assert [image["file_name"] for image in content["images"]] == [NAMES[0]]
    assert content["annotations"][0]["segmentation"] == [(SQUARE - 100).ravel().tolist()]
    as_if_from_cvat(content, tmp_path / "back.json")
    assert not load_coco(tmp_path / "back.json").problems
    taken = take_labels(catalogue, "m", tmp_path / "back.json", "Bea")
    assert taken.changed == {NAMES[0]: 0} and review_of(space, "m", NAMES[0]).finished_by == "Ada"


def test_edited_labels_are_a_review_of_their_person(space, tmp_path):
    catalogue = indexed(space)
    content = reviewed_coco(catalogue, "m")
    del content["annotations"][0]  # a spot less on the first drawing
    content["annotations"][0]["segmentation"] = [(SQUARE - 148).ravel().tolist()]  # and one moved
    content["images"].append({"id": 9, "file_name": "other.jpg", "width": 400, "height": 400})
    as_if_from_cvat(content, tmp_path / "back.json")
    plan = take_labels(catalogue, "m", tmp_path / "back.json", "Bea", apply=False)
    assert plan.changed == {NAMES[0]: 2, NAMES[1]: 0} and plan.skipped == [
        ("other.jpg", "it has no result of m")
    ]
    assert len(review_of(space, "m", NAMES[0]).counted()) == 2
    take_labels(catalogue, "m", tmp_path / "back.json", "Bea")
    after = review_of(space, "m", NAMES[0])
    assert after.finished_by == "Bea" and len(after.counted()) == 1
    assert is_same_outline(after.counted()[0].outline, SQUARE - 148)


def test_nothing_reviewed_or_listed_is_one_sentence(space, tmp_path):
    for name in NAMES:
        record(space, "m", name, Intent("Ada", Act.REOPEN))
    with pytest.raises(ParameterError, match="no drawing of this period is reviewed"):
        export(indexed(space), "m", "coco")
    (tmp_path / "none.json").write_text(json.dumps({"images": [], "annotations": [], "categories": []}))
    with pytest.raises(ParameterError, match="changes nothing"):
        take_labels(indexed(space), "m", tmp_path / "none.json", "Bea")


def test_the_real_labels_survive_a_round_trip(shared, tmp_path):
    """1677 labels: no outline changes by more than 0.05 px, and none is taken for another."""
    labels = load_coco(shared / "labelled" / "annotations" / "instances_default.json")
    space = Workspace(tmp_path / "data").create()
    for name, image in labels.images.items():
        outlines = spot_polygons(labels.annotations.get(name, []))
        finished(space, name, outlines, (image.width, image.height))
    catalogue = indexed(space)
    content = reviewed_coco(catalogue, "m")
    assert len(content["annotations"]) == sum(map(len, labels.annotations.values())) == 1677
    as_if_from_cvat(content, tmp_path / "back.json")
    taken = take_labels(catalogue, "m", tmp_path / "back.json", "Bea")
    assert len(taken.changed) == 41 and not any(taken.changed.values()) and not taken.skipped
    back = load_coco(tmp_path / "back.json")
    for name in labels.images:
        before, after = (spot_polygons(one.annotations.get(name, [])) for one in (labels, back))
        left = list(after)
        for outline in before:
            place = next(i for i, other in enumerate(left) if is_same_outline(outline, other))
            left.pop(place)
        assert not left
