"""Orientation of a drawing: mirrored or not, tilt, and which north is up."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Orientation:
    """Orientation of an archive's drawings.

    Attributes:
        mirrored: True with east on the right (USET drawings), False with east on the left (as seen in the sky).
        tilt_deg: added to every position angle, for a drawing that is rotated in the scan.
        up: "celestial" or "solar": the north that points up and from which position angles count.
    """

    mirrored: bool = True
    tilt_deg: float = 0.0
    up: str = "celestial"

    def __post_init__(self) -> None:
        if self.up not in ("celestial", "solar"):
            raise ValueError(f'orientation: up is "{self.up}", expected "celestial" or "solar"')
        if not isfinite(self.tilt_deg):
            raise ValueError(f"orientation: tilt_deg is {self.tilt_deg}, expected a finite number of degrees")


PRESETS = {
    "uset": Orientation(),
    "direct": Orientation(mirrored=False),
    "uset-solar": Orientation(up="solar"),
    "direct-solar": Orientation(mirrored=False, up="solar"),
}


# One-line description of each preset.
ABOUT_PRESETS = {
    "uset": "mirrored: celestial north up, east on the right, as on USET's drawings",
    "direct": "as in the sky: celestial north up, east on the left, as on photographs",
    "uset-solar": "mirrored: the Sun's own north up, east on the right",
    "direct-solar": "as in the sky: the Sun's own north up, east on the left",
}
