"""Uploaded labels that would replace existing ones: they are kept until the user has decided.

Each is a file in dataset/annotations/waiting/ with a record beside it, which survives a reload of the page and a
restart. Until the decision the labels stay as they are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sunspot_dash.domain.labels.coco import Coco
from sunspot_dash.domain.labels.merge import MergePlan, numbers_of
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.files import atomic_write, atomic_write_text, file_sha256, locked
from sunspot_dash.services.dataset.label_changes import change_of, merge_into, misfits
from sunspot_dash.services.dataset.label_choice import cached_coco
from sunspot_dash.services.dataset.label_versions import described, write_labels
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

MERGE, REPLACE, CANCEL = "merge", "replace", "cancel"
GONE = "this upload no longer waits for a decision: reload the page"


@dataclass(frozen=True)
class Question:
    """A decision that an upload waits for.

    Attributes:
        token: identifies the upload; name: of its file; date: of the upload, ISO in UT.
        text: what the file would replace, with numbers.
        merge: what merging would change, "" if the current labels cannot be used; replace: what replacing all would.
        examples: the drawings whose labels would be replaced, with the numbers of labels.
        losing: the drawings that only replacing all would leave without labels.
        unusable: which labels of the file cannot be used, "" if all can.
    """

    token: str
    name: str
    date: str
    text: str
    merge: str
    replace: str
    examples: tuple[str, ...] = ()
    losing: tuple[str, ...] = ()
    unusable: str = ""


def keep_waiting(workspace: Workspace, temporary: Path, name: str) -> Question:
    """Keep a checked upload until the user has decided; return the question.

    Raises:
        WorkspaceError: the upload cannot be stored.
    """
    token = file_sha256(temporary)[:16]
    folder = workspace.waiting_labels
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be created ({error.strerror}): check the folder") from error
    atomic_write(folder / f"{token}.json", partial(shutil.copyfile, temporary))
    record = {"name": name, "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"}
    atomic_write_text(folder / f"{token}.record", json.dumps(record) + "\n")
    return _question(workspace, token, **record)


def waiting(workspace: Workspace) -> list[str]:
    """Return the tokens of the uploads that wait for a decision, oldest first."""
    return [path.stem for path in sorted(_records(workspace), key=lambda path: path.stat().st_mtime_ns)]


def question_of(workspace: Workspace, token: str) -> Question:
    """Return what an upload would change now.

    Raises:
        ParameterError: the upload no longer waits.
        CocoError: the upload cannot be used.
    """
    path = next((path for path in _records(workspace) if path.stem == token), None)
    if path is None:
        raise ParameterError(GONE)
    return _question(workspace, token, **json.loads(path.read_text("utf-8")))


def answer(workspace: Workspace, token: str, decision: str, shown: str = "") -> str:
    """Carry out a decision on an upload and describe the result.

    Args:
        decision: MERGE, REPLACE or CANCEL.
        shown: the numbers that the user has seen for it (`Question.merge` or `replace`); nothing is done if they have
            changed since.

    Raises:
        ParameterError: the upload no longer waits, or the numbers have changed.
        WorkspaceError: the disk is full, ...; the labels are unchanged.
    """
    with locked(workspace.dataset_lock):
        if token not in waiting(workspace):
            raise ParameterError(GONE)
        file, record = _files(workspace, token)
        text = "The upload was discarded; the labels are unchanged."
        if decision != CANCEL:
            question = question_of(workspace, token)
            if shown != (question.merge if decision == MERGE else question.replace):
                raise ParameterError("the labels have changed in the meantime: check the new numbers")
            if decision == MERGE:
                coco = cached_coco(file)
                plan = change_of(workspace, coco)
                assert plan is not None  # its numbers are those of the question
                version = merge_into(workspace, file, coco, plan, question.name)
            else:
                write = partial(shutil.copyfile, file)
                version = write_labels(workspace, write, f"replaced by {question.name}")
            text = f"The labels now have {version.numbers}; earlier versions can be restored."
        for path in (record, file):
            path.unlink(missing_ok=True)
    return text


def _question(workspace: Workspace, token: str, name: str, date: str) -> Question:
    file, _ = _files(workspace, token)
    coco = cached_coco(file)
    new = described(*numbers_of(coco))
    plan = change_of(workspace, coco)
    if plan is None:
        text = f"{name} ({new}) would replace a label file that cannot be used"
        replace = f"{described(-1, -1)} → {new}"
        return Question(token, name, date, text, "", replace, unusable=unusable_labels(workspace, coco))
    lose = f" ({_keep_or_lose(len(plan.only_before), 'lose')})" if plan.only_before else ""
    return Question(
        token,
        name,
        date,
        f"{name} would replace labels of {counted(len(plan.replaced), 'drawing')}",
        _describe_merge(plan),
        f"{described(*plan.before)} → {new}{lose}",
        tuple(f"{drawing}: {before} → {counted(after, 'label')}" for drawing, before, after in plan.replaced),
        plan.only_before,
        unusable_labels(workspace, coco),
    )


def unusable_labels(workspace: Workspace, coco: Coco) -> str:
    """Say how many labels or images of a file cannot be used, and why the first of them; "" if all can."""
    lost = [problem for problem in coco.problems if problem.lost]
    kinds = {"image": "image", "annotation": "label"}
    numbers = [
        counted(number, word)
        for kind, word in kinds.items()
        if (number := sum(problem.kind == kind for problem in lost))
    ]
    parts = [f"{' and '.join(numbers)} of the file cannot be used, for example {lost[0]}"] if lost else []
    if wrong := misfits(workspace, coco):
        parts.append(
            f"the labels of {counted(len(wrong), 'drawing')} cannot be used, for example {wrong[0][0]}: {wrong[0][1]}"
        )
    return "; ".join(parts)


def _keep_or_lose(number: int, verb: str) -> str:
    return f"{number} drawings {verb} their labels" if number != 1 else f"1 drawing {verb}s its labels"


def _describe_merge(plan: MergePlan) -> str:
    before, after = sum(pair[1] for pair in plan.replaced), sum(pair[2] for pair in plan.replaced)
    kept = plan.before[0] - len(plan.replaced)
    parts = [f"{counted(len(plan.replaced), 'drawing')}: {before} → {counted(after, 'label')}"]
    if kept:
        parts.append(_keep_or_lose(kept, "keep"))
    if plan.added:
        parts.append(f"{counted(plan.added, 'drawing')} added")
    if plan.ignored:
        parts.append(f"{counted(len(plan.ignored), 'drawing')} of the file without a usable label ignored")
    return f"{described(*plan.before)} → {described(*plan.after)} ({'; '.join(parts)})"


def _records(workspace: Workspace) -> Iterable[Path]:
    with suppress(OSError):
        return [
            path for path in workspace.waiting_labels.glob("*.record") if path.with_suffix(".json").exists()
        ]
    return []


def _files(workspace: Workspace, token: str) -> tuple[Path, Path]:
    folder = workspace.waiting_labels
    return folder / f"{token}.json", folder / f"{token}.record"
