"""Setting by hand what a sheet, its name or the limb fit has wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.names import UNDATED, date_and_time
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import locked
from sunspot_dash.io.corrections import read_corrections, write_corrections
from sunspot_dash.workspace import Workspace

FIRST_DATE = "1610-01-01"  # before the first drawings at a telescope


def correction_of(workspace: Workspace, name: str) -> Correction:
    """What was set for a drawing.

    Raises:
        WorkspaceError: the file of corrections is damaged.
    """
    return read_corrections(workspace.corrections_file).get(name, NONE)


def correct(workspace: Workspace, name: str, correction: Correction) -> Correction:
    """Set it for a drawing (`NONE` takes all of it back); returns what was set before.

    Raises:
        WorkspaceError: the file of corrections is damaged, or cannot be written; it is as it was.
    """
    with locked(workspace.dataset_lock):
        found = read_corrections(workspace.corrections_file)
        before = found.pop(name, NONE)
        if correction != NONE:
            found[name] = correction
        write_corrections(workspace.corrections_file, found)
    return before


def entered(
    values: tuple[Any, ...], name: str, size: tuple[int, int], fitted: Callable[[], Disk | None]
) -> Correction:
    """What an observer has entered for a drawing; None and "" stay as they are without a correction.

    Args:
        values: date "YYYY-MM-DD", time "HH:MM", "right" or "left" (where east is; anything else: as its archive),
            "celestial" or "solar" (the north that is up; likewise), tilt in degrees, centre x and y and radius of
            the limb, px.
        name: of the drawing; size: (width, height) of its page, px.
        fitted: the limb that was found or set before, asked for only where one was entered.

    Raises:
        ParameterError: it cannot be.
    """
    date, time, east, up, tilt, x, y, radius = (None if value == "" else value for value in values)
    disk = _limb((x, y, radius), size, fitted)
    if date:
        _check_date(str(date))
    if time and not date:
        date = date_and_time(name)[0]
        if date == UNDATED:
            raise ParameterError("a time needs its date")
    try:
        mirrored = {"right": True, "left": False}.get(str(east))
        north = up if up in ("celestial", "solar") else None
        return Correction(date, time or "", disk, mirrored, None if tilt is None else float(tilt), north)
    except ValueError as error:
        raise ParameterError(str(error)) from error


def circle_of(disk: Disk | None) -> tuple[float | None, float | None, float | None]:
    """Centre x and y and radius of a limb, px, as the form shows and takes them."""
    return (round(disk.x, 1), round(disk.y, 1), round(disk.radius, 1)) if disk else (None, None, None)


def _limb(
    circle: tuple[Any, Any, Any], size: tuple[int, int], fitted: Callable[[], Disk | None]
) -> Disk | None:
    """The limb that was entered; None where it is the one that was found, so that it stays so."""
    if circle == (None, None, None):
        return None
    if None in circle:
        raise ParameterError("the limb needs all three, x, y and radius; leave them empty for the fitted one")
    x, y, radius = map(float, circle)
    found = fitted()
    if (x, y, radius) == circle_of(found):
        return found if found and found.by_hand else None
    # The paper's stretch, which a circle cannot tell, stays as it was found.
    disk = replace(found or Disk(0, 0, 1, 1), x=x, y=y, radius=radius, confidence=1.0, by_hand=True)
    _check_on_page(disk, size)
    return disk


def _check_date(date: str) -> None:
    last = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()  # the day has begun elsewhere
    if not FIRST_DATE <= date <= last:
        raise ParameterError(f"the date was {date}: drawings are from {FIRST_DATE} to today")


def _check_on_page(disk: Disk, size: tuple[int, int]) -> None:
    if not (0 <= disk.x <= size[0] and 0 <= disk.y <= size[1] and 16 <= disk.radius <= max(size)):
        raise ParameterError(
            f"the limb must lie on the page of {size[0]} x {size[1]} px, with a radius of 16 to {max(size)} px"
        )
