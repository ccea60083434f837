"""Detect dead workers without comparing the clocks of two machines."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from jobs.key_value import Space
from sunspot_dash.errors import QueueError
from sunspot_dash.files import writing
from sunspot_dash.workspace import Workspace


def host() -> str:
    """Return an identifier of this machine until it restarts; a container counts as a machine of its own."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{platform.node()}-{boot.read_text()[:8]}" if boot.exists() else platform.node()


class Presence:
    """Evidence that a worker is alive: a file that it keeps locked, and a heartbeat counter."""

    def __init__(self, workspace: Workspace, signs: Space, devices: list[str]) -> None:
        self._workspace, self._devices = workspace, devices
        self.id = f"{platform.node()}-{os.getpid()}-{secrets.token_hex(2)}"
        self._signs = signs
        self._beats = 0
        self._path = workspace.queue / "workers" / f"{self.id}.json"
        self._file: IO[str] | None = None
        self._show()

    def _show(self) -> None:
        """Write and lock the file.

        Raises:
            WorkspaceError: it cannot be written.
        """
        if self._file is not None:
            self._file.close()
        with writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            fcntl.flock(self._file, fcntl.LOCK_EX)
            json.dump({"host": host(), "pid": os.getpid(), "devices": self._devices}, self._file)
            self._file.flush()

    def beat(self) -> None:
        """Increment the heartbeat; write the file again if it was deleted."""
        if not self._path.exists():
            self._show()
        self._beats += 1
        self._signs.put(f"beat:{self.id}", str(self._beats).encode())

    def end(self) -> None:
        """Unregister: from now on the worker counts as dead."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()
        self._signs.delete(f"beat:{self.id}")


class Watch:
    """Detects dead workers: on this machine by their lock, which the system releases; elsewhere by their heartbeat.

    A worker elsewhere is dead after `lease` seconds without a new heartbeat, on this process's own monotonic clock.
    """

    def __init__(self, workspace: Workspace, signs: Space, lease: float) -> None:
        self._folder = workspace.queue / "workers"
        self._signs = signs
        self._lease = lease
        self._seen: dict[str, tuple[bytes | None, float]] = {}

    def dead(self, worker: str) -> bool:
        """Return whether the worker with this id is dead."""
        path = self._folder / f"{worker}.json"
        if _read(path).get("host") == host():
            return _unlocked(path)
        try:
            beat, now = self._signs.get(f"beat:{worker}"), time.monotonic()
        except QueueError:
            self._seen.clear()  # nobody could send a heartbeat either: each lease begins again
            raise
        before = self._seen.get(worker)
        if before is None or before[0] != beat:
            self._seen[worker] = (beat, now)
            return False
        return now - before[1] > self._lease

    def workers(self) -> list[dict[str, Any]]:
        """Return {"id", "host", "pid", "devices"} of each worker that is not known to be dead."""
        records = [{"id": path.stem, **_read(path)} for path in sorted(self._folder.glob("*.json"))]
        return [record for record in records if not self.dead(record["id"])]

    def sweep(self) -> None:
        """Delete the files and heartbeats of dead workers."""
        for path in self._folder.glob("*.json"):
            if self.dead(path.stem):
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                self._signs.delete(f"beat:{path.stem}")


def _read(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        return dict(json.loads(path.read_text("utf-8")))
    return {}


def _unlocked(path: Path) -> bool:
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
