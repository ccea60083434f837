"""The labels of a workspace: a COCO file that comes in, what is wrong with it, and the one before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.domain.labels.coco import Coco, check_coco, load_coco, read_coco
from sunspot_dash.errors import SunspotError
from sunspot_dash.files import file_sha256, locked, temporary_in
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

PREVIOUS = "instances_default.previous.json"  # beside the labels that replaced it
RESTORE = "Restore previous labels"  # the button that does


@dataclass(frozen=True)
class UploadResult:
    """What became of a file.

    Attributes:
        state: kept, same or refused.
        name: as it is kept now.
        reason: why it was refused, or what there is to know.
    """

    state: str
    name: str
    reason: str = ""


@dataclass(frozen=True)
class LabelReport:
    """What a COCO file lists.

    Attributes:
        listed: how many drawings; missing: names of those that are not in the dataset.
        problems: what is wrong with labels, one line each, with its id.
    """

    listed: int
    missing: list[str]
    problems: list[str]


def take_labels(workspace: Workspace, temporary: Path, name: str) -> UploadResult:
    """Check a COCO file that has come in, and put it in the place of the one there is, which is kept beside it."""
    try:
        coco = check_coco(read_coco(temporary, name), name)
    except SunspotError as error:
        return UploadResult("refused", name, error.reason)
    with locked(workspace.dataset_lock):
        return _replace_labels(workspace.annotations_file, temporary, coco)


def _replace_labels(target: Path, temporary: Path, coco: Coco) -> UploadResult:
    told = ""
    if target.exists():
        if file_sha256(target) == file_sha256(temporary):
            return UploadResult("same", target.name, "the same labels are there")
        told = f"; replaces {_labels_of(target)}; '{RESTORE}' brings them back"
        target.replace(target.with_name(PREVIOUS))
    temporary.replace(target)
    labels = sum(len(found) for found in coco.annotations.values())
    problems = f", {counted(len(coco.problems), 'problem')}" if coco.problems else ""
    content = f"{counted(len(coco.images), 'image')} with {counted(labels, 'label')}"
    return UploadResult("kept", target.name, f"{content}{problems}{told}")


def _labels_of(path: Path) -> str:
    try:
        number = len(load_coco(path).images)
    except SunspotError:
        return "labels that could not be read"
    return f"the labels of {counted(number, 'drawing')}"


def restore_labels(workspace: Workspace) -> bool:
    """Put the labels back that the last COCO file replaced, and keep that one in turn; False where there are none."""
    target = workspace.annotations_file
    before = target.with_name(PREVIOUS)
    with locked(workspace.dataset_lock):
        if not before.exists():
            return False
        aside = temporary_in(target.parent)
        if target.exists():
            target.replace(aside)
        before.replace(target)
        if aside.exists():
            aside.replace(before)
    return True


def listed_in(coco: Coco, folder: Path) -> tuple[list[str], list[str]]:
    """The names of labelled images in their order: those that are in a folder, and those that are missing."""
    names = sorted(coco.images)
    there = [name for name in names if (folder / name).exists()]
    return there, sorted(set(names) - set(there))


def label_report(workspace: Workspace) -> LabelReport:
    """What the COCO file lists, and which of that cannot be used.

    Raises:
        CocoError: the file as a whole cannot be used.
    """
    coco = load_coco(workspace.annotations_file)
    _, missing = listed_in(coco, workspace.images)
    return LabelReport(len(coco.images), missing, [str(problem) for problem in coco.problems])
