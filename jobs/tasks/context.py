"""The arguments of a job's function."""

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
    """Everything a job needs to do its work.

    Attributes:
        folder: the job's run folder.
        resumed: whether there was an earlier attempt.
        report: receives progress events.
        should_stop: returns whether to stop at the next opportunity.
        cancelled: returns whether the job is to stop permanently.
        fence: raises if another attempt has taken over.
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
