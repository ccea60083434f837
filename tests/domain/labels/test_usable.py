"""Labels that may be truth: of the chosen categories, on completely labelled drawings."""

from __future__ import annotations

from sunspot_dash.domain.labels.coco import check_coco
from sunspot_dash.domain.labels.listed_names import match_names
from sunspot_dash.domain.labels.usable import UsableLabels, select_usable
from tests.coco import content, image, label


def usable(found, files, spots=("sunspot",), keep=False) -> UsableLabels:
    coco = check_coco(found)
    return select_usable(coco, match_names(coco.images, files), list(spots), keep)


def test_labels_of_other_categories_are_left_out_with_numbers():
    found = content({"a.png": 4, "b.png": 0}, ("umbra", "penumbra", "faculae"))
    found["annotations"] += [label(5, 1, 9, 2), label(6, 2, 9, 3), label(7, 2, 9, 3, segmentation=[])]
    result = usable(found, ["a.png", "b.png"], ["umbra"])
    assert {name: len(labels) for name, labels in result.coco.annotations.items()} == {"a.png": 4}
    assert [*result.coco.images] == ["a.png", "b.png"] and result.left_out == []
    assert (result.spots, result.other) == ({"umbra": 4}, {"penumbra": 1, "faculae": 2})
    assert result.remarks() == [
        "counted as spots: umbra (4 labels); left out: faculae (2 labels), penumbra (1 label)"
    ]


def test_labels_made_for_another_size_are_left_out():
    coco = check_coco(content({"a.png": 2, "b.png": 1}))
    matches = match_names(coco.images, ["a.png", "b.png"])
    usable = select_usable(coco, matches, ["sunspot"], sizes={"a.png": (60, 40), "b.png": (30, 20)})
    assert [*usable.coco.images] == ["b.png"]
    reason = "it has 60 x 40 px, but its labels are for 30 x 20: use the image that was labelled"
    assert usable.left_out == [("a.png", reason)]


def test_a_partly_labelled_drawing_is_left_out_unless_it_is_kept():
    found = content({"a.png": 1, "b.png": 2, "c.png": 0})
    found["annotations"] += [label(number, 1, segmentation=[], bbox=[1, 1, 2, 2]) for number in (7, 8, 9)]
    found["annotations"].append(label(10, 3, segmentation=[[1, 1]]))
    result = usable(found, ["a.png", "b.png", "c.png"])
    assert [*result.coco.images] == ["b.png"]
    reason = "3 of its 4 labels cannot be used (annotations 7, 8, 9: each has only a box, no polygon)"
    assert result.partly == [("a.png", reason)]
    assert [name for name, _ in result.left_out] == ["a.png", "c.png"]
    assert result.left_out[1][1].startswith("none of its labels is usable (annotation 10: ")
    assert "1 drawing only partly labelled" in result.remarks()[-1]
    kept = usable(found, ["a.png", "b.png", "c.png"], keep=True)
    assert [*kept.coco.images] == ["a.png", "b.png"] and len(kept.coco.annotations["a.png"]) == 1
    assert kept.kept_partly == ["a.png"] and [name for name, _ in kept.left_out] == ["c.png"]
    assert kept.as_dict()["partly_labelled"] == [{"name": "a.png", "reason": reason}]


def test_a_label_listed_twice_does_not_make_a_drawing_partly_labelled():
    found = content({"a.png": 2})
    found["annotations"].append(found["annotations"][0])
    result = usable(found, ["a.png"])
    assert len(result.coco.annotations["a.png"]) == 2 and not result.left_out and len(result.problems) == 1


def test_drawings_get_the_names_of_their_files():
    found = content({"Data/A.png": 1, "Data/b.png": 2, "x/c.png": 1, "y/c.png": 1, "d.jpg": 1})
    result = usable(found, ["a.png", "Data/b.png", "c.png", "d.png"])
    assert [*result.coco.images] == ["Data/b.png", "a.png"]
    assert result.coco.images["a.png"].file_name == "a.png"
    assert result.matched == ["matched Data/A.png to a.png"]
    failed = dict(result.failed("images"))
    assert failed["d.jpg"] == "it is not in images; d.png has a similar name"
    assert "fits several entries" in failed["x/c.png"] and "fits several entries" in failed["y/c.png"]


def test_an_image_entry_is_only_used_once():
    assert usable({"images": [image(1, "a.png")], "annotations": []}, ["a.png"], []).listed == 1
