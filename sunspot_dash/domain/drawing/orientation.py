"""Which way a drawing is turned: mirrored or not, its tilt, and which north is up."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Orientation:
    """How an archive's drawings lie on the page.

    Attributes:
        mirrored: True with east on the right (USET drawings), False with east on the left (the sky).
        tilt_deg: added to every position angle, for a sheet that lies turned in the scan.
        up: "celestial" or "solar": the north that points up, from which position angles then count.
    """

    mirrored: bool = True
    tilt_deg: float = 0.0
    up: str = "celestial"

    def __post_init__(self) -> None:
        if self.up not in ("celestial", "solar"):
            raise ValueError(f'orientation: up is "{self.up}", expected "celestial" or "solar"')
        if not isfinite(self.tilt_deg):
            raise ValueError(f"orientation: tilt_deg is {self.tilt_deg}, expected a number of degrees")


PRESETS = {
    "uset": Orientation(),
    "direct": Orientation(mirrored=False),
    "uset-solar": Orientation(up="solar"),
    "direct-solar": Orientation(mirrored=False, up="solar"),
}


# What each preset means, in a line.
ABOUT_PRESETS = {
    "uset": "mirrored: celestial north up, east on the right, as on USET's drawings",
    "direct": "as in the sky: celestial north up, east on the left, as on photographs",
    "uset-solar": "mirrored: the Sun's own north up, east on the right",
    "direct-solar": "as in the sky: the Sun's own north up, east on the left",
}
