"""Keep the index of a workspace up to date in one separate process, however many processes serve the workspace."""

from __future__ import annotations

import atexit
import fcntl
import importlib
import select
import subprocess
import sys
import threading
from pathlib import Path

from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
FIRST_INDEX_SECONDS = 3.0
CHECK_SECONDS = 2.0  # until another process takes over


def keep_indexed(workspace: Workspace) -> None:
    """Start the indexer, which ends with this process; without one, start it again, in whichever process is first."""
    indexer = _start(workspace)
    # Plotly uses a pandas that it finds imported, and fails on one that another thread is still importing: import it
    # before the first request, while the indexer starts.
    importlib.import_module("pandas")
    if indexer and indexer.stdout:
        # Wait briefly, so that the first page shows a small archive at once; a large one appears later.
        select.select([indexer.stdout], [], [], FIRST_INDEX_SECONDS)
    threading.Thread(target=_keep, args=(workspace, indexer), daemon=True).start()


def _keep(workspace: Workspace, indexer: subprocess.Popen[bytes] | None) -> None:
    ending = threading.Event()
    atexit.register(ending.set)
    while not ending.wait(CHECK_SECONDS):
        if indexer is None or indexer.poll() is not None:
            indexer = _start(workspace)


def _start(workspace: Workspace) -> subprocess.Popen[bytes] | None:
    """Start the indexer, which inherits the lock and so holds it until it ends; None if there is one."""
    command = [sys.executable, "-m", "sunspot_dash.services.catalogue.watch", str(workspace.root.resolve())]
    with (workspace.queue / "indexer.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        indexer = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            pass_fds=(lock.fileno(),),
        )
    atexit.register(indexer.terminate)
    return indexer
