"""Set the dates of many drawings at once and undo it, and date new uploads by a stored pattern."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.name_pattern import NamePattern
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.files import atomic_write_text, locked
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.services.dataset.corrections import replace_corrections
from sunspot_dash.services.dataset.date_plans import DatePlan, When, checked
from sunspot_dash.workspace import Workspace


def set_dates(workspace: Workspace, plan: DatePlan) -> int:
    """Set the planned dates as manual corrections, except where the date has changed since; return their number.

    Raises:
        WorkspaceError: the corrections cannot be read or written.
    """
    with locked(workspace.dataset_lock):
        corrections = read_corrections(workspace.corrections_file)
        current = {change.name: corrections.get(change.name, NONE) for change in plan.changes}
        changes = [one for one in plan.changes if current[one.name].date_and_time(one.name) == one.before]
        if not changes:
            return 0
        before = {one.name: (current[one.name].date, current[one.name].time) for one in changes}
        after = {one.name: one.after for one in changes}
        atomic_write_text(_last(workspace), json.dumps({"before": before, "after": after}, indent=1) + "\n")
        replace_corrections(workspace, corrections, _with(corrections, after))
    return len(changes)


def undo_dates(workspace: Workspace) -> int:
    """Undo the last call of `set_dates`, except for dates that were changed since; return the number of drawings.

    Raises:
        ParameterError: there is nothing to undo.
        WorkspaceError: the corrections cannot be read or written.
    """
    with locked(workspace.dataset_lock):
        before, after = _recorded(workspace)
        if not after:
            raise ParameterError("no dates were set from a pattern or a table, or they are undone already")
        corrections = read_corrections(workspace.corrections_file)
        now = {name: corrections.get(name, NONE) for name in after}
        back = {name: before[name] for name, one in now.items() if (one.date, one.time) == after[name]}
        replace_corrections(workspace, corrections, _with(corrections, back))
        _last(workspace).unlink(missing_ok=True)
    return len(back)


def undoable(workspace: Workspace) -> int:
    """Return the number of drawings whose dates `undo_dates` would restore."""
    return len(_recorded(workspace)[1])


def stored_pattern(workspace: Workspace) -> str:
    """Return the pattern by which new uploads are dated, or ""."""
    with suppress(OSError, ValueError):
        return _rule(workspace).read_text("utf-8").strip()
    return ""


def store_pattern(workspace: Workspace, pattern: str) -> None:
    """Set the pattern by which new uploads are dated; "" dates none.

    Raises:
        ParameterError: the pattern is not valid.
        WorkspaceError: it cannot be written.
    """
    if pattern:
        atomic_write_text(_rule(workspace), NamePattern(pattern).text + "\n")
    else:
        _rule(workspace).unlink(missing_ok=True)


def date_by_stored_pattern(workspace: Workspace, name: str) -> str:
    """Date an undated drawing by the stored pattern; return the date as text, "" if it stays undated.

    Raises:
        WorkspaceError: the corrections cannot be read or written.
    """
    pattern = stored_pattern(workspace)
    if not pattern:
        return ""
    try:
        when = NamePattern(pattern).date_and_time(name)
        after = checked(when) if when else None
    except (ValueError, ParameterError):
        return ""
    with locked(workspace.dataset_lock):
        corrections = read_corrections(workspace.corrections_file)
        if after is None or corrections.get(name, NONE).date_and_time(name)[0] != UNDATED:
            return ""
        replace_corrections(workspace, corrections, _with(corrections, {name: after}))
    return " ".join(after).strip()


def _with(
    corrections: dict[str, Correction], dates: Mapping[str, tuple[str | None, str]]
) -> dict[str, Correction]:
    """Return the corrections with other dates; a date that is None is the one in the name."""
    changed = {
        name: replace(corrections.get(name, NONE), date=date, time=time)
        for name, (date, time) in dates.items()
    }
    return corrections | changed


def _last(workspace: Workspace) -> Path:
    return workspace.dataset / "dates.previous.json"


def _rule(workspace: Workspace) -> Path:
    return workspace.dataset / "date_pattern.txt"


def _recorded(workspace: Workspace) -> tuple[dict[str, tuple[str | None, str]], dict[str, When]]:
    """Return the dates before and after the last call of `set_dates`, by name; empty if there was none."""
    try:
        record = json.loads(_last(workspace).read_text("utf-8"))
        before, after = (
            {name: tuple(when) for name, when in record[key].items()} for key in ("before", "after")
        )
    except FileNotFoundError:
        return {}, {}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise WorkspaceError(f"{_last(workspace)} cannot be read ({error}): delete it") from error
    return before, after
