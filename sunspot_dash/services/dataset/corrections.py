"""Manual corrections of a drawing's date, orientation, tilt, limb or observer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.names import FIRST_DATE, UNDATED, date_and_time, is_possible
from sunspot_dash.errors import ConflictError, ParameterError
from sunspot_dash.files import locked
from sunspot_dash.io.corrections import append_changes, last_change, read_corrections, write_corrections
from sunspot_dash.workspace import Workspace

ARCHIVE = "archive"  # of a choice in the form: as in the archive
# The fields of the form, in the order of `parse_correction` and `form_values`.
FIELDS = ("date", "time", "east", "up", "tilt", "x", "y", "radius", "observer")


def correction_of(workspace: Workspace, name: str) -> Correction:
    """Return the correction of a drawing, NONE if there is none.

    Raises:
        WorkspaceError: the file of corrections is damaged.
    """
    return read_corrections(workspace.corrections_file).get(name, NONE)


def correct(
    workspace: Workspace, name: str, correction: Correction, by: str = "", opened: str = ""
) -> Correction:
    """Set the correction of a drawing (NONE discards it); return the previous one.

    Args:
        by: the person, for the log; "" if not known.
        opened: `correction_state` of the correction that the person has seen; "" replaces any.

    Raises:
        ConflictError: the correction is not the one that the person has seen.
        WorkspaceError: the file of corrections is damaged or cannot be written; it is unchanged.
    """
    with locked(workspace.dataset_lock):
        found = read_corrections(workspace.corrections_file)
        before = found.get(name, NONE)
        _check_seen(workspace, name, before, opened)
        replace_corrections(workspace, found, found | {name: correction}, by)
    return before


def undo_correction(workspace: Workspace, name: str, by: str, opened: str) -> tuple[Correction, Correction]:
    """Undo the last change to the correction of a drawing; return the correction before and after that.

    Raises:
        ConflictError, WorkspaceError: as `correct`.
        ParameterError: there is nothing to undo.
    """
    with locked(workspace.dataset_lock):
        found = read_corrections(workspace.corrections_file)
        now = found.get(name, NONE)
        _check_seen(workspace, name, now, opened)
        last = last_change(workspace.corrections_log, name)
        if last is None or last.after != now:
            raise ParameterError("the log has no change of this drawing's corrections that can be undone")
        replace_corrections(workspace, found, found | {name: last.before}, by)
    return now, last.before


def replace_corrections(
    workspace: Workspace, before: Mapping[str, Correction], after: Mapping[str, Correction], by: str = ""
) -> None:
    """Write all corrections, and the changes to the log; the caller holds the lock of the dataset.

    Args:
        before: the corrections as they are; after: as they will be, NONE for none.
        by: the person, "" if not known.

    Raises:
        WorkspaceError: they cannot be written; they are unchanged.
    """
    kept = {name: one for name, one in after.items() if one != NONE}
    append_changes(
        workspace.corrections_log, by, before, kept
    )  # first, so that no change is without its line
    write_corrections(workspace.corrections_file, kept)


def correction_state(correction: Correction) -> str:
    """Return a text that changes with a correction."""
    return hashlib.sha256(repr(correction).encode()).hexdigest()[:16]


def _check_seen(workspace: Workspace, name: str, now: Correction, opened: str) -> None:
    if opened in ("", correction_state(now)):
        return
    last = last_change(workspace.corrections_log, name)
    who = f"{(last and last.by) or 'another person'} has corrected this drawing"
    when = f" at {last.at:%H:%M} UT" if last else ""
    raise ConflictError(f"{who}{when}, after you opened it: look at the new values, and save again if needed")


def parse_correction(
    values: tuple[Any, ...], name: str, size: tuple[int, int], fitted: Callable[[], Disk | None]
) -> Correction:
    """Convert the values of the correction form; None and "" mean no correction.

    Args:
        values: date "YYYY-MM-DD", time "HH:MM", "right" or "left" (the side of east; anything else: as the archive),
            "celestial" or "solar" (the north that is up; likewise), tilt in degrees, centre x and y and radius of
            the limb in px, name of the observer.
        name: name of the drawing; size: its (width, height) in px.
        fitted: returns the current limb; called only if a limb was entered.

    Raises:
        ParameterError: a value is invalid.
    """
    date, time, east, up, tilt, x, y, radius, observer = (None if value == "" else value for value in values)
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
        angle = None if tilt is None else float(tilt)
        return Correction(date, time or "", disk, mirrored, angle, north, str(observer or "").strip())
    except ValueError as error:
        raise ParameterError(str(error)) from error


def form_values(correction: Correction, disk: Disk | None) -> tuple[Any, ...]:
    """Return the values of the correction form, from which `parse_correction` makes the same correction.

    Args:
        disk: the limb as it is shown.
    """
    east = {None: ARCHIVE, True: "right", False: "left"}[correction.mirrored]
    up = correction.up or ARCHIVE
    date, time = correction.date or "", correction.time
    return date, time, east, up, correction.tilt_deg, *circle_of(disk), correction.observer


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
