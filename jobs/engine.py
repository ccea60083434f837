"""The queue's engine: huey carries messages to the workers and stores the data on SQLite or Redis."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from huey import Huey
from huey.serializer import SignedSerializer

from jobs.key_value import Space
from jobs.link import DamagedError, Link, Patience
from jobs.storage import LocalStorage, SharedStorage, Storage
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import identity, temporary_in
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

SECRET = "secret"  # in the queue folder


class Queue:
    """The storage of one workspace's jobs, and the messages that announce new jobs to the workers.

    Args:
        patience: how long a call waits while the queue cannot be reached; by default it raises the error at once.
        repair: replaces a lost or damaged storage.

    Raises:
        ParameterError: the address of the queue is not valid.
        QueueUnavailableError, WorkspaceError: the folder cannot be read or written, or the disk is full.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: QueueSettings,
        patience: Patience | None = None,
        repair: Callable[[DamagedError], object] | None = None,
    ) -> None:
        self.url = settings.queue
        self.folder = workspace.queue
        self._repair = repair
        self.link = Link(self.name, patience, self._replace if repair else None)
        if self.url and urlsplit(self.url).scheme not in ("redis", "rediss", "unix"):
            raise ParameterError(
                f"SUNSPOT_QUEUE was '{self.url}': use redis://HOST:PORT/DB, or leave it unset"
            )
        self._storages: dict[str, Storage] = {}
        self.link.call(self._open)

    def _replace(self, error: DamagedError) -> None:
        assert self._repair is not None
        self._repair(error)
        self._open()

    def _open(self) -> None:
        """Open the storage, for the first time or after it was replaced."""
        self._secret = _secret(self.folder / SECRET)
        self._secret_file = identity(self.folder / SECRET)
        # Workspaces may share one Redis, and machines may mount a workspace at different paths.
        self._prefix = "jobs" + sha256(self._secret).hexdigest()[:12] if self.url else "jobs"
        self._storages.clear()
        self._huey = Huey(
            f"{self._prefix}messages",
            results=False,
            serializer=SignedSerializer(secret=self._secret),
            storage_class=SharedStorage if self.url else LocalStorage,
            **self._location(),
        )
        self._message = self._huey.task(name="job")(lambda number: number)

    @property
    def name(self) -> str:
        """The engine's name for messages, without a password."""
        return f"Redis at {urlsplit(self.url).hostname}" if self.url else str(self.folder)

    def space(self, name: str) -> Space:
        """Open the keys and values of this name."""
        return Space(self.link, lambda: self._storage(name))

    def send(self, number: int) -> None:
        """Announce a waiting job to the workers."""
        self.link.call(lambda: self._huey.enqueue(self._message.s(number)))

    def receive(self) -> int | None:
        """Return the number of the next announced job, or None after waiting at most a second.

        A message that is unsigned or signed by another workspace is dropped.
        """
        try:
            task = self.link.call(lambda: self._huey.dequeue())
        except ValueError:
            return None
        return None if task is None else int(task.args[0])

    def _storage(self, name: str) -> Storage:
        self._check_secret()
        if name not in self._storages:
            kind: Any = SharedStorage if self.url else LocalStorage
            self._storages[name] = kind(f"{self._prefix}{name}", **self._location())
        return self._storages[name]

    def _check_secret(self) -> None:
        """Write the secret again if the folder was deleted: on Redis, it leads to the jobs.

        Raises:
            DamagedError: another process has written a new secret, and works with the jobs under that one.
        """
        found = identity(self.folder / SECRET)
        if not self.url or found == self._secret_file is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if _secret(self.folder / SECRET, self._secret) != self._secret:
            raise DamagedError(f"{self.folder} was deleted and created again")
        self._secret_file = identity(self.folder / SECRET)

    def _location(self) -> dict[str, Any]:
        return {"url": self.url} if self.url else {"folder": self.folder}


def _secret(path: Path, new: bytes = b"") -> bytes:
    """Return the workspace's secret; create it on first use, readable only by its owner.

    Args:
        new: the secret to create; by default a random one.
    """
    if not path.exists():
        temporary = temporary_in(path.parent)
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(new or secrets.token_hex(32).encode())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was first: its secret counts
                os.link(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return path.read_bytes()
