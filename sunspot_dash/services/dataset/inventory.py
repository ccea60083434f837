"""List every drawing that a workspace contains or refers to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.errors import SunspotError
from sunspot_dash.io.images import looks_like_image
from sunspot_dash.services.dataset.archives import archive_entries
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


def holdings(workspace: Workspace) -> Iterator[Holding]:
    """Yield every drawing; those in the workspace's own folders come last and win if names are equal."""
    yield from _of_runs(workspace)
    for head in _archive_heads(workspace):
        try:
            for path, entry in archive_entries(workspace, head.stem) or []:
                size = (entry.bytes, entry.modified_ns, entry.width, entry.height)
                yield Holding(path, *size, archive=head.stem)
        except SunspotError:
            continue
    for folder in _own_folders(workspace):
        with os.scandir(folder) as entries:
            for found in entries:
                if not found.name.startswith(".") and looks_like_image(Path(found.path)):
                    stat = found.stat()
                    yield Holding(Path(found.path), stat.st_size, stat.st_mtime_ns)


def change_stamps(workspace: Workspace) -> list[tuple[str, int]]:
    """Return (path, modification time) of everything that changes when a drawing is added or removed."""
    paths = [*_own_folders(workspace), *_archive_heads(workspace), *_plans(workspace)]
    return [(str(path), path.stat().st_mtime_ns) for path in paths if path.exists()]


def _of_runs(workspace: Workspace) -> Iterator[Holding]:
    """Yield the drawings in other folders that were processed by jobs."""
    root = workspace.root.resolve()
    for plan in _plans(workspace):
        try:
            paths = [root / path for path in json.loads(plan.read_text("utf-8"))["paths"]]
        except (OSError, ValueError, LookupError):
            continue
        yield from (Holding(path) for path in paths if not path.is_relative_to(root))


def _own_folders(workspace: Workspace) -> tuple[Path, Path]:
    return workspace.images_to_run, workspace.images


def _archive_heads(workspace: Workspace) -> list[Path]:
    return sorted(workspace.archives.glob("*.json"))


def _plans(workspace: Workspace) -> list[Path]:
    return sorted(workspace.runs.glob("*/drawings.json"))
