"""The corrections file of a workspace, and the log of all changes to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.files import atomic_write_text
from sunspot_dash.io.journals import append_lines, lines_of
from sunspot_dash.io.results import read_disk


def read_corrections(path: Path) -> dict[str, Correction]:
    """Read all corrections by drawing name; empty if there is no file.

    Raises:
        WorkspaceError: the file is damaged.
    """
    try:
        found = path.stat()
        return dict(_read(path, (found.st_mtime_ns, found.st_size, found.st_ino)))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise WorkspaceError(
            f"{path} cannot be read ({error}): restore it, or delete it to continue without corrections"
        ) from error


@lru_cache(maxsize=4)
def _read(path: Path, _state: tuple[int, int, int]) -> dict[str, Correction]:
    """Read one state of the file; cached, since pages ask for single drawings of thousands."""
    return {name: _correction(record) for name, record in json.loads(path.read_text("utf-8")).items()}


def write_corrections(path: Path, corrections: Mapping[str, Correction]) -> None:
    """Write all corrections atomically; the inverse of `read_corrections`."""
    records = {name: _record(found) for name, found in sorted(corrections.items())}
    atomic_write_text(path, json.dumps(records, indent=1, allow_nan=False) + "\n")


@dataclass(frozen=True)
class Change:
    """One line of the log: who changed the correction of a drawing, and when (UT).

    Attributes:
        by: the person, "" if not known.
    """

    at: datetime
    by: str
    name: str
    before: Correction
    after: Correction


def append_changes(
    path: Path, by: str, before: Mapping[str, Correction], after: Mapping[str, Correction]
) -> None:
    """Append one line for each drawing whose correction differs; they are on the disk when this returns.

    Raises:
        WorkspaceError: they cannot be written; the log is unchanged.
    """
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    changed = [
        (name, before.get(name, NONE), after.get(name, NONE)) for name in sorted(before.keys() | after.keys())
    ]
    lines = [
        {"at": at, "by": by, "name": name, "before": _record(old), "after": _record(new)}
        for name, old, new in changed
        if old != new
    ]
    if lines:
        append_lines(path, [json.dumps(line, allow_nan=False) for line in lines])


def last_change(path: Path, name: str) -> Change | None:
    """Return the last change to the correction of a drawing, None if the log has none that can be read."""
    try:
        lines = lines_of(path)
    except OSError:  # missing, or too large
        return None
    wanted = json.dumps(name).encode()
    for line in reversed(lines):
        if wanted not in line:
            continue
        try:
            record = json.loads(line)
            if record["name"] == name:
                return Change(
                    datetime.fromisoformat(record["at"]),
                    str(record["by"]),
                    name,
                    _correction(record["before"]),
                    _correction(record["after"]),
                )
        except (
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ):  # half written by a process that was killed
            continue
    return None


def _record(correction: Correction) -> dict[str, Any]:
    """Return a correction as in the file, without the fields that keep the automatic value."""
    return {key: value for key, value in asdict(correction).items() if value not in (None, "")}


def _correction(record: dict[str, Any]) -> Correction:
    disk = record.get("disk")
    return Correction(**{**record, "disk": None if disk is None else read_disk(disk)})
