"""Which scans of a watched folder are new, and complete: not a file that is still being copied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

Stamp = tuple[int, int]  # size of a file in bytes, and time of its last change in ns
SETTLED_SECONDS = 10.0  # without a change until a scan counts as complete
TOGETHER_SECONDS = 60.0  # maximum time that a complete scan waits for those that are still arriving
TEMPORARY_SUFFIXES = (
    ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".tmp", ".temp", ".swp", ".bak",
)  # fmt: skip


def is_temporary(name: str) -> bool:
    """Whether a file name is one that programs use while they write: hidden, '~usd.jpg', 'usd.jpg.part'."""
    return (
        name.startswith((".", "~"))
        or name.endswith("~")
        or PurePath(name.lower()).suffix in TEMPORARY_SUFFIXES
    )


class Arrivals:
    """The new scans of a folder, each waiting until it no longer changes.

    Times are seconds on a clock that never goes back; the files' own times are only compared with each other.
    """

    def __init__(self) -> None:
        self._unchanged: dict[str, tuple[Stamp, float]] = {}  # by name: the stamp, and since when

    @property
    def waiting(self) -> list[str]:
        """Names of the new scans: those that still change, and complete ones that are not known yet."""
        return list(self._unchanged)

    def complete(
        self, found: Mapping[str, Stamp], known: Mapping[str, Stamp], now: float
    ) -> dict[str, Stamp]:
        """Return the new scans that are complete, as one batch; none while others of the batch still arrive.

        Args:
            found: the files of the folder.
            known: those that need no run, with the stamps they had: a file with another stamp is new.
            now: current time, s.
        """
        new = {
            name: stamp
            for name, stamp in found.items()
            if known.get(name) != stamp and not is_temporary(name)
        }
        before = self._unchanged
        self._unchanged = {
            name: before[name] if name in before and before[name][0] == stamp else (stamp, now)
            for name, stamp in new.items()
        }
        ages = {name: now - since for name, (_, since) in self._unchanged.items()}
        settled = {name: new[name] for name, age in ages.items() if age >= SETTLED_SECONDS}
        if len(settled) < len(new) and max(ages.values()) < TOGETHER_SECONDS:
            return {}
        return settled
