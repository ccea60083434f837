"""Manual corrections of a drawing's date, time, limb, orientation or observer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from math import isfinite
from typing import Any

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.names import UNDATED, date_and_time, printable
from sunspot_dash.domain.drawing.orientation import Orientation

NOON = "12:00"
LONGEST_OBSERVER = 80


@dataclass(frozen=True)
class Correction:
    """Manual correction of one drawing; a field that is None keeps the automatic value.

    Attributes:
        date: "YYYY-MM-DD" (UT); time: "HH:MM" (UT), or "" where only the day is known.
        disk: the limb, px of the drawing.
        mirrored: whether east is on the right; tilt_deg, up: as in `Orientation`.
        observer: who made the drawing, "" for the one in the observers' table.

    Raises:
        ValueError: the date does not exist, or a value is not finite or out of range.
    """

    date: str | None = None
    time: str = ""
    disk: Disk | None = None
    mirrored: bool | None = None
    tilt_deg: float | None = None
    up: str | None = None
    observer: str = ""

    def __post_init__(self) -> None:
        if self.date is not None:
            _check_written(self.date, self.time)
        if self.disk is not None and not (
            self.disk.radius > 0 and all(map(isfinite, (self.disk.x, self.disk.y, self.disk.radius)))
        ):
            raise ValueError(f"{self.disk} is not a valid disk: expected finite numbers and a radius above 0")
        if self.up is not None:
            Orientation(up=self.up)
        if self.tilt_deg is not None and not abs(self.tilt_deg) <= 360:
            raise ValueError(f"tilt is {self.tilt_deg} degrees, expected -360 to 360")
        if len(self.observer) > LONGEST_OBSERVER or printable(self.observer) != self.observer:
            raise ValueError(
                f"the observer's name is too long or has invisible characters: use up to {LONGEST_OBSERVER} letters"
            )

    def date_and_time(self, name: str) -> tuple[str, str]:
        """Return ('YYYY-MM-DD', 'HH:MM') in UT, corrected or from the file name."""
        return date_and_time(name) if self.date is None else (self.date, self.time)

    def observation_time(self, name: str) -> datetime | None:
        """Return the time (UT), noon if only the day is known, None for an undated drawing."""
        day, clock = self.date_and_time(name)
        if day == UNDATED:
            return None
        return datetime.fromisoformat(f"{day}T{clock or NOON}").replace(tzinfo=UTC)

    def orientation(self, archive: Orientation) -> Orientation:
        """Return the drawing's orientation: the archive's, with the corrected fields replaced."""
        corrected: dict[str, Any] = {"mirrored": self.mirrored, "tilt_deg": self.tilt_deg, "up": self.up}
        return replace(archive, **{name: value for name, value in corrected.items() if value is not None})


NONE = Correction()


def observation_times(
    names: Iterable[str], corrections: Mapping[str, Correction]
) -> dict[str, datetime | None]:
    """Return the time (UT) of each drawing, corrected or from its name; None for an undated drawing."""
    return {name: corrections.get(name, NONE).observation_time(name) for name in names}


def _check_written(day: str, clock: str) -> None:
    """Raise ValueError unless a date and a time exist and are written as 1957-01-17 and 09:30."""
    if date.fromisoformat(day).isoformat() != day:
        raise ValueError(f"the date is {day!r}, expected YYYY-MM-DD")
    if clock and time.fromisoformat(clock).strftime("%H:%M") != clock:
        raise ValueError(f"the time is {clock!r}, expected HH:MM")
