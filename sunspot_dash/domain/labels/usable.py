"""The labels that may serve as truth or as a lesson: of spots, and on drawings that are labelled completely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sunspot_dash.domain.labels.categories import listed_categories
from sunspot_dash.domain.labels.coco import Coco, CocoImage, Problem
from sunspot_dash.domain.labels.listed_names import Matches
from sunspot_dash.text import counted

SHOWN_REASONS = 3
KEEP = (
    "'Also use partly labelled drawings' (--keep-partly-labelled; for a job keep_partly_labelled=true) uses the labels "
    "that are usable"
)


@dataclass(frozen=True)
class UsableLabels:
    """The usable labels of a folder's drawings, and everything that was left out.

    Attributes:
        coco: images and labels by drawing, the file's name relative to the folder.
        listed: number of images in the label file.
        spots: number of labels by category that is a spot; other: by category that was left out.
        missing: listed images without a file, each with a file of a similar name or "".
        left_out: (name, reason) of the other images that were left out.
        partly: (name, reason) of partly labelled drawings, whether they were left out or kept.
        matched: "matched x to y" for names that differ.
        problems: rejected labels of these categories and rejected images.
    """

    coco: Coco = field(default_factory=Coco)
    listed: int = 0
    spots: dict[str, int] = field(default_factory=dict)
    other: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    partly: list[tuple[str, str]] = field(default_factory=list)
    matched: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def kept_partly(self) -> list[str]:
        """Names of the partly labelled drawings that were kept."""
        return [name for name, _ in self.partly if name in self.coco.images]

    def failed(self, folder: object) -> list[tuple[str, str]]:
        """Return (name, reason) of every listed image that was left out; `folder` is that of the images."""
        return [(name, _missing(folder, near)) for name, near in self.missing.items()] + self.left_out

    def remarks(self) -> list[str]:
        """Return a line for each thing that the number of labels does not show."""
        lines = []
        if self.other:
            counting = listed_categories(self.spots) or "none"
            lines.append(f"counted as spots: {counting}; left out: {listed_categories(self.other)}")
        lines += self.matched
        if kept := self.kept_partly:
            lines.append(f"partly labelled, but kept: {', '.join(kept)}")
        elif self.partly:
            lines.append(
                f"{counted(len(self.partly), 'drawing')} only partly labelled and therefore left out; {KEEP}"
            )
        return lines

    def hint(self) -> str:
        """Return the end of an error about labels that cannot be used: how to use partly labelled drawings."""
        return f"; {KEEP}" if self.partly and not self.kept_partly else ""

    def rejected(self) -> list[str]:
        """Return a line for each image or label that cannot be used."""
        return [str(problem) for problem in self.problems if problem.lost]

    def as_dict(self) -> dict[str, object]:
        """Return what was used and left out as a JSON-ready dictionary."""
        return {
            "categories": self.spots,
            "left_out_categories": self.other,
            "partly_labelled": [{"name": name, "reason": reason} for name, reason in self.partly],
            "kept_partly_labelled": self.kept_partly,
            "unusable": self.rejected(),
            "matched": self.matched,
        }


def select_usable(
    coco: Coco,
    matches: Matches,
    spots: Sequence[str],
    keep_partly_labelled: bool = False,
    sizes: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> UsableLabels:
    """Select the labels that can be used.

    Args:
        coco: the checked label file, by listed name.
        matches: the files of its images.
        spots: the categories that are spots.
        keep_partly_labelled: also use drawings that have some unusable labels.
        sizes: (width, height) in px of the files, where known. Labels made for another size are left out.
    """
    chosen = set(spots)
    lost: dict[str, list[Problem]] = {}
    for problem in coco.problems:
        if problem.kind == "annotation" and problem.lost and problem.category in chosen:
            lost.setdefault(problem.image, []).append(problem)
    used = Coco(categories=coco.categories)
    result = UsableLabels(
        used,
        len(coco.images),
        {name: coco.categories.get(name, 0) for name in spots},
        {name: number for name, number in coco.categories.items() if name not in chosen and number},
        dict(matches.missing),
        list(matches.unclear.items()),
        matched=matches.notes,
        problems=[one for one in coco.problems if one.kind == "image" or one.category in chosen],
    )
    used.problems.extend(result.problems)
    for listed, name in sorted(matches.files.items(), key=lambda pair: pair[1]):
        if reason := size_problem(coco.images[listed], sizes.get(name)):
            result.left_out.append((name, reason))
            continue
        labels = [label for label in coco.annotations.get(listed, []) if label.category in chosen]
        if faulty := lost.get(listed):
            reason = _faulty(faulty, len(labels))
            if labels:
                result.partly.append((name, reason))
            if not (labels and keep_partly_labelled):
                result.left_out.append((name, reason))
                continue
        used.images[name] = replace(coco.images[listed], file_name=name)
        if labels:
            used.annotations[name] = labels
    return result


def size_problem(image: CocoImage, size: tuple[int, int] | None) -> str:
    """Return why the labels of an image do not fit a drawing of a size, px; "" if they do, or the size is unknown."""
    if size is None or size == (image.width, image.height):
        return ""
    return (
        f"it has {size[0]} x {size[1]} px, but its labels are for {image.width} x {image.height}: use the image that "
        "was labelled"
    )


def _faulty(problems: list[Problem], usable: int) -> str:
    share = f"{len(problems)} of its {counted(len(problems) + usable, 'label')}"
    subject = f"{share} cannot be used" if usable else "none of its labels is usable"
    reasons: dict[str, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.reason, []).append(problem.id)
    named = [
        f"{_ids(ids)}: {_of_each(reason) if len(ids) > 1 else reason}"
        for reason, ids in list(reasons.items())[:SHOWN_REASONS]
    ]
    return f"{subject} ({'; '.join(named)}{'; ...' if len(reasons) > SHOWN_REASONS else ''})"


def _of_each(reason: str) -> str:
    """Return a reason for several labels: 'each has only a box'."""
    return reason.replace("it ", "each ", 1) if reason.startswith("it ") else reason


def _ids(ids: list[str]) -> str:
    more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
    return f"{'annotation' if len(ids) == 1 else 'annotations'} {', '.join(ids[:5])}{more}"


def _missing(folder: object, near: str) -> str:
    return f"it is not in {folder}" + (f"; {near} has a similar name" if near else "")
