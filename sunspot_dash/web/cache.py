"""The cache in which background callbacks leave their results."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import diskcache

DATABASE = "cache.db"


class CallbackCache(diskcache.Cache):
    """A cache that begins again, empty, when its folder was deleted under the running server.

    The folder is accessible to its owner only, since its files are unpickled.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._beginning = threading.RLock()
        self._begin()

    @property
    def _con(self) -> Any:
        if self._found() != self._file:
            with self._beginning:
                if self._found() != self._file:
                    self._begin()
        return super()._con

    def _begin(self) -> None:
        self._file = self._found()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        super().__init__(str(self._folder), eviction_policy="none")
        self._file = self._found()

    def _found(self) -> tuple[int, int] | None:
        """Return device and inode of the database; None before it exists."""
        try:
            found = (self._folder / DATABASE).stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino
