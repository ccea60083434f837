"""Where jobs are kept and how word of them travels: a SQLite file in the workspace, or Redis.

huey has both storages and the transport. All that is ours here is a compare-and-swap, which neither offers, and
that a file which was set aside is not written on. Everything above speaks to `Space` and `Queue` alone.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from huey import Huey
from huey.constants import EmptyData
from huey.serializer import SignedSerializer
from huey.storage import RedisStorage, SqliteStorage
from redis.exceptions import RedisError

from sunspot_dash.errors import ParameterError, QueueError, WorkspaceError
from sunspot_dash.files import temporary_in
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace

BUSY_SECONDS = 30
SWAP_LUA = """
if redis.call('hget', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[3])
return 1
"""


class DamagedError(QueueError):
    """The ledger's file is no database any more: set it aside and rebuild (jobs/recovery.py)."""


class LocalStorage(SqliteStorage):
    """huey's SQLite storage, durable at each commit, in the newest of the files `queue-N.sqlite` of a folder.

    A damaged file is never renamed: SQLite processes that have it open would take away the new one's journal.
    The next number takes its place, and every open storage goes over to it by itself.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._folder = folder
        self._conn: Any = None
        self._number = max(_numbers(folder), default=0) or begin_file(folder)
        super().__init__(name, str(self.path), fsync=True, strict_fifo=True, timeout=BUSY_SECONDS)

    @property
    def path(self) -> Path:
        """The file in use."""
        return self._folder / f"queue-{self._number}.sqlite"

    @property
    def conn(self) -> Any:
        if (self._folder / f"queue-{self._number + 1}.sqlite").exists():
            self._number = max(_numbers(self._folder))
            self.filename = str(self.path)
            if self._conn is not None:
                self._conn.close()
                self._conn = None
        return super().conn

    def swap(self, key: str, old: bytes, new: bytes) -> bool:
        """Put `new` in the place of `old`; False when something else is there."""
        sql = "update kv set value = ? where queue = ? and key = ? and value = ?"
        with self.db(commit=True) as cursor:
            cursor.execute(sql, (new, self.name, key, old))
            return cursor.rowcount == 1

    def check(self) -> None:
        """Raise sqlite3.DatabaseError when the file is damaged."""
        found = self.sql("pragma quick_check(1)", results=True)[0][0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)


class SharedStorage(RedisStorage):
    """huey's Redis storage."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(name, url=url)
        self._swap = self.conn.register_script(SWAP_LUA)

    def swap(self, key: str, old: bytes, new: bytes) -> bool:
        """Put `new` in the place of `old`; False when something else is there."""
        return bool(self._swap(keys=[self.result_key], args=[key, old, new]))

    def check(self) -> None:
        """Raise RedisError when it cannot be reached."""
        self.conn.ping()


class Storage(Protocol):
    """What both storages offer, as far as it is used."""

    def peek_data(self, key: str) -> Any: ...
    def peek_many(self, keys: list[str]) -> dict[Any, bytes]: ...
    def put_data(self, key: str, value: bytes) -> None: ...
    def put_if_empty(self, key: str, value: bytes) -> bool: ...
    def delete_data(self, key: str) -> bool: ...
    def result_items(self) -> dict[str, bytes]: ...
    def incr(self, key: str, amount: int) -> int: ...
    def swap(self, key: str, old: bytes, new: bytes) -> bool: ...
    def flush_all(self) -> None: ...
    def check(self) -> None: ...


class Space:
    """Keys and values under one name. Each call is atomic and, once it returns, durable.

    Raises:
        DamagedError, QueueError: the storage is damaged, or does not answer (every method).
        WorkspaceError: the disk is full (methods that write).
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def get(self, key: str) -> bytes | None:
        with _translated():
            value = self._storage.peek_data(key)
        return None if value is EmptyData else bytes(value)

    def many(self, keys: list[str]) -> dict[str, bytes]:
        """The values of those keys that exist."""
        found: dict[str, bytes] = {}
        with _translated():
            for start in range(0, len(keys), 500):  # SQLite takes so many parameters at least
                part = self._storage.peek_many(keys[start : start + 500])
                found |= {key if isinstance(key, str) else key.decode(): value for key, value in part.items()}
        return found

    def items(self) -> dict[str, bytes]:
        with _translated():
            return self._storage.result_items()

    def put(self, key: str, value: bytes) -> None:
        with _translated():
            self._storage.put_data(key, value)

    def add(self, key: str, value: bytes) -> bool:
        """Put a value where none is; False when one is there."""
        with _translated():
            return self._storage.put_if_empty(key, value)

    def swap(self, key: str, old: bytes, new: bytes) -> bool:
        """Put `new` in the place of `old`; False when something else is there."""
        with _translated():
            return self._storage.swap(key, old, new)

    def delete(self, key: str) -> None:
        with _translated():
            self._storage.delete_data(key)

    def count(self, key: str, amount: int = 1) -> int:
        """Add to a counter, which begins at 0, and return it."""
        with _translated():
            return self._storage.incr(key, amount)

    def clear(self) -> None:
        with _translated():
            self._storage.flush_all()

    def check(self) -> None:
        with _translated():
            self._storage.check()


class Queue:
    """The storage of one workspace's jobs, and the messages that tell workers of new ones."""

    def __init__(self, workspace: Workspace, settings: QueueSettings) -> None:
        secret = _secret(workspace.queue / "secret")
        self.url = settings.queue
        self.folder = workspace.queue
        # Workspaces may share a Redis, and machines mount one workspace at different paths.
        self._prefix = "jobs" + sha256(secret).hexdigest()[:12] if self.url else "jobs"
        if self.url and urlsplit(self.url).scheme not in ("redis", "rediss", "unix"):
            raise ParameterError(
                f"SUNSPOT_QUEUE was '{self.url}': use redis://HOST:PORT/DB, or leave it unset"
            )
        with _translated():
            self._huey = Huey(
                f"{self._prefix}messages",
                results=False,
                serializer=SignedSerializer(secret=secret),
                storage_class=SharedStorage if self.url else LocalStorage,
                **self._where(),
            )
        self._message = self._huey.task(name="job")(lambda number: number)

    @property
    def name(self) -> str:
        """What a user calls this engine; no password is in it."""
        return f"Redis at {urlsplit(self.url).hostname}" if self.url else str(self.folder)

    def space(self, name: str) -> Space:
        """The keys and values of this name."""
        storage = SharedStorage if self.url else LocalStorage
        with _translated():
            return Space(storage(f"{self._prefix}{name}", **self._where()))

    def send(self, number: int) -> None:
        """Tell the workers that a job waits."""
        with _translated():
            self._huey.enqueue(self._message.s(number))

    def receive(self) -> int | None:
        """The number of a job that was told of and not yet received; waits a second at most.

        A message that is not ours (unsigned, or signed by another workspace) is dropped.
        """
        with _translated():
            try:
                task = self._huey.dequeue()
            except ValueError:
                return None
        return None if task is None else int(task.args[0])

    def _where(self) -> dict[str, Any]:
        return {"url": self.url} if self.url else {"folder": self.folder}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise QueueError(
            f"the queue's Redis does not answer ({error}): start it, or unset SUNSPOT_QUEUE"
        ) from error
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise WorkspaceError(
                "the disk is full: nothing was changed; free some space and repeat"
            ) from error
        raise QueueError(f"the queue's file cannot be used ({error}): check the folder 'queue'") from error
    except sqlite3.DatabaseError as error:
        raise DamagedError(f"the queue's file is damaged ({error})") from error


def begin_file(folder: Path) -> int:
    """Make the next `queue-N.sqlite`, empty and whole, and return N; the earlier ones are left as they are."""
    temporary = temporary_in(folder)
    number = max(_numbers(folder), default=0) + 1
    try:
        SqliteStorage("", str(temporary), journal_mode="delete", strict_fifo=True).close()
        with suppress(FileExistsError):  # another process was first
            os.link(temporary, folder / f"queue-{number}.sqlite")
    finally:
        temporary.unlink(missing_ok=True)
    return number


def _numbers(folder: Path) -> list[int]:
    return [int(path.stem.removeprefix("queue-")) for path in folder.glob("queue-[0-9]*.sqlite")]


def _secret(path: Path) -> bytes:
    """The workspace's own secret, made at first use, readable by its owner alone."""
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
