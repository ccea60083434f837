"""The labels of a workspace: check an uploaded COCO file, add or merge it, and report what cannot be used."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sunspot_dash.domain.labels.categories import listed_categories, spot_categories
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
from sunspot_dash.services.dataset.label_files import LabelSummary, check_labels, summary_of
from sunspot_dash.services.dataset.label_questions import keep_waiting
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
    workspace: Workspace, temporary: Path, name: str, report: Report | None = None
) -> UploadResult:
    """Check an uploaded COCO file, and add its labels to the current ones, by drawing.

    Labels of drawings that have none yet are added at once. A file that would replace existing labels is kept, and
    waits for a decision (`label_questions`).

    Args:
        report: receives {"done": ..., "of": ...} while the file is checked.
    """
    try:
        coco = check_labels(temporary, name, report)
        summary = summary_of(coco)
        with locked(workspace.dataset_lock):
            current = workspace.annotations_file
            here = drawings_in(workspace.images, summary.names)
            if not current.exists():
                _check_known(summary, here, (), name)
                numbers = summary.drawings, summary.labels
                write = partial(shutil.copyfile, temporary)
                with locked(workspace.labels_lock):
                    write_labels(workspace, write, f"upload of {name}", numbers)
                    store_labels(workspace, coco)
                return UploadResult(ACCEPTED, current.name, _contents(workspace, summary))
            if file_sha256(current) == file_sha256(temporary):
                return UploadResult(DUPLICATE, current.name, "identical to the current labels")
            try:
                known = set(workspace_labels(workspace).images)
            except CocoError:
                known = set()
            _check_known(summary, here, known, name)
            plan = change_of(workspace, temporary)
            if plan is not None and not plan.replaced:
                return _add(workspace, temporary, plan, name)
            question = keep_waiting(workspace, temporary, name)
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


def _check_known(summary: LabelSummary, here: set[str], known: Iterable[str], name: str) -> None:
    """Raise CocoError if a dataset with drawings has none of a file's images."""
    # Apart, since a name may fit both the drawing and its entry in the current labels.
    if here and not any(match_names(summary.names, names).files for names in (here, known)):
        raise CocoError(
            f"none of the {counted(summary.drawings, 'image')} of {name}, for example {summary.names[0]}, is a "
            f"drawing of the dataset, for example {min(here)}: upload the labelled drawings first"
        )


def _add(workspace: Workspace, temporary: Path, plan: MergePlan, name: str) -> UploadResult:
    target = workspace.annotations_file
    if not plan.added:
        ignored = (
            f"; {counted(len(plan.ignored), 'drawing')} without a usable label ignored"
            if plan.ignored
            else ""
        )
        return UploadResult(DUPLICATE, target.name, f"its labels equal the current ones{ignored}")
    merge_into(workspace, temporary, name)
    same = f"; {counted(plan.unchanged, 'drawing')} with the same labels" if plan.unchanged else ""
    return UploadResult(
        ACCEPTED,
        target.name,
        f"{counted(plan.added, 'drawing')} with {counted(plan.after[1] - plan.before[1], 'label')} added to the "
        f"labels{same}; now {counted(plan.after[0], 'drawing')} with {counted(plan.after[1], 'label')}",
    )


def _contents(workspace: Workspace, summary: LabelSummary) -> str:
    """Describe newly uploaded labels: drawings, labels, problems, categories and how many drawings are here."""
    report = label_report(workspace)
    parts = [
        f"{counted(report.listed, 'drawing')} listed, {report.here} here yet"
        if report.here < report.listed
        else f"{counted(report.listed, 'drawing')} with {counted(summary.labels, 'label')}"
    ]
    if report.here < report.listed:
        parts.append(counted(summary.labels, "label"))
    if summary.problems:
        parts.append(f"{counted(len(summary.problems), 'problem')}: see Labels below")
    if report.spots is None:
        parts.append(f"choose which labels are spots below: {listed_categories(report.categories)}")
    return "; ".join(parts)
