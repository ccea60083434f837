"""The labels of a workspace: check an uploaded COCO file, add or merge it, and report what cannot be used."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sunspot_dash.domain.labels.categories import listed_categories, spot_categories
from sunspot_dash.domain.labels.coco import Coco
from sunspot_dash.domain.labels.listed_names import match_names
from sunspot_dash.domain.labels.merge import MergePlan, numbers_of
from sunspot_dash.errors import CocoError
from sunspot_dash.files import file_sha256, locked
from sunspot_dash.services.dataset.label_cache import Report, store_labels
from sunspot_dash.services.dataset.label_changes import change_of, merge_into
from sunspot_dash.services.dataset.label_choice import (
    LabelChoice,
    dataset_labels,
    drawings_in,
    label_choice,
    workspace_labels,
)
from sunspot_dash.services.dataset.label_files import check_labels
from sunspot_dash.services.dataset.label_questions import keep_waiting, unusable_labels
from sunspot_dash.services.dataset.label_versions import write_labels
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

ACCEPTED, DUPLICATE, REJECTED, WAITING = "accepted", "duplicate", "rejected", "waiting"


@dataclass(frozen=True)
class UploadResult:
    """The result of an upload.

    Attributes:
        state: ACCEPTED, DUPLICATE, REJECTED, or WAITING for a decision on the page.
        name: the name under which the file is stored.
        reason: why it was rejected, or a remark.
        details: a line for each file of an archive that was not accepted.
    """

    state: str
    name: str
    reason: str = ""
    details: list[str] = field(default_factory=list)


def accept_labels(
    workspace: Workspace, temporary: Path, name: str, archive: str = "", report: Report | None = None
) -> UploadResult:
    """Check an uploaded COCO file, and add its labels to the current ones, by drawing.

    Labels of drawings that have none yet are added at once. A file that would replace existing labels is kept, and
    waits for a decision (`label_questions`).

    Args:
        archive: name of the ZIP that holds the file.
        report: receives {"done": ..., "of": ...} while the file is checked.
    """
    shown = f"{name} of {archive}" if archive else name
    try:
        coco = check_labels(temporary, name, report)
        with locked(workspace.dataset_lock):
            current = workspace.annotations_file
            here = drawings_in(workspace.images, coco.images)
            if not current.exists():
                _check_known(coco, here, (), name)
                write = partial(shutil.copyfile, temporary)
                with locked(workspace.labels_lock):
                    write_labels(workspace, write, f"upload of {shown}", numbers_of(coco))
                    store_labels(workspace, coco)
                return UploadResult(ACCEPTED, current.name, _contents(workspace))
            if file_sha256(current) == file_sha256(temporary):
                return UploadResult(DUPLICATE, current.name, "identical to the current labels")
            try:
                known = set(workspace_labels(workspace).images)
            except CocoError:
                known = set()
            _check_known(coco, here, known, name)
            plan = change_of(workspace, coco)
            if plan is not None and not plan.replaced:
                return _add(workspace, temporary, coco, plan, shown)
            question = keep_waiting(workspace, temporary, shown)
            return UploadResult(WAITING, name, f"{question.text}: decide under Labels")
    except CocoError as error:
        return UploadResult(REJECTED, name, error.reason)


@dataclass(frozen=True)
class LabelReport:
    """The labels of a dataset, for its page.

    Attributes:
        listed: number of drawings; here: of those that are in the dataset.
        labels: number of usable labels, all categories.
        categories: number of labels by category; spots: those that are spots, None if the user has to choose.
        missing: listed drawings without an image, each with a file of a similar name or "".
        left_out: (name, reason) of drawings that are neither truth nor lesson.
        matched: "matched x to y"; problems: one line for each rejected entry.
    """

    listed: int
    here: int
    labels: int
    categories: dict[str, int]
    spots: list[str] | None
    missing: dict[str, str]
    left_out: list[tuple[str, str]]
    matched: list[str]
    problems: list[str]


def label_report(workspace: Workspace) -> LabelReport:
    """Report what the COCO file lists and which entries cannot be used.

    Raises:
        CocoError: the file as a whole cannot be used.
        WorkspaceError: the choice of categories cannot be read.
    """
    coco = workspace_labels(workspace)
    choice = label_choice(workspace)
    spots = spot_categories(coco.categories, stored=choice.stored)
    everything = LabelChoice(tuple(coco.categories))
    usable = dataset_labels(workspace, everything if spots is None else choice)
    drawings, labels = numbers_of(coco)
    return LabelReport(
        listed=drawings,
        here=drawings - len(usable.missing),
        labels=labels,
        categories=coco.categories,
        spots=spots,
        missing=usable.missing,
        left_out=usable.left_out,
        matched=usable.matched,
        problems=[str(problem) for problem in usable.problems],
    )


def _check_known(coco: Coco, here: set[str], known: Iterable[str], name: str) -> None:
    """Raise CocoError if a dataset with drawings has none of a file's images."""
    # Apart, since a name may fit both the drawing and its entry in the current labels.
    if here and not any(match_names(coco.images, names).files for names in (here, known)):
        raise CocoError(
            f"none of the {counted(len(coco.images), 'image')} of {name}, for example {next(iter(coco.images))}, is a "
            f"drawing of the dataset, for example {min(here)}: upload the labelled drawings first"
        )


def _add(workspace: Workspace, temporary: Path, coco: Coco, plan: MergePlan, name: str) -> UploadResult:
    target = workspace.annotations_file
    if not plan.added:
        ignored = (
            f"; {counted(len(plan.ignored), 'drawing')} without a usable label ignored"
            if plan.ignored
            else ""
        )
        return UploadResult(DUPLICATE, target.name, f"its labels equal the current ones{ignored}")
    merge_into(workspace, temporary, coco, plan, name)
    same = f"; {counted(plan.unchanged, 'drawing')} with the same labels" if plan.unchanged else ""
    problems = f"; {found}" if (found := unusable_labels(workspace, coco)) else ""
    return UploadResult(
        ACCEPTED,
        target.name,
        f"{counted(plan.added, 'drawing')} with {counted(plan.after[1] - plan.before[1], 'label')} added to the "
        f"labels{same}{problems}; now {counted(plan.after[0], 'drawing')} with {counted(plan.after[1], 'label')}",
    )


def _contents(workspace: Workspace) -> str:
    """Describe newly uploaded labels: drawings, labels, problems, categories and how many drawings are here."""
    report = label_report(workspace)
    parts = [
        f"{counted(report.listed, 'drawing')} listed, {report.here} of them uploaded so far"
        if report.here < report.listed
        else f"{counted(report.listed, 'drawing')} with {counted(report.labels, 'label')}"
    ]
    if report.here < report.listed:
        parts.append(counted(report.labels, "label"))
    if report.problems:
        parts.append(f"{counted(len(report.problems), 'problem')}: see Labels below")
    if report.left_out:
        name, reason = report.left_out[0]
        parts.append(f"{counted(len(report.left_out), 'drawing')} left out, for example {name}: {reason}")
    if report.spots is None:
        parts.append(f"choose which labels are spots below: {listed_categories(report.categories)}")
    return "; ".join(parts)
