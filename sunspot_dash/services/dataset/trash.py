"""Delete and restore files; each deletion is a folder in the workspace's trash."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.files import atomic_write_text, locked, place_new
from sunspot_dash.io.results import result_path, safe_name
from sunspot_dash.workspace import Workspace

LIST = "deleted.json"
KEPT_DAYS = 30
DRAWINGS, REFERENCES, MODELS = "drawings", "references", "models"  # kinds of what is deleted
PICTURES = ("mask", "overlay", "crop", "disk")


@dataclass(frozen=True)
class Deletion:
    """One deletion: its folder's name, the names to display, the deleted paths relative to the workspace, its kind."""

    number: str
    names: list[str]
    paths: list[str]
    kind: str = DRAWINGS


def delete_drawings(workspace: Workspace, files: Iterable[Path]) -> Deletion:
    """Move drawings and their results to the trash; labels remain in the COCO file.

    Args:
        files: drawings in the workspace's own folders.

    Raises:
        ParameterError: a drawing belongs to an imported archive, which is never changed.
        WorkspaceError: the disk is full, ...; the files moved so far can be restored.
    """
    files = list(files)
    for file in files:
        if file.parent not in (workspace.images, workspace.images_to_run):
            raise ParameterError(
                f"{file.name} belongs to the imported folder {file.parent}, which is never changed: delete it there"
            )
    paths = [path for file in files for path in (file, *_found_on(workspace, file.name)) if path.exists()]
    return to_trash(workspace, [file.name for file in files], paths)


def to_trash(workspace: Workspace, names: list[str], paths: Iterable[Path], kind: str = DRAWINGS) -> Deletion:
    """Move files and folders of the workspace to the trash; `names` are the names to display.

    Raises:
        WorkspaceError: the disk is full, ...; the files moved so far can be restored.
    """
    _purge(workspace)
    inside = [str(path.relative_to(workspace.root)) for path in paths]
    number = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.urandom(2).hex()}"
    deletion = Deletion(number, names, inside, kind)
    folder = workspace.trash / number
    try:
        folder.mkdir(parents=True)
        # The list is written first, so that all files can be restored even after a crash while moving.
        atomic_write_text(folder / LIST, json.dumps(vars(deletion), indent=1) + "\n")
        with locked(workspace.dataset_lock):
            for path in inside:
                _move(workspace.root / path, folder / path)
    except OSError as error:
        raise WorkspaceError(
            f"not all files were deleted ({error.strerror}): free some space and try again, or undo the deletion"
        ) from error
    return deletion


def restore(workspace: Workspace, number: str) -> tuple[Deletion, list[str]]:
    """Undo a deletion; return it and the paths that are taken by new files (these stay in the trash).

    Raises:
        WorkspaceError: there is no such deletion, or the files cannot be moved.
    """
    deletion = next((found for found in deletions(workspace) if found.number == number), None)
    if deletion is None:
        raise WorkspaceError("this deletion is no longer in the trash")
    folder, taken = workspace.trash / number, []
    try:
        with locked(workspace.dataset_lock):
            for path in deletion.paths:
                if (folder / path).exists() and not _move(folder / path, workspace.root / path):
                    taken.append(path)
            if not taken:
                shutil.rmtree(folder)
    except OSError as error:
        raise WorkspaceError(f"not all files were restored ({error.strerror}): try again") from error
    return deletion, taken


def deletions(workspace: Workspace, kind: str = "") -> list[Deletion]:
    """Return the deletions that can be undone, of one kind or of all, newest first."""
    found = []
    for path in sorted(workspace.trash.glob(f"*/{LIST}"), reverse=True):
        with suppress(OSError, ValueError, TypeError):
            found.append(Deletion(**json.loads(path.read_text("utf-8"))))
    return [deletion for deletion in found if kind in ("", deletion.kind)]


def _found_on(workspace: Workspace, name: str) -> list[Path]:
    """Return the paths of a drawing's result files and pictures for every model."""
    found = []
    for folder in workspace.all_results():
        pictures = workspace.segmented / folder.parent.name
        # Named after the full name if another drawing has the same stem (see `picture_stems`).
        stem = next(
            (stem for stem in (name, Path(name).stem) if (pictures / f"{safe_name(stem)}_mask.png").exists()),
            name,
        )
        found += [result_path(folder, name)]
        found += [pictures / f"{safe_name(stem)}_{what}.png" for what in PICTURES]
    return found


def _move(source: Path, target: Path) -> bool:
    """Move a file or folder unless the target exists; return whether it was moved."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return place_new(source, target)


def _purge(workspace: Workspace) -> None:
    """Permanently remove deletions older than KEPT_DAYS."""
    for folder in workspace.trash.glob("*"):
        if folder.stat().st_mtime < time.time() - KEPT_DAYS * 86400:
            shutil.rmtree(folder, ignore_errors=True)
