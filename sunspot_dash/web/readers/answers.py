"""Answers that need the checked labels: computed in the background, so that no page waits for minutes."""

from __future__ import annotations

import pickle
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from typing import Any, TypeVar

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.label_cache import (
    are_label_files_small,
    are_labels_cached,
    cache_labels,
    labels_state,
)
from sunspot_dash.web.readers.pool import Readers
from sunspot_dash.web.readers.slots import RETRY_SECONDS, Busy
from sunspot_dash.workspace import Workspace

PATIENCE_SECONDS = 2.0  # then the page says that labels are being read
KEPT = 16
T = TypeVar("T")


class StillReading(SunspotError):
    """Labels are being read; the message says how far."""


class Answers:
    """The answers of one server process, each for a state of the label file."""

    def __init__(self, workspace: Workspace, readers: Readers) -> None:
        self._workspace = workspace
        self._readers = readers
        self._lock = threading.Lock()
        self._futures: OrderedDict[bytes, Future[Any]] = OrderedDict()
        self._progress = ""

    def get(self, function: Callable[..., T], *arguments: Any, state: str = "") -> T:
        """Return what a function that needs the labels returns.

        Args:
            state: a text that changes with whatever else the answer depends on.

        Raises:
            StillReading: the answer takes longer; ask again.
            Exception: as raised by the function.
        """
        if are_label_files_small(self._workspace):
            return function(*arguments)
        key = pickle.dumps((function, arguments, state, labels_state(self._workspace)))
        with self._lock:
            future = self._futures.get(key)
            if future is None:
                future = self._begin(function, arguments)
                self._futures[key] = future
            self._futures.move_to_end(key)
            while len(self._futures) > KEPT:
                self._futures.popitem(last=False)
        try:
            found: T = future.result(PATIENCE_SECONDS)
        except NotYet:
            raise StillReading(f"reading labels … {self._progress}".strip()) from None
        except Exception:
            with self._lock:
                self._futures.pop(key, None)
            raise
        return found

    def change(self, function: Callable[..., T], *arguments: Any) -> T:
        """Carry out a change of the labels and return its result.

        Raises:
            Exception: as raised by the function, or by `Readers.run`.
        """
        if are_label_files_small(self._workspace):
            return function(*arguments)
        return self._readers.run(function, *arguments, large=True)

    def _begin(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Future[Any]:
        future: Future[Any] = Future()

        def work() -> None:
            try:
                if not are_labels_cached(self._workspace):
                    self._run(cache_labels, (self._workspace,), self._note)
                future.set_result(self._run(function, arguments))
            except Exception as error:
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future

    def _run(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        report: Callable[[Any], object] | None = None,
    ) -> Any:
        while True:
            with suppress(Busy):
                return self._readers.run(function, *arguments, large=True, report=report)
            time.sleep(RETRY_SECONDS)

    def _note(self, event: dict[str, int]) -> None:
        self._progress = f"{100 * event['done'] // max(event['of'], 1)} %"
