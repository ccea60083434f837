"""How far the check of an upload is, in a file, so that every server process of a workspace can show it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from sunspot_dash.files import atomic_write_text
from sunspot_dash.workspace import Workspace

TOKEN = re.compile(r"[0-9a-zA-Z-]{8,64}")  # chosen by the page
INTERVAL_SECONDS = 0.5


class UploadProgress:
    """The progress of one upload; ends with the context."""

    def __init__(self, workspace: Workspace, token: str) -> None:
        self._file = _file(workspace, token)
        self._next = 0.0

    def __enter__(self) -> UploadProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def __call__(self, event: dict[str, int]) -> None:
        """Note {"done": ..., "of": ...}, not too often."""
        if self._file is not None and time.monotonic() > self._next:
            self._next = time.monotonic() + INTERVAL_SECONDS
            atomic_write_text(self._file, json.dumps(event))


def read_progress(workspace: Workspace, token: str) -> dict[str, Any]:
    """Return the last event of an upload, {} if there is none."""
    file = _file(workspace, token)
    try:
        return dict(json.loads(file.read_text("utf-8"))) if file is not None else {}
    except (OSError, ValueError):
        return {}


def _file(workspace: Workspace, token: str) -> Path | None:
    return workspace.queue / f"upload-{token}.json" if TOKEN.fullmatch(token) else None
