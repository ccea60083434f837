"""Whether a workspace is watched for new scans, since when, and which files need no run."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sunspot_dash.domain.drawing.arrivals import Stamp
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.files import atomic_write_text, locked, state_of
from sunspot_dash.services.watch.folder import stamps_in
from sunspot_dash.workspace import Workspace


class Batch(BaseModel):
    """Scans that were run by one job.

    Attributes:
        job: number of the job; time: when it was submitted, ISO 8601, UTC.
        drawings: number of scans; first: name of the first one.
    """

    model_config = ConfigDict(frozen=True)

    job: int
    time: str
    drawings: int
    first: str


class WatchState(BaseModel):
    """What a workspace stores about its watch folder.

    Attributes:
        since: when the watching was switched on, ISO 8601, UTC; "" while it is off.
        seen: the files that need no run: those there at that moment, and those that were run or refused since.
        refused: reasons by name of the scans that cannot be run, until they change.
        last: the scans that were run last.
        problem: why complete scans could not be run, "" if nothing prevents it.
    """

    model_config = ConfigDict(frozen=True)

    since: str = ""
    seen: dict[str, Stamp] = {}
    refused: dict[str, str] = {}
    last: Batch | None = None
    problem: str = ""


def read_watch(workspace: Workspace) -> WatchState:
    """Read the state, which is off without a file.

    Raises:
        WorkspaceError: its file is damaged.
    """
    return _read(workspace.watch_file, state_of(workspace.watch_file))


def write_watch(workspace: Workspace, state: WatchState) -> None:
    """Replace the state; the caller holds `workspace.watch_lock`."""
    atomic_write_text(workspace.watch_file, state.model_dump_json() + "\n")


def switch(workspace: Workspace, on: bool) -> None:
    """Switch the watching on or off; scans that are in the folder when it is switched on are left out.

    Raises:
        WorkspaceError: the folder cannot be read, or the setting cannot be stored.
    """
    with locked(workspace.watch_lock):
        before = read_watch(workspace)
        if on and not before.since:
            # The stamps, not the time: a scan that is copied keeps the time at which it was made.
            here = stamps_in(workspace.images_to_run)
            write_watch(workspace, WatchState(since=now_text(), seen=here, last=before.last))
        elif before.since and not on:
            write_watch(workspace, WatchState(last=before.last))


def set_problem(workspace: Workspace, text: str) -> None:
    """Store why complete scans could not be run, "" if nothing prevents it any more."""
    if read_watch(workspace).problem == text:
        return
    with locked(workspace.watch_lock):
        state = read_watch(workspace)
        if state.since:
            write_watch(workspace, state.model_copy(update={"problem": text}))


def now_text() -> str:
    """Return the current time as the state stores it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@lru_cache(maxsize=2)
def _read(path: Path, version: tuple[int, int, int]) -> WatchState:
    """Parse a version of the file: with all files of a large archive it takes longer than a quiet round may."""
    try:
        return WatchState.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return WatchState()
    except (OSError, ValidationError) as error:
        raise WorkspaceError(
            f"{path} cannot be read: restore it, or delete it and switch the watch folder on again"
        ) from error
