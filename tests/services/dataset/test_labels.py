"""The labels of a workspace: upload, merge, decisions and reports."""

from __future__ import annotations

import io
import json

import pytest

from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.errors import ParameterError
from sunspot_dash.services.dataset import label_questions
from sunspot_dash.services.dataset.label_choice import store_categories
from sunspot_dash.services.dataset.label_questions import CANCEL, MERGE, REPLACE, answer, question_of, waiting
from sunspot_dash.services.dataset.label_versions import versions
from sunspot_dash.services.dataset.labels import label_report
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.workspace import Workspace
from tests.coco import content, encoded, image, label

LABELS = "instances_default.json"


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def upload(space, found, name: str = LABELS):
    data = found if isinstance(found, bytes) else encoded(found)
    return accept_upload(space, "labelled", name, io.BytesIO(data))


def counts(space) -> dict[str, int]:
    coco = load_coco(space.annotations_file)
    return {name: len(coco.annotations.get(name, [])) for name in coco.images}


def test_labels_may_come_before_their_drawings(space):
    first = upload(space, content({"a.png": 1, "b.png": 2}))
    assert (
        first.state == "accepted" and first.reason == "2 drawings listed, 0 of them uploaded so far; 3 labels"
    )
    assert upload(space, content({"a.png": 1, "b.png": 2})).state == "duplicate"
    (space.images / "a.png").touch()
    report = label_report(space)
    assert (report.listed, report.here, report.labels, report.missing) == (2, 1, 3, {"b.png": ""})
    (space.images / "b.png").touch()
    assert label_report(space).missing == {}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (b"{", "mine.json is not valid JSON"),
        ({"images": [], "annotations": []}, "mine.json lists no image, the current labels are kept"),
        ({"images": [image(1, "a\0.png")], "annotations": []}, "mine.json has no usable image (image 1: "),
        (
            {"images": [image(1, "a.png")], "annotations": [{"image_id": 1, "segments_info": []}]},
            "mine.json is a panoptic COCO file",
        ),
        (
            {
                "images": [image(1, "a.png")],
                "annotations": [label(1, 1, keypoints=[1, 1, 2], segmentation=[])],
            },
            "mine.json has 1 label with key points instead of outlines",
        ),
        (
            {"images": [image(1, "a.png")], "annotations": [label(1, 1, segmentation=[], bbox=[1, 1, 2, 2])]},
            "mine.json has 1 label with boxes instead of outlines",
        ),
        (
            {"images": [image(1, "a.png")], "annotations": [label(1, 9)]},
            "none of the 1 label of mine.json can be used",
        ),
        (
            content({"foreign.png": 2}),
            "none of the 1 image of mine.json, for example foreign.png, is a drawing of",
        ),
    ],
)
def test_a_file_without_a_usable_image_is_rejected_and_the_labels_stay(space, found, reason):
    (space.images / "a.png").touch()
    upload(space, content({"a.png": 5}))
    before = space.annotations_file.read_bytes()
    result = upload(space, found, "mine.json")
    assert (result.state, result.reason[: len(reason)]) == ("rejected", reason)
    assert space.annotations_file.read_bytes() == before
    assert len(versions(space)) == 1 and not waiting(space)


def test_labels_of_new_drawings_are_added_at_once(space):
    upload(space, content({"a.png": 5}))
    (space.images / "b.png").touch()
    added = upload(space, content({"a.png": 5, "b.png": 2}), "b.json")
    assert added.state == "accepted" and counts(space) == {"a.png": 5, "b.png": 2}
    assert added.reason == (
        "1 drawing with 2 labels added to the labels; 1 drawing with the same labels; now 2 drawings with 7 labels"
    )
    assert upload(space, content({"b.png": 2}), "c.json").state == "duplicate"
    assert [version.numbers for version in versions(space)] == ["2 drawings, 7 labels", "1 drawing, 5 labels"]


def test_replacing_labels_waits_for_a_decision_with_numbers(space):
    upload(space, content({"a.png": 5, "b.png": 3}))
    before = space.annotations_file.read_bytes()
    asked = upload(space, content({"b.png": 1, "c.png": 1}), "mine.json")
    assert asked.state == "waiting" and asked.reason.startswith("mine.json would replace labels of 1 drawing")
    assert space.annotations_file.read_bytes() == before
    assert upload(space, content({"b.png": 1, "c.png": 1}), "mine.json").state == "waiting"
    (token,) = waiting(space)
    question = question_of(space, token)
    assert question.replace == "2 drawings, 8 labels → 2 drawings, 2 labels (1 drawing loses its labels)"
    assert question.merge == (
        "2 drawings, 8 labels → 3 drawings, 7 labels (1 drawing: 3 → 1 label; 1 drawing keeps its labels; "
        "1 drawing added)"
    )
    assert question.examples == ("b.png: 3 → 1 label",)
    assert question.losing == ("a.png",) and question.unusable == ""


def test_the_question_says_which_labels_of_the_file_cannot_be_used(space):
    upload(space, content({"a.png": 1}))
    new = content({"a.png": 3})
    new["annotations"][1]["segmentation"] = []
    upload(space, new, "mine.json")
    question = question_of(space, waiting(space)[0])
    assert question.unusable == (
        "1 label of the file cannot be used, for example annotation 2 of a.png: it has no polygon"
    )


def test_labels_that_are_added_say_which_of_them_cannot_be_used(space):
    upload(space, content({"a.png": 1}))
    new = content({"b.png": 3})
    new["annotations"][1]["segmentation"] = []
    added = upload(space, new, "mine.json")
    assert added.state == "accepted" and "1 label of the file cannot be used" in added.reason


def test_a_second_export_of_label_studio_replaces_the_labels_of_the_same_drawing(space):
    (space.images / "a.png").touch()
    assert upload(space, content({"1a2b3c4d-a.png": 2}), "first.json").state == "accepted"
    for name in ("1a2b3c4d-a.png", "5e5e5e5e-a.png", "a.png"):
        again = upload(space, content({name: 1}), f"{name}.json")
        assert again.state == "waiting" and "replace labels of 1 drawing" in again.reason, again.reason


@pytest.mark.parametrize(
    ("decision", "expected", "kept"),
    [
        (CANCEL, {"a.png": 5, "b.png": 3}, 1),
        (MERGE, {"a.png": 5, "b.png": 1, "c.png": 1}, 2),
        (REPLACE, {"b.png": 1, "c.png": 1}, 2),
    ],
)
def test_a_decision_is_carried_out_once(space, decision, expected, kept):
    upload(space, content({"a.png": 5, "b.png": 3}))
    upload(space, content({"b.png": 1, "c.png": 1}), "mine.json")
    (token,) = waiting(space)
    question = question_of(space, token)
    answer(space, token, decision, question.merge if decision == MERGE else question.replace)
    assert counts(space) == expected and len(versions(space)) == kept and not waiting(space)
    assert not list(space.waiting_labels.iterdir())
    with pytest.raises(ParameterError, match="no longer waits"):
        answer(space, token, decision)


def test_a_decision_on_numbers_that_have_changed_is_not_carried_out(space):
    upload(space, content({"a.png": 5, "b.png": 3}))
    upload(space, content({"b.png": 1}), "mine.json")
    (token,) = waiting(space)
    seen = question_of(space, token)
    upload(space, content({"d.png": 1}), "more.json")
    for decision, shown in ((MERGE, seen.merge), (REPLACE, seen.replace)):
        with pytest.raises(ParameterError, match="have changed in the meantime"):
            answer(space, token, decision, shown)
    assert counts(space) == {"a.png": 5, "b.png": 3, "d.png": 1}
    answer(space, token, MERGE, question_of(space, token).merge)
    assert counts(space) == {"a.png": 5, "b.png": 1, "d.png": 1}


def test_a_token_from_outside_names_no_other_file(space):
    upload(space, content({"a.png": 5}))
    for token in ("../instances_default", "", "x"):
        with pytest.raises(ParameterError, match="no longer waits"):
            label_questions.answer(space, token, CANCEL)
    assert space.annotations_file.exists()


def test_a_label_file_that_cannot_be_used_is_only_replaced_after_a_decision(space):
    space.annotations_file.write_text("damaged")
    assert upload(space, content({"a.png": 5}), "mine.json").state == "waiting"
    (token,) = waiting(space)
    question = question_of(space, token)
    assert question.merge == "" and question.replace == "a file that cannot be used → 1 drawing, 5 labels"
    answer(space, token, REPLACE, question.replace)
    assert counts(space) == {"a.png": 5} and len(versions(space)) == 2


def test_the_report_names_categories_and_left_out_drawings(space):
    found = content({"x/a.png": 1, "y/a.png": 1, "B.png": 1, "c.png": 1}, ("Fleck", "Hof"))
    found["annotations"] += [label(9, 4, 5, 2), label(10, 4, segmentation=[], bbox=[1, 1, 2, 2])]
    for name in ("a.png", "b.png", "c.png"):
        (space.images / name).touch()
    asked = upload(space, found)
    assert "choose which labels are spots below: Fleck (5 labels), Hof (1 label)" in asked.reason
    report = label_report(space)
    assert report.spots is None and report.categories == {"Fleck": 5, "Hof": 1}
    store_categories(space, ["Fleck"])
    report = label_report(space)
    assert report.spots == ["Fleck"] and report.matched == ["matched B.png to b.png"]
    assert [name for name, _ in report.left_out] == ["x/a.png", "y/a.png", "c.png"]
    with pytest.raises(ParameterError, match="no category 'umbra'"):
        store_categories(space, ["umbra"])
    with pytest.raises(ParameterError, match="at least one"):
        store_categories(space, [])


def test_the_real_labels_are_accepted_unchanged(space, shared):
    path = shared / "labelled" / "annotations" / LABELS
    result = upload(space, path.read_bytes())
    assert result.reason == "41 drawings listed, 0 of them uploaded so far; 1,677 labels"
    assert space.annotations_file.read_bytes() == path.read_bytes()
    content_ = json.loads(path.read_bytes())
    content_["images"] = content_["images"][:3]
    ids = {record["id"] for record in content_["images"]}
    content_["annotations"] = [one for one in content_["annotations"] if one["image_id"] in ids][:12]
    assert upload(space, content_, "three.json").state == "waiting"
    question = question_of(space, waiting(space)[0])
    assert (
        question.replace
        == "41 drawings, 1,677 labels → 3 drawings, 12 labels (38 drawings lose their labels)"
    )
