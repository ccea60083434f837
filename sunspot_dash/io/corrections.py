"""The corrections file of a workspace: manual corrections by drawing name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.files import atomic_write_text
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
    records = {
        name: {key: value for key, value in asdict(found).items() if value is not None}
        for name, found in sorted(corrections.items())
    }
    atomic_write_text(path, json.dumps(records, indent=1, allow_nan=False) + "\n")


def _correction(record: dict[str, Any]) -> Correction:
    disk = record.get("disk")
    return Correction(**{**record, "disk": None if disk is None else read_disk(disk)})
