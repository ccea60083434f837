"""Heliographic grid over a drawing: parallels, meridians, equator, central meridian and poles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.sun.coordinates import axis_deg, disk_position, to_page
from sunspot_dash.domain.sun.ephemeris import Ephemeris

# Chords of 3 degrees deviate by less than 0.0004 R from the arc: a quarter of a pixel at R = 740.
CHORD_DEG = 3.0


@dataclass(frozen=True, eq=False)
class GridLine:
    """Visible part of a grid line.

    Attributes:
        kind: "parallel", "equator", "meridian" or "central meridian".
        value_deg: latitude, or longitude in the system of the grid.
        xy: (n, 2) float64 px of the drawing, in order; it ends on the limb unless the line is a full circle (then the
            first point is repeated) or ends in a pole.
    """

    kind: str
    value_deg: float
    xy: np.ndarray


@dataclass(frozen=True)
class Pole:
    """A pole of the Sun, px of the drawing; behind the limb, at its position on a transparent Sun."""

    north: bool
    x: float
    y: float
    visible: bool


@dataclass(frozen=True)
class HeliographicGrid:
    """The grid lines that are at least partly visible, and both poles (north, south)."""

    lines: tuple[GridLine, ...]
    poles: tuple[Pole, Pole]


def heliographic_grid(
    disk: Disk,
    orientation: Orientation,
    ephemeris: Ephemeris,
    step_deg: float = 10.0,
    carrington: bool = False,
) -> HeliographicGrid:
    """Compute the grid of a drawing.

    Args:
        disk, orientation: limb and orientation of the drawing.
        ephemeris: at its time (`sun` of one datetime64).
        step_deg: spacing of the lines, above 0.
        carrington: draw meridians at round Carrington longitudes instead of round central meridian distances; the
            central meridian is drawn in both cases.

    Raises:
        ValueError: the time is unknown (NaT gives NaN), or step_deg is not above 0.
    """
    b0, l0, s = (float(v) for v in (ephemeris.b0_deg, ephemeris.l0_deg, ephemeris.semidiameter_deg))
    axis = float(axis_deg(ephemeris.p_deg, orientation))
    if not np.isfinite([b0, l0, s, axis]).all() or not step_deg > 0:
        raise ValueError(
            f"no grid at B0 {b0}, L0 {l0}, P {axis}, step {step_deg}: expected finite numbers and a step above 0"
        )

    def to_px(latitude: np.ndarray, cmd: np.ndarray) -> np.ndarray:
        r, angle, _ = disk_position(latitude, cmd, axis, b0, s)
        return to_page(r, angle, disk, orientation)

    lines = []
    for latitude in _multiples(step_deg, 90 - step_deg / 2).tolist():
        reach = _reach_of_parallel(latitude, b0, s)
        if reach > 0:
            kind = "equator" if latitude == 0 else "parallel"
            cmd = _even(-reach, reach)
            lines.append(GridLine(kind, latitude, to_px(np.full_like(cmd, latitude), cmd)))
    meridians = [("central meridian", l0 if carrington else 0.0, 0.0)]
    for longitude in np.arange(0, 360 - 1e-9, step_deg).tolist():
        from_central = (longitude - (l0 if carrington else 0.0) + 180) % 360 - 180
        if carrington or from_central != 0:
            meridians.append(("meridian", longitude if carrington else from_central, from_central))
    for kind, value, from_central in meridians:
        low, high = _reach_of_meridian(from_central, b0, s)
        if high > low:
            along = _even(low, high)
            lines.append(GridLine(kind, value, to_px(along, np.full_like(along, from_central))))
    disk_values = (axis, b0, s)
    poles = (_pole(True, disk, orientation, disk_values), _pole(False, disk, orientation, disk_values))
    return HeliographicGrid(tuple(lines), poles)


def _pole(north: bool, disk: Disk, orientation: Orientation, disk_values: tuple[float, float, float]) -> Pole:
    r, angle, visible = disk_position(90.0 if north else -90.0, 0.0, *disk_values)
    x, y = to_page(r, angle, disk, orientation)
    return Pole(north, float(x), float(y), bool(visible))


def _reach_of_parallel(latitude_deg: float, b0_deg: float, semidiameter_deg: float) -> float:
    """Return the central meridian distance up to which a parallel is visible, 0 to 180 degrees."""
    b, b0, s = np.radians([latitude_deg, b0_deg, semidiameter_deg])
    # On the limb, sin B0 sin B + cos B0 cos B cos CMD = sin S.
    cosine = (np.sin(s) - np.sin(b0) * np.sin(b)) / (np.cos(b0) * np.cos(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _reach_of_meridian(cmd_deg: float, b0_deg: float, semidiameter_deg: float) -> tuple[float, float]:
    """Return the latitude range in which a meridian is visible, degrees; empty if the second is not above the first."""
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
