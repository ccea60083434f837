"""Where the queue's data is stored: a SQLite file in the workspace, or Redis.

huey provides both storages. Added here: compare-and-swap, which neither of them has, and switching to a new SQLite
file after the current one was set aside as damaged.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from huey.storage import RedisStorage, SqliteStorage
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from sunspot_dash.files import identity, temporary_in

BUSY_SECONDS = 30
ANSWER_SECONDS = 5  # of Redis
SWAP_LUA = """
if redis.call('hget', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[3])
return 1
"""


class Storage(Protocol):
    """The methods of both storages that are used."""

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
    def instance(self) -> str: ...


class LocalStorage(SqliteStorage):
    """huey's SQLite storage, durable at each commit, in the newest of the files `queue-N.sqlite` of a folder.

    A damaged file is never renamed: a SQLite process that has it open would delete the journal of the new one.
    A file with the next number replaces it, and every open storage switches to that file by itself.

    Raises:
        sqlite3.DatabaseError: the file was deleted (every method).
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._folder = folder
        self._conn: Any = None
        self._opened: tuple[int, int] | None = None
        if not folder.is_dir():
            raise sqlite3.DatabaseError(f"{folder} was deleted")
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
            self._forget()
        found = identity(self.path)
        if found is None:
            self._forget()
            raise sqlite3.DatabaseError(f"{self.path} was deleted")
        if found != self._opened:  # deleted, and created again by another process
            self._forget()
            self._opened = found
        if self._conn is not None and self._conn.in_transaction:  # its commit failed
            self._conn.rollback()
        return super().conn

    def _forget(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def swap(self, key: str, old: bytes, new: bytes) -> bool:
        """Replace `old` by `new`; return False if the value is not `old`."""
        sql = "update kv set value = ? where queue = ? and key = ? and value = ?"
        with self.db(commit=True) as cursor:
            cursor.execute(sql, (new, self.name, key, old))
            return cursor.rowcount == 1

    def check(self) -> None:
        """Raise sqlite3.DatabaseError if the file is damaged."""
        found = self.sql("pragma quick_check(1)", results=True)[0][0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)

    def instance(self) -> str:
        """Return a text that changes if the file was replaced and may have lost changes."""
        return f"{self.path.name} {identity(self.path)}"


class SharedStorage(RedisStorage):
    """huey's Redis storage."""

    def __init__(self, name: str, url: str) -> None:
        # No retries here: the answer of a swap that is repeated unnoticed would be wrong (see `Space.swap`).
        pool = ConnectionPool.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        super().__init__(name, connection_pool=pool)
        self._swap = self.conn.register_script(SWAP_LUA)

    def swap(self, key: str, old: bytes, new: bytes) -> bool:
        """Replace `old` by `new`; return False if the value is not `old`."""
        return bool(self._swap(keys=[self.result_key], args=[key, old, new]))

    def check(self) -> None:
        """Raise RedisError if the server cannot be reached."""
        self.conn.ping()

    def instance(self) -> str:
        """Return a text that changes if the server was restarted and may have lost changes."""
        return str(self.conn.info("server")["run_id"])


def begin_file(folder: Path) -> int:
    """Create the next `queue-N.sqlite`, empty and complete, and return N; the earlier files remain."""
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
