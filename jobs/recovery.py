"""Opening a workspace's ledger, whatever became of it: lost, damaged, or moved from one engine to the other."""

from __future__ import annotations

import fcntl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from jobs.engine import Queue
from jobs.job import RECORD, Job, unpack
from jobs.key_value import DamagedError
from jobs.ledger import Ledger
from jobs.liveness import Watch
from jobs.storage import begin_file
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.files import TEMPORARY, atomic_write_text
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

STALE_SECONDS = 3600
Say = Callable[[str], object]


def aloud(line: str) -> None:
    """Say something on standard error."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)


def open_ledger(
    workspace: Workspace,
    settings: QueueSettings | None = None,
    say: Say = aloud,
) -> Ledger:
    """The ledger of a workspace, in working order.

    Args:
        settings: by default those of the environment.
        say: receives a sentence when the ledger had to be rebuilt.

    Raises:
        ParameterError: another engine is in use by a worker of this machine.
        QueueError: Redis does not answer.
    """
    workspace.create()
    settings = settings or QueueSettings()
    try:
        ledger = Ledger(workspace, Queue(workspace, settings))
        ledger.signs.check()
        whole = ledger.signs.get("format") is not None and _engine(workspace, settings)
    except DamagedError as error:
        return set_aside(workspace, settings, say, error)
    return ledger if whole else _rebuilt(workspace, settings, say, ledger)


def set_aside(workspace: Workspace, settings: QueueSettings, say: Say, error: DamagedError) -> Ledger:
    """Leave a damaged ledger where it is, under its number, and begin the next from the run folders."""
    with _alone(workspace):
        try:  # another process may have done it meanwhile
            ledger = Ledger(workspace, Queue(workspace, settings))
            ledger.signs.check()
        except DamagedError:
            number = begin_file(workspace.queue)
            say(f"{error}: queue-{number - 1}.sqlite is set aside, queue-{number}.sqlite takes its place")
            ledger = Ledger(workspace, Queue(workspace, settings))
    return _rebuilt(workspace, settings, say, ledger)


def _rebuilt(workspace: Workspace, settings: QueueSettings, say: Say, ledger: Ledger) -> Ledger:
    with _alone(workspace):
        if ledger.signs.get("format") is not None and _engine(workspace, settings):
            return ledger
        mark = workspace.queue / "engine"
        if mark.exists() and not _engine(workspace, settings):
            if Watch(workspace, ledger.signs, settings.queue_lease).workers():
                raise ParameterError(
                    f"a worker runs on this workspace's queue at {mark.read_text('utf-8').strip()}: stop it before "
                    "SUNSPOT_QUEUE is changed, or set that as it was"
                )
            ledger.clear()
        jobs = list(recorded_jobs(workspace, say))
        ledger.restore(jobs)
        if jobs:
            say(f"{len(jobs)} jobs were taken up from their run folders")
        atomic_write_text(mark, _place(settings) + "\n")
        ledger.signs.put("format", b"1")
    return ledger


def recorded_jobs(workspace: Workspace, say: Say = aloud) -> Iterator[Job]:
    """The jobs as their run folders tell; a folder that cannot be read is told."""
    for folder in workspace.runs.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            job = unpack((folder / RECORD).read_text("utf-8"))
            if str(job.number) != folder.name:
                raise ValueError(f"it is of job {job.number}")
            yield job
        except (OSError, ValueError, TypeError, LookupError) as error:
            say(f"{folder / RECORD} was left out: {error}")


def sweep(workspace: Workspace) -> None:
    """Remove the temporary files of writers that were killed."""
    for path in workspace.root.rglob(TEMPORARY):
        try:
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                path.unlink()
        except OSError:
            continue


def _engine(workspace: Workspace, settings: QueueSettings) -> bool:
    """Whether the workspace was last used with the engine of these settings."""
    try:
        return (workspace.queue / "engine").read_text("utf-8").strip() == _place(settings)
    except OSError:
        return False


def _place(settings: QueueSettings) -> str:
    """Where the queue is, without a password."""
    parts = urlsplit(settings.queue)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}" if settings.queue else "this folder"


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """One process at a time rebuilds."""
    try:
        with (workspace.queue / "rebuild.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise WorkspaceError(
            f"{workspace.queue} cannot be written ({error.strerror}): check the folder"
        ) from error
