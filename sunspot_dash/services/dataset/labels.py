"""The labels of a workspace: accept, check and restore its COCO file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.domain.labels.coco import Coco, check_coco, read_coco
from sunspot_dash.errors import SunspotError
from sunspot_dash.files import file_sha256, locked, temporary_in
from sunspot_dash.services.dataset.label_cache import Report, load_labels, store_labels
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

PREVIOUS = "instances_default.previous.json"  # kept beside the labels that replaced it
RESTORE = "Restore previous labels"  # caption of the button
ACCEPTED, DUPLICATE, REJECTED = "accepted", "duplicate", "rejected"


@dataclass(frozen=True)
class UploadResult:
    """The result of an upload.

    Attributes:
        state: ACCEPTED, DUPLICATE or REJECTED.
        name: the name under which the file is stored.
        reason: why it was rejected, or a remark.
    """

    state: str
    name: str
    reason: str = ""


@dataclass(frozen=True)
class LabelReport:
    """The contents of a COCO file.

    Attributes:
        listed: number of drawings; missing: names of those that are not in the dataset.
        problems: one line for each problem with a label, with the label's id.
    """

    listed: int
    missing: list[str]
    problems: list[str]


def accept_labels(
    workspace: Workspace, temporary: Path, name: str, report: Report | None = None
) -> UploadResult:
    """Check an uploaded COCO file and replace the current one, which is kept as PREVIOUS.

    Args:
        report: receives {"done": ..., "of": ...} while the file is checked.
    """
    try:
        coco = check_coco(read_coco(temporary, name), name, report)
    except SunspotError as error:
        return UploadResult(REJECTED, name, error.reason)
    with locked(workspace.dataset_lock):
        return _replace_labels(workspace, temporary, coco)


def _replace_labels(workspace: Workspace, temporary: Path, coco: Coco) -> UploadResult:
    note, target = "", workspace.annotations_file
    if target.exists():
        if file_sha256(target) == file_sha256(temporary):
            return UploadResult(DUPLICATE, target.name, "identical to the current labels")
        note = f"; replaces {_labels_of(workspace)}; '{RESTORE}' undoes this"
        target.replace(target.with_name(PREVIOUS))
    with locked(workspace.labels_lock):
        temporary.replace(target)
        store_labels(workspace, coco)
    labels = sum(len(found) for found in coco.annotations.values())
    problems = f", {counted(len(coco.problems), 'problem')}" if coco.problems else ""
    content = f"{counted(len(coco.images), 'image')} with {counted(labels, 'label')}"
    return UploadResult(ACCEPTED, target.name, f"{content}{problems}{note}")


def _labels_of(workspace: Workspace) -> str:
    try:
        number = len(load_labels(workspace).images)
    except SunspotError:
        return "labels that could not be read"
    return f"the labels of {counted(number, 'drawing')}"


def restore_labels(workspace: Workspace) -> bool:
    """Swap the current labels with the previous ones; return False if there are no previous labels."""
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
    """Return the sorted names of the listed images that are in a folder, and of those that are missing."""
    names = sorted(coco.images)
    there = [name for name in names if (folder / name).exists()]
    return there, sorted(set(names) - set(there))


def label_report(workspace: Workspace) -> LabelReport:
    """Report what the COCO file lists and which entries cannot be used.

    Raises:
        CocoError: the file as a whole cannot be used.
    """
    coco = load_labels(workspace)
    _, missing = listed_in(coco, workspace.images)
    return LabelReport(len(coco.images), missing, [str(problem) for problem in coco.problems])
