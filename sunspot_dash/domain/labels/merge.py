"""Merge two COCO files by drawing: drawings of the new file replace their labels, the others keep theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sunspot_dash.domain.labels.coco import Coco, category_of
from sunspot_dash.domain.labels.entries import category_names, whole
from sunspot_dash.domain.labels.listed_names import match_names


@dataclass(frozen=True)
class MergePlan:
    """What merging a new label file would change; pairs are (drawings, labels).

    Attributes:
        before, after: of the current labels and of the merged ones.
        replaced: (name, labels before, labels after) of the drawings whose labels would change.
        added: number of drawings that the current labels do not list.
        unchanged: number of drawings with the same labels in both.
        ignored: drawings of the new file of which no label can be used; they keep their labels.
        only_before: the current drawings that the new file alone would leave without labels.
        taken: the images to take from the new file, each with the current one that it replaces.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    replaced: tuple[tuple[str, int, int], ...]
    added: int
    unchanged: int
    ignored: tuple[str, ...]
    only_before: tuple[str, ...]
    taken: Mapping[str, str | None]


def plan_merge(current: Coco, new: Coco, files: Collection[str]) -> MergePlan:
    """Return what a merge changes.

    Args:
        files: names of the drawings in the dataset, which decide whether two names mean the same drawing.
    """
    unusable = _unusable(new)
    usable = [name for name in new.images if name not in unusable]
    twins = _same_drawings(current, usable, files)
    lost_before, lost_after = _lost(current), _lost(new)
    taken: dict[str, str | None] = {}
    replaced, unchanged = [], 0
    for name in usable:
        twin = twins.get(name)
        if twin is not None:
            same = _signature(current, twin) == _signature(new, name)
            if same and lost_before.get(twin, 0) == lost_after.get(name, 0):
                unchanged += 1
                continue
            replaced.append((name, _count(current, twin), _count(new, name)))
        taken[name] = twin
    added = sum(twin is None for twin in taken.values())
    before = numbers_of(current)
    difference = sum(_count(new, name) for name in taken) - sum(old for _, old, _ in replaced)
    listed_again = set(twins.values())
    return MergePlan(
        before,
        (before[0] + added, before[1] + difference),
        tuple(replaced),
        added,
        unchanged,
        tuple(sorted(unusable)),
        tuple(name for name in current.images if name not in listed_again),
        taken,
    )


def merged(
    current: Any, new: Any, coco: tuple[Coco, Coco], taken: Mapping[str, str | None]
) -> dict[str, Any]:
    """Return the content of the merged file; a label of the new file keeps its id if that is free.

    Args:
        current, new: parsed JSON of both files; coco: both checked.
        taken: as in `MergePlan`.
    """
    gone = {coco[0].images[twin].id for twin in taken.values() if twin is not None}
    images = [record for record in current["images"] if _number(record, "id") not in gone]
    kept = [record for record in current["annotations"] if _number(record, "image_id") not in gone]
    categories = _Categories(current, new)
    labels = [categories.explicit(record, 0) for record in kept]
    used = {_number(record, "id") for record in labels}
    next_image, next_label = _after(images), _after([*labels, *new["annotations"]])
    ids: dict[int, int] = {}
    wanted = {coco[1].images[name].id: name for name in taken}
    for record in new["images"]:
        number = _number(record, "id")
        if number in wanted and number not in ids:
            ids[number] = next_image + len(ids)
            images.append({**record, "id": ids[number], "file_name": wanted[number]})
    # By image and id: a second label with the same id on an image is a fault, and must remain one.
    label_ids: dict[tuple[int, int], int] = {}
    for record in new["annotations"]:
        number, label = _number(record, "image_id"), _number(record, "id")
        if number is None or number not in ids:
            continue
        if label is not None:
            if (number, label) not in label_ids:
                label_ids[number, label] = next_label if label in used else label
                next_label += label in used
                used.add(label)
            label = label_ids[number, label]
        labels.append(categories.explicit({**record, "id": label, "image_id": ids[number]}, 1))
    return {**current, "images": images, "annotations": labels, "categories": categories.records}


def without(content: Any, coco: Coco, names: Iterable[str]) -> dict[str, Any]:
    """Return the content of a label file without some of its images and their labels."""
    gone = {coco.images[name].id for name in names if name in coco.images}
    return {
        **content,
        "images": [record for record in content["images"] if _number(record, "id") not in gone],
        "annotations": [
            record for record in content["annotations"] if _number(record, "image_id") not in gone
        ],
    }


def numbers_of(coco: Coco) -> tuple[int, int]:
    """Return the numbers of listed drawings and of usable labels."""
    return len(coco.images), sum(map(len, coco.annotations.values()))


class _Categories:
    """The categories of both files; a label gets its category by name, so that no id changes its meaning."""

    def __init__(self, current: Any, new: Any) -> None:
        self._names = (category_names(current), category_names(new))
        listed = current.get("categories")
        self.records: list[Any] = list(listed) if isinstance(listed, list) else []
        self._ids = {name: number for number, name in reversed(self._names[0].items())}
        self._more = new.get("categories") if isinstance(new.get("categories"), list) else []
        for name in self._names[1].values():
            self._id_of(name)

    def explicit(self, record: Any, side: int) -> Any:
        """Return a label with the id of its category in the merged file; `side` is 0 for the current file."""
        if not isinstance(record, dict):
            return record
        name = category_of(record, self._names[side])
        number = self._id_of(name)
        return record if record.get("category_id") == number else {**record, "category_id": number}

    def _id_of(self, name: str) -> int:
        if name not in self._ids:
            number = max((*self._ids.values(), *self._names[0], 0)) + 1
            self._ids[name] = number
            record = next(
                (one for one in self._more if isinstance(one, dict) and one.get("name") == name), {}
            )
            self.records.append({"supercategory": "", **record, "id": number, "name": name})
        return self._ids[name]


def _same_drawings(current: Coco, names: list[str], files: Collection[str]) -> dict[str, str]:
    """Return the image of the current labels that shows the same drawing, by name."""
    before, after = match_names(current.images, files).files, match_names(names, files).files
    owners = {file: listed for listed, file in before.items()}
    twins = {name: owners[file] for name, file in after.items() if file in owners}
    rest = match_names(
        [name for name in names if name not in after], [name for name in current.images if name not in before]
    )
    return {**twins, **rest.files}


def _signature(coco: Coco, name: str) -> tuple[Any, ...]:
    """Return a value that is equal for equal labels in any order."""
    image = coco.images[name]
    shapes = sorted(
        (label.category, *(polygon.tobytes() for polygon in label.polygons))
        if label.rle is None
        else (label.category, label.rle.runs.tobytes())
        for label in coco.annotations.get(name, [])
    )
    return image.width, image.height, shapes


def _lost(coco: Coco) -> dict[str, int]:
    lost: dict[str, int] = {}
    for problem in coco.problems:
        if problem.kind == "annotation" and problem.lost and problem.image:
            lost[problem.image] = lost.get(problem.image, 0) + 1
    return lost


def _unusable(coco: Coco) -> set[str]:
    return {name for name in _lost(coco) if name not in coco.annotations}


def _count(coco: Coco, name: str) -> int:
    return len(coco.annotations.get(name, []))


def _number(record: Any, key: str) -> int | None:
    return whole(record.get(key)) if isinstance(record, dict) else None


def _after(records: list[Any]) -> int:
    return max((number for record in records if (number := _number(record, "id")) is not None), default=0) + 1
