"""Open a workspace's ledger; rebuild it if it is lost, damaged, or was moved to another engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from jobs.engine import Queue
from jobs.job import RECORD, Job, unpack
from jobs.ledger import Ledger
from jobs.link import DamagedError, Patience
from jobs.liveness import Watch
from jobs.storage import begin_file
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import TEMPORARY, atomic_write_text, locked
from sunspot_dash.settings import QueueSettings
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

REBUILD_LOCK = "rebuild.lock"  # in the queue folder: one process at a time rebuilds
STALE_SECONDS = 3600
Log = Callable[[str], object]


def warn(line: str) -> None:
    """Print a line on standard error."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)


def open_ledger(
    workspace: Workspace,
    settings: QueueSettings | None = None,
    log: Log = warn,
    patience: Patience | None = None,
) -> Ledger:
    """Open the ledger of a workspace, rebuilding it if needed; it is also rebuilt if it is lost later.

    Args:
        settings: by default those of the environment.
        log: receives a line for each step of a rebuild.
        patience: how long the calls of the ledger wait while the queue cannot be reached; by default not at all.

    Raises:
        ParameterError: a worker on this machine uses another engine.
        QueueUnavailableError: the queue cannot be reached.
        WorkspaceError: the disk is full, or the folder cannot be written.
    """
    workspace.create()
    settings = settings or QueueSettings()
    queue = Queue(workspace, settings, patience, lambda error: _repair(workspace, settings, log, error))
    ledger = Ledger(workspace, queue)
    ledger.signs.check()
    if ledger.signs.get("format") is None or not _same_engine(workspace, settings):
        _rebuild(workspace, settings, log, ledger)
    return ledger


def _repair(workspace: Workspace, settings: QueueSettings, log: Log, error: DamagedError) -> None:
    """Replace a deleted file, or one that is damaged, which stays where it is; rebuild the ledger."""
    workspace.create()
    with locked(workspace.queue / REBUILD_LOCK):
        try:  # another process may have done it in the meantime
            ledger = Ledger(workspace, Queue(workspace, settings))
            ledger.signs.check()
        except DamagedError:
            number = begin_file(workspace.queue)
            log(f"{error}: queue-{number - 1}.sqlite was set aside and replaced by queue-{number}.sqlite")
            ledger = Ledger(workspace, Queue(workspace, settings))
    _rebuild(workspace, settings, log, ledger)


def _rebuild(workspace: Workspace, settings: QueueSettings, log: Log, ledger: Ledger) -> None:
    """Restore the jobs from the run folders, unless another process has done it in the meantime."""
    with locked(workspace.queue / REBUILD_LOCK):
        if ledger.signs.get("format") is not None and _same_engine(workspace, settings):
            return
        engine_file = workspace.queue / "engine"
        if engine_file.exists() and not _same_engine(workspace, settings):
            if Watch(workspace, ledger.signs, settings.queue_lease).workers():
                raise ParameterError(
                    f"a worker is running on this workspace's queue at {engine_file.read_text('utf-8').strip()}: stop "
                    "it before you change SUNSPOT_QUEUE, or restore the old value"
                )
            ledger.clear()
        jobs = list(recorded_jobs(workspace, log))
        ledger.restore(jobs)
        if jobs:
            log(f"{counted(len(jobs), 'job')} restored from the run folders")
        atomic_write_text(engine_file, _engine_name(settings) + "\n")
        ledger.signs.put("format", b"1")


def recorded_jobs(workspace: Workspace, log: Log = warn) -> Iterator[Job]:
    """Yield the jobs recorded in the run folders; log each record that cannot be read."""
    for folder in workspace.runs.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            job = unpack((folder / RECORD).read_text("utf-8"))
            if str(job.number) != folder.name:
                raise ValueError(f"it belongs to job {job.number}")
            yield job
        except (OSError, ValueError, TypeError, LookupError) as error:
            log(f"{folder / RECORD} was skipped: {error}")


def sweep(workspace: Workspace) -> None:
    """Delete the temporary files of processes that were killed while writing."""
    for path in workspace.root.rglob(TEMPORARY):
        try:
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                path.unlink()
        except OSError:
            continue


def _same_engine(workspace: Workspace, settings: QueueSettings) -> bool:
    """Return whether the workspace was last used with the engine of these settings."""
    try:
        return (workspace.queue / "engine").read_text("utf-8").strip() == _engine_name(settings)
    except OSError:
        return False


def _engine_name(settings: QueueSettings) -> str:
    """Return where the queue is stored, without a password."""
    parts = urlsplit(settings.queue)
    # The name is compared with the one on disk: it must not change.
    return f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}" if settings.queue else "this folder"
