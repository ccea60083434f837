"""What a job is given to do its work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.chunks import Chunks
from jobs.liveness import Watch
from sunspot_dash.workspace import Workspace

Params = dict[str, Any]


@dataclass
class Context:
    """All that a job is given.

    Attributes:
        folder: its run folder.
        resumed: whether an earlier attempt was claimed.
        report, should_stop: as everywhere.
        cancelled: whether the stop that is asked for is for good.
        fence: raises when another attempt has taken over.
        chunks, watch, chunk_size: for a job that several workers share.
    """

    workspace: Workspace
    params: Params
    folder: Path
    resumed: bool
    report: Callable[[dict[str, Any]], None]
    should_stop: Callable[[], bool]
    cancelled: Callable[[], bool]
    fence: Callable[[], None]
    chunks: Chunks
    watch: Watch
    chunk_size: int
