"""Manual corrections of a drawing's date, orientation, tilt or limb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.names import FIRST_DATE, UNDATED, date_and_time, is_possible
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import locked
from sunspot_dash.io.corrections import read_corrections, write_corrections
from sunspot_dash.workspace import Workspace


def correction_of(workspace: Workspace, name: str) -> Correction:
    """Return the correction of a drawing, NONE if there is none.

    Raises:
        WorkspaceError: the file of corrections is damaged.
    """
    return read_corrections(workspace.corrections_file).get(name, NONE)


def correct(workspace: Workspace, name: str, correction: Correction) -> Correction:
    """Set the correction of a drawing (NONE discards it); return the previous one.

    Raises:
        WorkspaceError: the file of corrections is damaged or cannot be written; it is unchanged.
    """
    with locked(workspace.dataset_lock):
        found = read_corrections(workspace.corrections_file)
        before = found.pop(name, NONE)
        if correction != NONE:
            found[name] = correction
        write_corrections(workspace.corrections_file, found)
    return before


def parse_correction(
    values: tuple[Any, ...], name: str, size: tuple[int, int], fitted: Callable[[], Disk | None]
) -> Correction:
    """Convert the values of the correction form; None and "" mean no correction.

    Args:
        values: date "YYYY-MM-DD", time "HH:MM", "right" or "left" (the side of east; anything else: as the archive),
            "celestial" or "solar" (the north that is up; likewise), tilt in degrees, centre x and y and radius of
            the limb in px.
        name: name of the drawing; size: its (width, height) in px.
        fitted: returns the current limb; called only if a limb was entered.

    Raises:
        ParameterError: a value is invalid.
    """
    date, time, east, up, tilt, x, y, radius = (None if value == "" else value for value in values)
    disk = _limb((x, y, radius), size, fitted)
    if date:
        check_date(str(date))
    if time and not date:
        date = date_and_time(name)[0]
        if date == UNDATED:
            raise ParameterError("a time needs a date: enter the date as well")
    try:
        mirrored = {"right": True, "left": False}.get(str(east))
        north = up if up in ("celestial", "solar") else None
        return Correction(date, time or "", disk, mirrored, None if tilt is None else float(tilt), north)
    except ValueError as error:
        raise ParameterError(str(error)) from error


def circle_of(disk: Disk | None) -> tuple[float | None, float | None, float | None]:
    """Return centre x and y and radius of a limb in px, rounded as in the form."""
    return (round(disk.x, 1), round(disk.y, 1), round(disk.radius, 1)) if disk else (None, None, None)


def _limb(
    circle: tuple[Any, Any, Any], size: tuple[int, int], fitted: Callable[[], Disk | None]
) -> Disk | None:
    """Return the entered limb, None if it equals the fitted one, so that no correction is stored."""
    if circle == (None, None, None):
        return None
    if None in circle:
        raise ParameterError(
            "the limb needs all three of x, y and radius; leave all empty for the fitted limb"
        )
    x, y, radius = map(float, circle)
    found = fitted()
    if (x, y, radius) == circle_of(found):
        return found if found and found.by_hand else None
    # A circle does not contain the stretch of the paper: keep the fitted one.
    disk = replace(found or Disk(0, 0, 1, 1), x=x, y=y, radius=radius, confidence=1.0, by_hand=True)
    _check_limb(disk, size)
    return disk


def check_date(date: str) -> None:
    """Raise ParameterError unless a date, 'YYYY-MM-DD', is between the first drawings of the Sun and today."""
    if not is_possible(date):
        raise ParameterError(f"the date is {date}: enter a date from {FIRST_DATE} to today")


def _check_limb(disk: Disk, size: tuple[int, int]) -> None:
    if not (0 <= disk.x <= size[0] and 0 <= disk.y <= size[1] and 16 <= disk.radius <= max(size)):
        raise ParameterError(
            f"the limb's centre must be on the drawing ({size[0]} x {size[1]} px) and its radius 16 to {max(size)} px"
        )
