"""What the viewer gets of a drawing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.labels.coco import load_coco, spot_polygons
from sunspot_dash.errors import ImageError
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.services.analysis.references import import_reference
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.dataset.corrections import correct
from sunspot_dash.services.drawing.content import content_of, truth_of
from sunspot_dash.services.review.content import review_content
from sunspot_dash.workspace import PRETRAINED, Workspace
from tests.labelled import put_labelled
from tests.web.detections import put_results


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory, archive) -> Catalogue:
    space = put_labelled(Workspace(tmp_path_factory.mktemp("content") / "data").create(), archive)
    put_results(space, pictures=False)
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    return catalogue


def first(catalogue: Catalogue):
    return catalogue.rows("select key, name from drawing order by date limit 1")[0]


def test_the_content_of_a_drawing_is_its_result_as_json(catalogue):
    key, name = first(catalogue)
    found = json.loads(json.dumps(content_of(catalogue, PRETRAINED, key), allow_nan=False))
    result = read_result(result_path(catalogue.workspace.results_of(PRETRAINED), name))
    assert found["ran"] and found["labelled"] and found["name"] == name
    assert (found["width"], found["height"], found["threshold"]) == (result.width, result.height, 0.35)
    assert [spot["confidence"] for spot in found["spots"]] == [spot.confidence for spot in result.spots]
    assert all(-90 < spot["latitude_deg"] < 90 and spot["area_msh"] > 0 for spot in found["spots"])
    radius = np.hypot(*(np.array(found["limb"]) - [result.disk.x, result.disk.y]).T)
    assert radius == pytest.approx(result.disk.radius, rel=0.02)
    assert len(found["grid"]["poles"]) == 2 and found["groups"][0][0] == found["floor"]
    assert [name for name, _ in found["facts"]][:3] == ["Time", "Sun", "Orientation"]
    assert len(json.dumps(found["grid"])) < 60_000


def test_types_are_named_by_the_spots_of_their_group_on_both_pages(catalogue):
    key, _ = first(catalogue)
    found, reviewed = content_of(catalogue, PRETRAINED, key), review_content(catalogue, PRETRAINED, key)
    counted = [str(spot["number"]) for spot in found["spots"] if spot["confidence"] >= found["threshold"]]
    members = [one for names in found["types"] for one in names.split(",")]
    assert sorted(members) == sorted(counted) and reviewed["types"] == found["types"]
    for one in found["types"].values():
        assert one["zurich"] in reviewed["legal"] and 0 < one["agreement"] < 1
        assert 0.5 < one["latitude_sigma_deg"] < 10 and one["whole_msh"] > 0
    rows = catalogue.rows(
        "select zurich, mcintosh, typed from spot_group where key = ? and model = ? order by number",
        [key, PRETRAINED],
    )
    assert {(row["zurich"], row["mcintosh"]) for row in rows} == {
        (one["zurich"], one["mcintosh"]) for one in found["types"].values()
    } and not any(row["typed"] for row in rows)


def test_a_drawing_without_a_result_is_only_its_picture(catalogue):
    key, _ = first(catalogue)
    found = content_of(catalogue, "other", key)
    assert not found["ran"] and found["picture"].startswith(f"/media/{key}/view") and "spots" not in found
    with pytest.raises(ImageError):
        content_of(catalogue, PRETRAINED, "0" * 16)


def test_the_labels_come_with_the_hits(catalogue):
    key, name = first(catalogue)
    outlines = spot_polygons(load_coco(catalogue.workspace.annotations_file).annotations[name])
    found = json.loads(json.dumps(truth_of(catalogue, PRETRAINED, key, outlines)))
    assert len(found["labels"]) == len(outlines)
    start, hit = found["hits"][0]
    assert start == FLOOR and sorted(hit) == list(range(len(outlines)))  # the results are the labels
    assert truth_of(catalogue, "other", key, outlines)["hits"] == []


def test_the_observers_totals_come_with_the_drawing_that_a_table_has(catalogue):
    key, name = first(catalogue)
    assert content_of(catalogue, PRETRAINED, key)["observed"] is None
    import_reference(catalogue.workspace, f"file,g,s,R,observer\n{name},5,23,,Smith\n".encode(), "totals.csv")
    for found in (content_of(catalogue, PRETRAINED, key), review_content(catalogue, PRETRAINED, key)):
        assert found["observed"] == {"groups": 5, "spots": 23, "number": 73.0, "observer": "Smith"}
        assert dict(found["facts"])["Observer"] == "Smith"
    correct(catalogue.workspace, name, Correction(observer="Jones"))
    assert dict(content_of(catalogue, PRETRAINED, key)["facts"])["Observer"] == "Jones"
    correct(catalogue.workspace, name, NONE)
