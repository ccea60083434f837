"""Named spaces of keys and values, the same for SQLite and Redis; their errors are translated into this program's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from huey.constants import EmptyData
from redis.exceptions import RedisError

from jobs.storage import Storage
from sunspot_dash.errors import QueueError, WorkspaceError

KEYS_PER_QUERY = 500  # below SQLite's limit on parameters


class DamagedError(QueueError):
    """The ledger's file is not a valid database: set it aside and rebuild it (jobs/recovery.py)."""


class Space:
    """Keys and values under one name. Each call is atomic and, once it returns, durable.

    Raises:
        DamagedError, QueueError: the storage is damaged, or does not answer (every method).
        WorkspaceError: the disk is full (methods that write).
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def get(self, key: str) -> bytes | None:
        with translated_errors():
            value = self._storage.peek_data(key)
        return None if value is EmptyData else bytes(value)

    def many(self, keys: list[str]) -> dict[str, bytes]:
        """Return the values of those keys that exist."""
        found: dict[str, bytes] = {}
        with translated_errors():
            for start in range(0, len(keys), KEYS_PER_QUERY):
                part = self._storage.peek_many(keys[start : start + KEYS_PER_QUERY])
                found |= {key if isinstance(key, str) else key.decode(): value for key, value in part.items()}
        return found

    def items(self) -> dict[str, bytes]:
        with translated_errors():
            return self._storage.result_items()

    def put(self, key: str, value: bytes) -> None:
        with translated_errors():
            self._storage.put_data(key, value)

    def add(self, key: str, value: bytes) -> bool:
        """Store a value if the key has none; return False if it has one."""
        with translated_errors():
            return self._storage.put_if_empty(key, value)

    def swap(self, key: str, old: bytes, new: bytes) -> bool:
        """Replace `old` by `new`; return False if the value is not `old`."""
        with translated_errors():
            return self._storage.swap(key, old, new)

    def delete(self, key: str) -> None:
        with translated_errors():
            self._storage.delete_data(key)

    def count(self, key: str, amount: int = 1) -> int:
        """Add to a counter, which starts at 0, and return it."""
        with translated_errors():
            return self._storage.incr(key, amount)

    def clear(self) -> None:
        with translated_errors():
            self._storage.flush_all()

    def check(self) -> None:
        with translated_errors():
            self._storage.check()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn errors of SQLite and Redis into QueueError, DamagedError or WorkspaceError."""
    try:
        yield
    except RedisError as error:
        raise QueueError(
            f"the queue's Redis does not answer ({error}): start it, or unset SUNSPOT_QUEUE"
        ) from error
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise WorkspaceError(
                "the disk is full: nothing was changed; free some space and try again"
            ) from error
        raise QueueError(f"the queue's file cannot be used ({error}): check the folder 'queue'") from error
    except sqlite3.DatabaseError as error:
        raise DamagedError(f"the queue's file is damaged ({error})") from error
