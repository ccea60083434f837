"""Named spaces of keys and values, the same for SQLite and Redis."""

from __future__ import annotations

from collections.abc import Callable

from huey.constants import EmptyData

from jobs.link import Link
from jobs.storage import Storage

KEYS_PER_QUERY = 500  # below SQLite's limit on parameters


class Space:
    """Keys and values under one name. Each call is atomic and, once it returns, durable.

    A call waits while the queue cannot be reached (see `Link`).

    Args:
        link: makes the calls.
        storage: returns the storage in use, which changes when a lost one is replaced.

    Raises:
        DamagedError, QueueUnavailableError: as `Link.call` (every method).
        WorkspaceError: the disk is full (methods that write).
    """

    def __init__(self, link: Link, storage: Callable[[], Storage]) -> None:
        self._link = link
        self._storage = storage

    def get(self, key: str) -> bytes | None:
        value = self._link.call(lambda: self._storage().peek_data(key))
        return None if value is EmptyData else bytes(value)

    def many(self, keys: list[str]) -> dict[str, bytes]:
        """Return the values of those keys that exist."""
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), KEYS_PER_QUERY):
            some = keys[start : start + KEYS_PER_QUERY]
            part = self._link.call(lambda some=some: self._storage().peek_many(some))  # type: ignore[misc]
            found |= {key if isinstance(key, str) else key.decode(): value for key, value in part.items()}
        return found

    def items(self) -> dict[str, bytes]:
        return self._link.call(lambda: self._storage().result_items())

    def put(self, key: str, value: bytes) -> None:
        self._link.call(lambda: self._storage().put_data(key, value))

    def add(self, key: str, value: bytes) -> bool:
        """Store a value if the key has none; return False if it has one."""
        return self._settled(lambda: self._storage().put_if_empty(key, value), key, value)

    def swap(self, key: str, old: bytes, new: bytes) -> bool:
        """Replace `old` by `new`; return False if the value is not `old`.

        `new` names its writer: after a failure, it shows whether the lost answer was True.
        """
        return self._settled(lambda: self._storage().swap(key, old, new), key, new)

    def delete(self, key: str) -> None:
        self._link.call(lambda: self._storage().delete_data(key))

    def count(self, key: str, amount: int = 1) -> int:
        """Add to a counter, which starts at 0, and return it; after a failure, it may have counted twice."""
        return self._link.call(lambda: self._storage().incr(key, amount))

    def clear(self) -> None:
        self._link.call(lambda: self._storage().flush_all())

    def check(self) -> None:
        self._link.call(lambda: self._storage().check())

    def instance(self) -> str:
        """Return a text that changes if the storage was replaced or restarted, and so may have lost changes."""
        return self._link.call(lambda: self._storage().instance())

    def _settled(self, write: Callable[[], bool], key: str, value: bytes) -> bool:
        """Return whether a write succeeded, even if an earlier try did and only its answer was lost."""
        failed = False

        def once() -> bool:
            nonlocal failed
            try:
                return write() or (failed and self._storage().peek_data(key) == value)
            except Exception:
                failed = True
                raise

        return self._link.call(once)
