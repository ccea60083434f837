"""The queue's engine: huey carries messages to the workers and stores the data on SQLite or Redis."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from huey import Huey
from huey.serializer import SignedSerializer

from jobs.key_value import Space, translated_errors
from jobs.storage import LocalStorage, SharedStorage
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.files import temporary_in
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace


class Queue:
    """The storage of one workspace's jobs, and the messages that announce new jobs to the workers."""

    def __init__(self, workspace: Workspace, settings: QueueSettings) -> None:
        secret = _secret(workspace.queue / "secret")
        self.url = settings.queue
        self.folder = workspace.queue
        # Workspaces may share one Redis, and machines may mount a workspace at different paths.
        self._prefix = "jobs" + sha256(secret).hexdigest()[:12] if self.url else "jobs"
        if self.url and urlsplit(self.url).scheme not in ("redis", "rediss", "unix"):
            raise ParameterError(
                f"SUNSPOT_QUEUE was '{self.url}': use redis://HOST:PORT/DB, or leave it unset"
            )
        with translated_errors():
            self._huey = Huey(
                f"{self._prefix}messages",
                results=False,
                serializer=SignedSerializer(secret=secret),
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
        storage = SharedStorage if self.url else LocalStorage
        with translated_errors():
            return Space(storage(f"{self._prefix}{name}", **self._location()))

    def send(self, number: int) -> None:
        """Announce a waiting job to the workers."""
        with translated_errors():
            self._huey.enqueue(self._message.s(number))

    def receive(self) -> int | None:
        """Return the number of the next announced job, or None after waiting at most a second.

        A message that is unsigned or signed by another workspace is dropped.
        """
        with translated_errors():
            try:
                task = self._huey.dequeue()
            except ValueError:
                return None
        return None if task is None else int(task.args[0])

    def _location(self) -> dict[str, Any]:
        return {"url": self.url} if self.url else {"folder": self.folder}


def _secret(path: Path) -> bytes:
    """Return the workspace's secret; create it on first use, readable only by its owner."""
    if not path.exists():
        temporary = temporary_in(path.parent)
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was first: its secret counts
                os.link(temporary, path)
        except OSError as error:
            raise WorkspaceError(f"{path} cannot be written ({error.strerror}): check the folder") from error
        finally:
            temporary.unlink(missing_ok=True)
    return path.read_bytes()
