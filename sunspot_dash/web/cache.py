"""The cache in which background callbacks leave their results."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import diskcache

from sunspot_dash.files import identity

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
        if identity(self._folder / DATABASE) != self._file:
            with self._beginning:
                if identity(self._folder / DATABASE) != self._file:
                    self._begin()
        return super()._con

    def _begin(self) -> None:
        self._file = identity(self._folder / DATABASE)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        super().__init__(str(self._folder), eviction_policy="none")
        self._file = identity(self._folder / DATABASE)
