"""The records of imported archives: a table of the files of each, and the folder in which they are."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sunspot_dash.domain.drawing.names import is_utf8, printable
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.file_names import MODEL_NAME
from sunspot_dash.files import state_of
from sunspot_dash.io.folders import NAME_REASON
from sunspot_dash.workspace import Workspace


@dataclass(frozen=True)
class Entry:
    """One file of an archive; `state` is kept, same (as the file named in `reason`) or refused (for `reason`).

    `pages` is the number of images in the file, of which the first is used; 0 in tables of earlier versions.
    """

    name: str
    state: str
    reason: str = ""
    date: str = ""
    time: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0
    modified_ns: int = 0
    sha256: str = ""
    pages: int = 0


def check_archive_name(name: str) -> str:
    """Return the name if it is valid as a file name on every system.

    Raises:
        ParameterError: the name is not valid.
    """
    if not MODEL_NAME.fullmatch(name):
        raise ParameterError(f"'{name}' cannot name an archive: use 1 to 64 letters, digits, '-', '_', '.'")
    return name


def archive_files(workspace: Workspace, name: str) -> tuple[Path, Path]:
    """Return the paths of an archive's table and of its head, which need not exist; create their folder."""
    workspace.archives.mkdir(parents=True, exist_ok=True)
    return workspace.archives / f"{check_archive_name(name)}.csv", workspace.archives / f"{name}.json"


def archive_entries(workspace: Workspace, name: str) -> list[tuple[Path, Entry]] | None:
    """Return the accepted drawings of an archive and their entries; None if no archive has this name.

    Raises:
        WorkspaceError: the record of the archive is damaged.
    """
    if not MODEL_NAME.fullmatch(name):
        return None
    table, head = archive_files(workspace, name)
    if not head.exists():
        return None
    try:
        folder = Path(json.loads(head.read_text("utf-8"))["folder"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WorkspaceError(f"{head} cannot be read: import the archive '{name}' again") from error
    return [(folder / entry.name, entry) for entry in entries_in(table) if entry.state == "kept"]


def archive_refused(workspace: Workspace, name: str) -> list[tuple[str, str]]:
    """Return (name, reason) of the files of an archive that cannot be used."""
    table, _ = archive_files(workspace, name)
    return list(_refused_in(table, state_of(table)))


@lru_cache(maxsize=64)
def _refused_in(table: Path, _state: tuple[int, int, int]) -> tuple[tuple[str, str], ...]:
    return tuple((entry.name, entry.reason) for entry in entries_in(table) if entry.state == "refused")


def archive_left_out(workspace: Workspace, name: str) -> str:
    """Return what the import of an archive left out, in words, "" if nothing or unknown."""
    _, head = archive_files(workspace, name)
    try:
        return str(json.loads(head.read_text("utf-8")).get("left_out", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def archive_drawings(workspace: Workspace, name: str) -> list[Path] | None:
    """Return the accepted drawings of an archive; None if no archive has this name."""
    entries = archive_entries(workspace, name)
    return None if entries is None else [path for path, _ in entries]


def entries_in(path: Path) -> Iterator[Entry]:
    """Yield the entries of a table, up to the first incomplete row.

    Raises:
        WorkspaceError: the table cannot be read.
    """
    if not path.exists():
        return
    try:
        yield from _rows(path)
    except (OSError, csv.Error) as error:
        raise WorkspaceError(f"{path} cannot be read ({error}): import the archive again") from error


def _rows(path: Path) -> Iterator[Entry]:
    types = {"width": int, "height": int, "bytes": int, "modified_ns": int, "pages": int}
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        for row in csv.DictReader(file):
            try:
                entry = Entry(**{key: types.get(key, str)(value) for key, value in row.items()})  # type: ignore[arg-type]
            except (TypeError, ValueError):
                return
            # Tables of earlier versions hold such names.
            yield entry if is_utf8(entry.name) else Entry(printable(entry.name), "refused", NAME_REASON)
