"""List every drawing that a workspace contains or refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.domain.drawing.names import is_utf8, printable
from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.io.folders import list_folder
from sunspot_dash.services.dataset.archive_records import archive_entries, archive_refused
from sunspot_dash.workspace import Workspace


@dataclass(frozen=True)
class Holding:
    """The file of a drawing; values that were not looked up, as on a slow or absent disk, are 0.

    Attributes:
        path: the file; bytes: its size; modified_ns: time of its last change.
        width, height: size of the image, px.
        archive: name of the imported archive that it belongs to, or "".
    """

    path: Path
    bytes: int = 0
    modified_ns: int = 0
    width: int = 0
    height: int = 0
    archive: str = ""


def holdings(workspace: Workspace, refused: list[tuple[str, str]] | None = None) -> Iterator[Holding]:
    """Yield every drawing; those in the workspace's own folders come last and win if names are equal.

    Args:
        refused: receives (name, reason) of each file that cannot be used as a drawing.
    """
    refused = [] if refused is None else refused
    yield from _of_runs(workspace)
    for head in _archive_heads(workspace):
        try:
            for path, entry in archive_entries(workspace, head.stem) or []:
                size = (entry.bytes, entry.modified_ns, entry.width, entry.height)
                if is_utf8(str(path)):
                    yield Holding(path, *size, archive=head.stem)
            refused += archive_refused(workspace, head.stem)
        except SunspotError as error:
            refused.append((f"archive {head.stem}", error.reason))
    for folder in _own_folders(workspace):
        yield from _of_folder(folder, refused)


def paths_of(workspace: Workspace) -> dict[str, Path]:
    """Return the file of every drawing, by name."""
    return {held.path.name: held.path for held in holdings(workspace)}


def unused_files(workspace: Workspace) -> list[tuple[str, str]]:
    """Return (name, reason) of everything in archives and in the workspace's own folders that is not a drawing."""
    found: list[tuple[str, str]] = []
    for head in _archive_heads(workspace):
        with suppress(SunspotError):  # `holdings` reports it
            refused = archive_refused(workspace, head.stem)
            found += [(f"{name} (archive {head.stem})", reason) for name, reason in refused]
    for folder in _own_folders(workspace):
        try:
            found += list_folder(folder).unused()
        except SunspotError as error:
            found.append((f"{folder.name}/", error.reason))
    return found


def left_out(workspace: Workspace) -> str:
    """Describe what else is in the workspace's own folders of drawings, "" if nothing."""
    parts = []
    for folder in _own_folders(workspace):
        with suppress(SunspotError):
            if text := list_folder(folder).left_out():
                parts.append(f"{folder.relative_to(workspace.root)}: {text}")
    return "; ".join(parts)


def check_names(paths: list[str]) -> None:
    """Check the names of the drawings of a run, under which their results are stored.

    Raises:
        ParameterError: two drawings have the same name, or a path is not UTF-8.
    """
    names = [Path(path).name for path in paths]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ParameterError(f"drawings: two files are named {twice}: run them in separate jobs")
    if wrong := next((path for path in paths if not is_utf8(path)), None):
        raise ParameterError(f"drawings: {printable(wrong)} is not UTF-8: rename it")


def change_stamps(workspace: Workspace) -> list[tuple[str, int]]:
    """Return (path, modification time) of everything that changes when a drawing is added or removed."""
    found = []
    for path in (*_own_folders(workspace), *_archive_heads(workspace), *_plans(workspace)):
        with suppress(OSError):
            found.append((str(path), path.stat().st_mtime_ns))
    return found


def _of_folder(folder: Path, refused: list[tuple[str, str]]) -> Iterator[Holding]:
    try:
        content = list_folder(folder)
    except SunspotError as error:
        refused.append((f"{folder.name}/", error.reason))
        return
    refused += content.refused
    for path in content.images:
        try:
            stat = path.stat()
        except OSError:  # deleted meanwhile
            continue
        yield Holding(path, stat.st_size, stat.st_mtime_ns)


def _of_runs(workspace: Workspace) -> Iterator[Holding]:
    """Yield the drawings in other folders that were processed by jobs."""
    root = workspace.root.resolve()
    for plan in _plans(workspace):
        try:
            paths = [root / path for path in json.loads(plan.read_text("utf-8"))["paths"]]
        except (OSError, ValueError, LookupError, TypeError):
            continue
        yield from (Holding(path) for path in paths if not path.is_relative_to(root) and is_utf8(str(path)))


def _own_folders(workspace: Workspace) -> tuple[Path, Path]:
    return workspace.images_to_run, workspace.images


def _archive_heads(workspace: Workspace) -> list[Path]:
    return sorted(workspace.archives.glob("*.json"))


def _plans(workspace: Workspace) -> list[Path]:
    return sorted(workspace.runs.glob("*/drawings.json"))
