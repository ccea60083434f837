"""Modification times by which the indexer notices changes."""

from __future__ import annotations

import time
from pathlib import Path

RECENT_SECONDS = 2.0


def stamp_of(path: Path) -> int:
    """Return the modification time of a file or folder, ns since 1970; 0 if it cannot be examined."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def is_recent(stamp: int) -> bool:
    """Whether a change is so recent that the next one may have the same modification time."""
    return time.time() - stamp / 1e9 < RECENT_SECONDS
