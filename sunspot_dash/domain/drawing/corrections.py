"""What an observer sets by hand for one drawing, where its name, its limb or its orientation is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from typing import Any

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.names import date_and_time
from sunspot_dash.domain.drawing.orientation import Orientation


@dataclass(frozen=True)
class Correction:
    """Of one drawing; what is None stays as the sheet, its name or its archive say.

    Attributes:
        date: "YYYY-MM-DD" (UT); time: "HH:MM" (UT), or "" where only the day is known.
        disk: the limb, px of the page.
        mirrored: east on the right; tilt_deg, up: as of `Orientation`.

    Raises:
        ValueError: there is no such date, or a value is not finite or out of its range.
    """

    date: str | None = None
    time: str = ""
    disk: Disk | None = None
    mirrored: bool | None = None
    tilt_deg: float | None = None
    up: str | None = None

    def __post_init__(self) -> None:
        if self.date is not None:
            datetime.strptime(f"{self.date} {self.time or '00:00'}", "%Y-%m-%d %H:%M")
        if self.disk is not None and not (
            self.disk.radius > 0 and all(map(isfinite, (self.disk.x, self.disk.y, self.disk.radius)))
        ):
            raise ValueError(f"{self.disk} is no disk")
        if self.up is not None:
            Orientation(up=self.up)
        if self.tilt_deg is not None and not abs(self.tilt_deg) <= 360:
            raise ValueError(f"a tilt of {self.tilt_deg} degrees: -360 to 360 is possible")

    def date_and_time(self, name: str) -> tuple[str, str]:
        """('YYYY-MM-DD', 'HH:MM') in UT as set, else as the drawing's name says."""
        return date_and_time(name) if self.date is None else (self.date, self.time)

    def orientation(self, archive: Orientation) -> Orientation:
        """How the sheet lies: as set, else as its archive's do."""
        by_hand: dict[str, Any] = {"mirrored": self.mirrored, "tilt_deg": self.tilt_deg, "up": self.up}
        return replace(archive, **{name: value for name, value in by_hand.items() if value is not None})


NONE = Correction()
