"""Merging label files by drawing."""

from __future__ import annotations

from sunspot_dash.domain.labels.coco import check_coco
from sunspot_dash.domain.labels.merge import merged, numbers_of, plan_merge, without
from tests.coco import content, label


def merge(current, new, files=()):
    cocos = check_coco(current), check_coco(new)
    plan = plan_merge(*cocos, files)
    found = merged(current, new, cocos, plan.taken)
    result = check_coco(found)
    assert numbers_of(result) == plan.after
    return plan, found, result


def counts(coco):
    return {name: len(coco.annotations.get(name, [])) for name in coco.images}


def test_drawings_of_the_new_file_replace_their_labels_and_the_others_keep_theirs():
    plan, _, result = merge(content({"a.png": 3, "b.png": 2}), content({"b.png": 5, "c.png": 1}))
    assert counts(result) == {"a.png": 3, "b.png": 5, "c.png": 1} and not result.problems
    assert (plan.before, plan.after) == ((2, 5), (3, 9))
    assert plan.replaced == (("b.png", 2, 5),) and plan.added == 1
    assert plan.only_before == ("a.png",)


def test_equal_labels_change_nothing_whatever_their_ids_and_order():
    current, new = content({"a.png": 3, "b.png": 2}), content({"b.png": 2, "a.png": 3})
    new["annotations"].reverse()
    plan, found, _ = merge(current, new)
    assert not plan.replaced and not plan.added and plan.unchanged == 2
    assert found["images"] == current["images"] and found["annotations"] == current["annotations"]


def test_a_drawing_is_recognized_by_its_file_or_its_name():
    current = content({"usd1.png": 3, "usd2.png": 1})
    new = content({"Data/USD1.png": 2, "1a2b3c4d-usd2.png": 4})
    plan, _, result = merge(current, new, ["usd1.png"])
    assert counts(result) == {"Data/USD1.png": 2, "1a2b3c4d-usd2.png": 4}
    assert {name for name, _, _ in plan.replaced} == {"Data/USD1.png", "1a2b3c4d-usd2.png"}


def test_drawings_without_a_usable_label_in_the_new_file_keep_theirs():
    new = content({"a.png": 0, "b.png": 1})
    new["annotations"].append(label(9, 1, segmentation=[], bbox=[1, 1, 2, 2]))
    plan, _, result = merge(content({"a.png": 3, "b.png": 2}), new)
    assert counts(result) == {"a.png": 3, "b.png": 1} and plan.ignored == plan.only_before == ("a.png",)


def test_labels_keep_their_ids_unless_these_are_taken():
    new = content({"b.png": 2, "c.png": 1})
    for record, number in zip(new["annotations"], (2, 40, 40), strict=True):
        record["id"] = number
    _, found, _ = merge(content({"a.png": 3}), new)
    assert [record["id"] for record in found["annotations"]] == [1, 2, 3, 41, 40, 42]


def test_a_label_with_a_repeated_id_stays_a_problem():
    new = content({"b.png": 2})
    new["annotations"][1] |= {"id": 1, "segmentation": [[0, 0, 3, 0, 3, 3]]}
    _, _, result = merge(content({"a.png": 3}), new)
    assert counts(result) == {"a.png": 3, "b.png": 1} and len(result.problems) == 1


def test_categories_are_merged_by_name():
    current = content({"a.png": 2}, ("umbra",))
    new = content({"b.png": 1}, ("penumbra", "umbra"))
    new["annotations"] += [label(2, 1, 5, 2), label(3, 1, 6, None)]
    _, found, result = merge(current, new)
    assert [one["name"] for one in found["categories"]] == ["umbra", "penumbra", "no category"]
    assert [one.category for one in result.annotations["a.png"]] == ["umbra"] * 2
    assert [one.category for one in result.annotations["b.png"]] == ["penumbra", "umbra", "no category"]


def test_labels_without_a_category_keep_their_meaning():
    current = content({"a.png": 2}, ())
    for one in current["annotations"]:
        del one["category_id"]
    _, _, result = merge(current, content({"b.png": 1}, ("faculae",)))
    assert result.categories == {"no category": 2, "faculae": 1}


def test_other_fields_and_repeated_ids_are_kept():
    current = {**content({"a.png": 1}), "info": {"year": 2026}}
    new = content({"b.png": 1, "c.png": 2})
    for one in new["annotations"]:
        one["id"] = 1 if one["image_id"] == 1 else one["id"]
        one["attributes"] = {"occluded": False}
    _, found, result = merge(current, new)
    assert found["info"] == {"year": 2026} and found["annotations"][-1]["attributes"] == {"occluded": False}
    assert len({one["id"] for one in found["annotations"]}) == 4 and counts(result)["c.png"] == 2


def test_drawings_can_be_removed_with_their_labels():
    found = content({"a.png": 3, "b.png": 2})
    kept = check_coco(without(found, check_coco(found), ["a.png", "other.png"]))
    assert counts(kept) == {"b.png": 2}
