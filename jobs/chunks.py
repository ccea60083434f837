"""A job in parts that several workers take, each part by one at a time and counted once."""

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
    """The chunks of one job, durable in the ledger's storage.

    Args:
        signs: where they are kept.
        number: the job's.
        holder: who takes chunks here, "WORKER:PROCESS"; unique to this process.
    """

    def __init__(self, signs: Space, number: int, holder: str) -> None:
        self._signs = signs
        self._number = number
        self._holder = holder

    def begin(self, count: int) -> None:
        """Make `count` open chunks, where they were not made by an earlier attempt; then tell that they are there."""
        for chunk in range(count):
            self._signs.add(self._key(chunk), _pack({"state": OPEN}))
        self._signs.put(f"chunks:{self._number}", str(count).encode())

    def count(self) -> int:
        """How many there are; 0 before `begin` has made them all."""
        return int(self._signs.get(f"chunks:{self._number}") or 0)

    def take(self) -> int | None:
        """Take the first open chunk; None when none is open."""
        for chunk, value in self._values():
            if json.loads(value)["state"] == OPEN and self._swap(
                chunk, value, {"state": TAKEN, "holder": self._holder}
            ):
                return chunk
        return None

    def tell(self, chunk: int, **progress: Any) -> bool:
        """Note how far a taken chunk is; False when it is no longer this holder's."""
        return self._own(chunk, {"state": TAKEN, "holder": self._holder, **progress})

    def finish(self, chunk: int, **outcome: Any) -> bool:
        """Note what came of a taken chunk; False when it is no longer this holder's."""
        return self._own(chunk, {"state": DONE, **outcome})

    def give_back(self, chunk: int) -> None:
        """Open a taken chunk again."""
        self._own(chunk, {"state": OPEN})

    def open_again(self, gone: Callable[[str], bool]) -> None:
        """Open the chunks whose holder is gone."""
        for chunk, value in self._values():
            record = json.loads(value)
            if record["state"] == TAKEN and gone(record["holder"]):
                self._swap(chunk, value, {"state": OPEN})

    def records(self) -> Iterator[dict[str, Any]]:
        """What is known of each chunk, in order."""
        for _, value in self._values():
            yield json.loads(value)

    def any_open(self) -> bool:
        return any(record["state"] == OPEN for record in self.records())

    def wait(self, watch: Watch, should_stop: Callable[[], bool]) -> bool:
        """Wait until a chunk is open again (True), or all are done or this process should stop (False)."""
        while not should_stop():
            self.open_again(lambda holder: watch.dead(holder.split(":")[0]))
            states = {record["state"] for record in self.records()}
            if OPEN in states or states <= {DONE}:
                return OPEN in states
            time.sleep(POLL_SECONDS)
        return False

    def remove(self) -> None:
        """Forget them all."""
        for chunk in range(self.count()):
            self._signs.delete(self._key(chunk))
        self._signs.delete(f"chunks:{self._number}")

    def _key(self, chunk: int) -> str:
        return f"chunk:{self._number}:{chunk}"

    def _values(self) -> Iterator[tuple[int, bytes]]:
        keys = [self._key(chunk) for chunk in range(self.count())]
        found = self._signs.many(keys)
        return ((chunk, found[key]) for chunk, key in enumerate(keys) if key in found)

    def _own(self, chunk: int, record: dict[str, Any]) -> bool:
        value = self._signs.get(self._key(chunk))
        held = value is not None and json.loads(value).get("holder") == self._holder
        return held and self._swap(chunk, value or b"", record)

    def _swap(self, chunk: int, value: bytes, record: dict[str, Any]) -> bool:
        return self._signs.swap(self._key(chunk), value, _pack(record))


def _pack(record: dict[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode()
