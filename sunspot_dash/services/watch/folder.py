"""Look for new scans in the watch folder, and check that they are whole."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sunspot_dash.domain.drawing.arrivals import Arrivals, Stamp
from sunspot_dash.domain.drawing.names import is_utf8
from sunspot_dash.errors import ImageError, SunspotError, WorkspaceError
from sunspot_dash.io.folders import is_image
from sunspot_dash.io.images import check_whole, content_hash
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.services.catalogue.stamps import is_recent, stamp_of
from sunspot_dash.workspace import Workspace

FULL_SCAN_SECONDS = (
    60.0  # interval at which every file is checked: one that is overwritten does not change its folder
)


class WatchFolder:
    """The scans in a folder; only those that may have changed are examined again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._arrivals = Arrivals()
        self._found: dict[str, Stamp] = {}
        self._folder_stamp = -1
        self._scanned = 0.0

    def complete(self, seen: Mapping[str, Stamp], now: float | None = None) -> dict[str, Stamp]:
        """Return the new and complete scans (see `Arrivals.complete`).

        Raises:
            WorkspaceError: the folder cannot be read.
        """
        now = time.monotonic() if now is None else now
        stamp = stamp_of(self._folder)
        if stamp != self._folder_stamp or is_recent(stamp) or now - self._scanned >= FULL_SCAN_SECONDS:
            self._found = stamps_in(self._folder)
            self._folder_stamp, self._scanned = stamp, now
        elif waiting := self._arrivals.waiting:
            self._found = {name: found for name in waiting if (found := _stamp(self._folder / name))}
        else:
            return {}
        return self._arrivals.complete(self._found, seen, now)


def stamps_in(folder: Path) -> dict[str, Stamp]:
    """Return the files directly in a folder.

    Raises:
        WorkspaceError: it cannot be read.
    """
    found: dict[str, Stamp] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):  # deleted meanwhile, or a link to a missing file
                    if entry.is_file() and is_utf8(entry.name):
                        found[entry.name] = _of(entry.stat())
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be read ({error.strerror}): check the folder") from error
    return found


def fault_of(path: Path) -> str | None:
    """Return why a scan cannot be run: "" if it is whole, None if the file does not claim to be an image.

    Raises:
        OSError: it cannot be read now, but perhaps later.
    """
    if not is_image(path):
        return None
    try:
        check_whole(path)
    except ImageError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno:
            raise error.__cause__ from error
        return error.reason
    return ""


def has_result(workspace: Workspace, model: str, path: Path) -> bool:
    """Whether a model has a result for these very bytes of a scan."""
    try:
        result = read_result(result_path(workspace.results_of(model), path.name), model)
        return result.image_hash == content_hash(path)
    except SunspotError:
        return False


def _stamp(path: Path) -> Stamp | None:
    with suppress(OSError):
        return _of(path.stat())
    return None


def _of(stat: os.stat_result) -> Stamp:
    return stat.st_size, stat.st_mtime_ns
