"""A job split into chunks that several workers process: each chunk by one worker at a time, and counted once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from jobs.key_value import Space
from jobs.liveness import Watch

OPEN, TAKEN, DONE = "open", "taken", "done"
POLL_SECONDS = 0.5


class Chunks:
    """The chunks of one job, kept in the ledger's storage.

    Args:
        signs: the space that holds them.
        number: number of the job.
        holder: name under which this process takes chunks, "WORKER:PROCESS"; unique to the process.
    """

    def __init__(self, signs: Space, number: int, holder: str) -> None:
        self._signs = signs
        self._number = number
        self._holder = holder
        self._created = 0

    def create(self, count: int) -> None:
        """Create `count` open chunks, except those that an earlier attempt created; then store their number."""
        self._created = count
        for chunk in range(count):
            self._signs.add(self._key(chunk), _pack({"state": OPEN}))
        self._signs.put(f"chunks:{self._number}", str(count).encode())

    def count(self) -> int:
        """Return the number of chunks; 0 until `create` has created them all."""
        return int(self._signs.get(f"chunks:{self._number}") or 0)

    def take(self) -> int | None:
        """Take the first open chunk and return its index, or None if none is open."""
        taken = {"state": TAKEN, "holder": self._holder}
        for chunk, value in self._values():
            # The swap fails if another worker was first.
            if json.loads(value)["state"] == OPEN and self._swap(chunk, value, taken):
                return chunk
        return None

    def set_progress(self, chunk: int, **progress: Any) -> bool:
        """Store the progress of a taken chunk; return False if this holder no longer holds it."""
        return self._update_held(chunk, {"state": TAKEN, "holder": self._holder, **progress})

    def finish(self, chunk: int, **outcome: Any) -> bool:
        """Mark a taken chunk as done, with its outcome; return False if this holder no longer holds it."""
        return self._update_held(chunk, {"state": DONE, **outcome})

    def give_back(self, chunk: int) -> None:
        """Reopen a chunk that this holder took."""
        self._update_held(chunk, {"state": OPEN})

    def reopen(self, gone: Callable[[str], bool]) -> None:
        """Reopen the chunks whose holder is gone."""
        for chunk, value in self._values():
            record = json.loads(value)
            if record["state"] == TAKEN and gone(record["holder"]):
                self._swap(chunk, value, {"state": OPEN})

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the record of each chunk, in order."""
        for _, value in self._values():
            yield json.loads(value)

    def any_open(self) -> bool:
        return any(record["state"] == OPEN for record in self.records())

    def wait(self, watch: Watch, should_stop: Callable[[], bool]) -> bool:
        """Wait; return True once a chunk is open, False once all are done or this process should stop.

        Chunks that were lost with the queue are created again.
        """
        while not should_stop():
            if self.count() < self._created:
                self.create(self._created)
            self.reopen(lambda holder: watch.dead(holder.split(":")[0]))
            states = {record["state"] for record in self.records()}
            if OPEN in states or states <= {DONE}:
                return OPEN in states
            time.sleep(POLL_SECONDS)
        return False

    def remove(self) -> None:
        """Delete all chunks."""
        for chunk in range(self.count()):
            self._signs.delete(self._key(chunk))
        self._signs.delete(f"chunks:{self._number}")

    def _key(self, chunk: int) -> str:
        return f"chunk:{self._number}:{chunk}"

    def _values(self) -> Iterator[tuple[int, bytes]]:
        keys = [self._key(chunk) for chunk in range(self.count())]
        found = self._signs.many(keys)
        return ((chunk, found[key]) for chunk, key in enumerate(keys) if key in found)

    def _update_held(self, chunk: int, record: dict[str, Any]) -> bool:
        value = self._signs.get(self._key(chunk))
        if value is None or json.loads(value).get("holder") != self._holder:
            return False
        return self._swap(chunk, value, record)

    def _swap(self, chunk: int, value: bytes, record: dict[str, Any]) -> bool:
        return self._signs.swap(self._key(chunk), value, _pack(record))


def _pack(record: dict[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode()
