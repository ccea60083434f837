"""The file of tags of a workspace: {name of a drawing: [tag, ...]}."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from sunspot_dash.errors import WorkspaceError
from sunspot_dash.files import atomic_write_text

Tags = dict[str, tuple[str, ...]]


def read_tags(path: Path) -> Tags:
    """Read the tags of all drawings by name; empty without a file.

    Raises:
        WorkspaceError: the file is damaged.
    """
    try:
        records = json.loads(path.read_text("utf-8"))
        return {name: tuple(str(tag) for tag in tags) for name, tags in records.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise WorkspaceError(
            f"{path} cannot be read ({error}): restore it, or delete it to continue without tags"
        ) from error


def write_tags(path: Path, tags: Mapping[str, tuple[str, ...]]) -> None:
    """Write the tags of all drawings atomically, without drawings that have none; the inverse of `read_tags`."""
    records = {name: list(found) for name, found in sorted(tags.items()) if found}
    atomic_write_text(path, json.dumps(records, indent=1) + "\n")
