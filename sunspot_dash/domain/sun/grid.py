"""The heliographic grid over a drawing: parallels, meridians, equator, central meridian and poles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.sun.coordinates import axis_deg, disk_position, to_page
from sunspot_dash.domain.sun.ephemeris import Ephemeris

# Chords of 3 degrees stay within 0.0004 R of their arc: a quarter of a pixel of R = 740.
CHORD_DEG = 3.0


@dataclass(frozen=True, eq=False)
class GridLine:
    """One line's visible part.

    Attributes:
        kind: "parallel", "equator", "meridian" or "central meridian".
        value_deg: its latitude, or the longitude that the grid counts in.
        xy: (n, 2) float64 page px, in order; its ends lie on the limb unless the line is a whole circle
            (then the first point comes again) or ends in a pole.
    """

    kind: str
    value_deg: float
    xy: np.ndarray


@dataclass(frozen=True)
class Pole:
    """A pole of the Sun: page px, where it would shine through if it is not visible."""

    north: bool
    x: float
    y: float
    visible: bool


@dataclass(frozen=True)
class HeliographicGrid:
    """The lines that are at least partly visible, and both poles (north, south)."""

    lines: tuple[GridLine, ...]
    poles: tuple[Pole, Pole]


def heliographic_grid(
    disk: Disk,
    orientation: Orientation,
    ephemeris: Ephemeris,
    step_deg: float = 10.0,
    carrington: bool = False,
) -> HeliographicGrid:
    """The grid of a drawing made at one time.

    Args:
        disk, orientation: how the Sun lies on the page.
        ephemeris: of that time (`sun` of one datetime64).
        step_deg: between the lines, above 0.
        carrington: meridians at whole Carrington longitudes instead of whole distances from the central
            meridian; the central meridian itself is there either way.

    Raises:
        ValueError: the time is not known (NaT gives NaN), or step_deg is not above 0.
    """
    b0, l0, s = (float(v) for v in (ephemeris.b0_deg, ephemeris.l0_deg, ephemeris.semidiameter_deg))
    axis = float(axis_deg(ephemeris.p_deg, orientation))
    if not np.isfinite([b0, l0, s, axis]).all() or not step_deg > 0:
        raise ValueError(f"no grid at B0 {b0}, L0 {l0}, P {axis}, step {step_deg}: finite numbers are needed")

    def page(latitude: np.ndarray, cmd: np.ndarray) -> np.ndarray:
        r, angle, _ = disk_position(latitude, cmd, axis, b0, s)
        return to_page(r, angle, disk, orientation)

    lines = []
    for latitude in _multiples(step_deg, 90 - step_deg / 2).tolist():
        reach = _reach_of_parallel(latitude, b0, s)
        if reach > 0:
            kind = "equator" if latitude == 0 else "parallel"
            cmd = _even(-reach, reach)
            lines.append(GridLine(kind, latitude, page(np.full_like(cmd, latitude), cmd)))
    meridians = [("central meridian", l0 if carrington else 0.0, 0.0)]
    for longitude in np.arange(0, 360 - 1e-9, step_deg).tolist():
        from_central = (longitude - (l0 if carrington else 0.0) + 180) % 360 - 180
        if carrington or from_central != 0:
            meridians.append(("meridian", longitude if carrington else from_central, from_central))
    for kind, value, from_central in meridians:
        low, high = _reach_of_meridian(from_central, b0, s)
        if high > low:
            along = _even(low, high)
            lines.append(GridLine(kind, value, page(along, np.full_like(along, from_central))))
    sky = (axis, b0, s)
    poles = (_pole(True, disk, orientation, sky), _pole(False, disk, orientation, sky))
    return HeliographicGrid(tuple(lines), poles)


def _pole(north: bool, disk: Disk, orientation: Orientation, sky: tuple[float, float, float]) -> Pole:
    r, angle, visible = disk_position(90.0 if north else -90.0, 0.0, *sky)
    x, y = to_page(r, angle, disk, orientation)
    return Pole(north, float(x), float(y), bool(visible))


def _reach_of_parallel(latitude_deg: float, b0_deg: float, semidiameter_deg: float) -> float:
    """How far from the central meridian a parallel is seen, 0 to 180 degrees."""
    b, b0, s = np.radians([latitude_deg, b0_deg, semidiameter_deg])
    # The limb is where sin B0 sin B + cos B0 cos B cos CMD = sin S.
    cosine = (np.sin(s) - np.sin(b0) * np.sin(b)) / (np.cos(b0) * np.cos(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _reach_of_meridian(cmd_deg: float, b0_deg: float, semidiameter_deg: float) -> tuple[float, float]:
    """The latitudes between which a meridian is seen, degrees; none where the second is not above the first."""
    cmd, b0, s = np.radians([cmd_deg, b0_deg, semidiameter_deg])
    towards, upwards = np.cos(b0) * np.cos(cmd), np.sin(b0)
    size = np.hypot(towards, upwards)
    if size <= np.sin(s):
        return 0.0, 0.0
    middle, half = np.arctan2(upwards, towards), np.arccos(np.sin(s) / size)
    low, high = np.degrees([middle - half, middle + half])
    return max(float(low), -90.0), min(float(high), 90.0)


def _multiples(step_deg: float, limit_deg: float) -> np.ndarray:
    count = int(limit_deg / step_deg)
    return np.arange(-count, count + 1) * step_deg


def _even(low: float, high: float) -> np.ndarray:
    return np.linspace(low, high, max(2, int(np.ceil((high - low) / CHORD_DEG)) + 1))
