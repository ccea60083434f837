"""The labels to check, from the results and labels of a workspace."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import ParameterError
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.io.results import read_result, result_path, write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.drawing.label_check import MISSING, NOT_FOUND, check_labels, csv_of
from sunspot_dash.workspace import Workspace
from tests.command_line import run
from tests.labelled import put_labelled
from tests.web.detections import put_results


@dataclass(frozen=True)
class Case:
    space: Workspace
    first: str
    lost: Spot
    extra: Spot


@pytest.fixture
def case(tmp_path, archive) -> Case:
    """Results that are the labels; on the first drawing, one label is not found, and one spot is not labelled."""
    made = put_labelled(Workspace(tmp_path / "data").create(), archive)
    put_results(made, pictures=False)
    folder = made.results_of(PRETRAINED)
    first = result_of(made, PRETRAINED, sorted(path.name for path in made.images.iterdir())[0])
    square = np.array([(-2.0, -2), (2, -2), (2, 2), (-2, 2)])
    disk = first.disk
    extra = Spot.from_outline(square + (disk.x, disk.y + 0.9 * disk.radius), 0.97)
    lost = loneliest(first.spots)
    others = [spot for spot in first.spots if spot is not lost]
    write_result(folder, replace(first, spots=(*others, extra)))
    Indexer(Catalogue(made)).refresh()
    return Case(made, first.name, lost, extra)


def loneliest(spots: Sequence[Spot]) -> Spot:
    """The spot that is furthest from its nearest neighbour: no other can be taken for it."""
    xy = np.array([(spot.x, spot.y) for spot in spots])
    apart = cdist(xy, xy)
    np.fill_diagonal(apart, np.inf)
    return spots[int(apart.min(axis=1).argmax())]


def result_of(space: Workspace, model: str, name: str) -> DrawingResult:
    return read_result(result_path(space.results_of(model), name))


def test_both_kinds_are_listed_with_place_and_reason(case):
    found = check_labels(case.space)
    assert (found.drawings, found.models) == (5, (PRETRAINED,)) and found.labels > 20
    rows = {row.kind: row for row in found.rows}
    missing, wrong = rows[MISSING], rows[NOT_FOUND]
    assert len(found.rows) == 2 and {row.name for row in found.rows} == {case.first}
    assert (missing.x, missing.y) == (case.extra.x, case.extra.y) and missing.likely == 0.97
    assert (wrong.x, wrong.y) == (case.lost.x, case.lost.y) and "does not have a candidate" in wrong.reason
    assert missing.key == key_of(case.first) and not missing.weak


def test_a_second_model_and_a_repaired_label_change_the_list(case):
    name = case.first
    folder = case.space.results_of("other")
    write_result(folder, replace(result_of(case.space, PRETRAINED, name), spots=(case.lost,), model="other"))
    Indexer(Catalogue(case.space)).refresh()
    (row,) = check_labels(case.space).rows  # the other model finds the label
    assert row.kind == MISSING and row.likely == pytest.approx(0.97 / 2) and "1 of 2 models" in row.reason
    assert len(check_labels(case.space, (PRETRAINED,)).rows) == 2
    with pytest.raises(ParameterError, match="'none' has no results"):
        check_labels(case.space, ("none",))
    content = json.loads(case.space.annotations_file.read_text())
    image = next(one["id"] for one in content["images"] if one["file_name"] == name)
    x, y = case.extra.x, case.extra.y
    label = {"id": 9999, "image_id": image, "category_id": content["categories"][0]["id"], "iscrowd": 0}
    label |= {"segmentation": [[x - 2, y - 2, x + 2, y - 2, x + 2, y + 2, x - 2, y + 2]], "area": 16}
    content["annotations"].append(label | {"bbox": [x - 2, y - 2, 4, 4]})
    case.space.annotations_file.write_text(json.dumps(content))
    Indexer(Catalogue(case.space)).refresh()
    assert check_labels(case.space).rows == []


def test_what_a_model_says_of_drawings_it_was_trained_on_is_weak(case):
    card = {"name": "mine", "encoder": "resnet18", "radius": 224, "split": {"training": [case.first]}}
    case.space.model("mine").weights.write_bytes(b"")
    case.space.model("mine").weights.with_suffix(".json").write_text(json.dumps(card))
    for path in case.space.results_of(PRETRAINED).glob("*.json"):
        result = read_result(path)
        write_result(case.space.results_of("mine"), replace(result, model="mine"))
    Indexer(Catalogue(case.space)).refresh()
    assert [row.weak for row in check_labels(case.space, ("mine",)).rows] == [True, True]
    assert [row.weak for row in check_labels(case.space).rows] == [False, False]  # the other model is not


def test_the_command_prints_them(case, tmp_path):
    at = ["--workspace", case.space.root]
    printed = run("labels-to-check", *at).stdout
    assert "0.97" in printed and "2 labels to check of" in printed
    found = json.loads(run("labels-to-check", *at, "--json").stdout)
    assert len(found["to_check"]) == 2 and found["drawings"] == 5
    assert run("labels-to-check", *at, "--csv", tmp_path / "a.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert rows == list(csv.DictReader(io.StringIO(csv_of(check_labels(case.space)))))
    assert {row["drawing"] for row in rows} == {case.first} and rows[0]["check"] in (MISSING, NOT_FOUND)
    assert run("labels-to-check", *at, "--csv", "a", "--json").code == 1


def test_without_labels_nothing_is_compared(tmp_path):
    found = check_labels(Workspace(tmp_path / "data").create())
    assert found.rows == [] and found.drawings == 0
