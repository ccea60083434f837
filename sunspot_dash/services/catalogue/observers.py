"""What observers counted on each drawing, from the tables imported as references."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path, PurePath

from sunspot_dash.errors import SeriesError
from sunspot_dash.files import state_of
from sunspot_dash.io.totals import Total, parse_totals
from sunspot_dash.workspace import Workspace

SAME_TIME = timedelta(minutes=30)  # between the time in a table and that of a drawing
TABLES = "observers-*.csv"


class ObserversCounts:
    """The observers' totals; of several for a drawing, one with a number of spots counts, then the newest table."""

    def __init__(self, totals: list[Total]) -> None:
        self._file: dict[str, Total] = {}
        self._day: dict[str, list[tuple[datetime, Total]]] = defaultdict(list)
        for total in sorted(totals, key=_has_no_spots):
            if total.file:
                self._file.setdefault(_stem(total.file), total)
            elif total.when:
                self._day[f"{total.when:%Y-%m-%d}"].append((total.when.replace(tzinfo=UTC), total))

    def of(self, name: str, date: str, clock: str) -> Total | None:
        """Return the total of a drawing: by its file name in any format, else by its time, else by its day.

        Args:
            date, clock: "YYYY-MM-DD" or "undated", and "HH:MM" or "", in UT.
        """
        if (total := self._file.get(_stem(name))) is not None:
            return total
        rows = self._day.get(date, [])
        midnight = datetime.min.time()
        if clock:
            when = datetime.fromisoformat(f"{date} {clock}").replace(tzinfo=UTC)
            near = [(abs(at - when), total) for at, total in rows if at.time() != midnight]
            near = [(gap, total) for gap, total in near if gap <= SAME_TIME]
            if near:
                return min(near, key=lambda one: (_has_no_spots(one[1]), one[0]))[1]
        return next((total for at, total in rows if at.time() == midnight), None)


def tables_state(workspace: Workspace) -> str:
    """Return a text that changes with the tables."""
    return str(sorted((path.name, *state_of(path)) for path in workspace.references.glob(TABLES)))


def observers_counts(workspace: Workspace) -> ObserversCounts:
    """Return the totals of all tables, the newest first; damaged tables are left out. They are read once."""
    return _read(workspace, tables_state(workspace))


@lru_cache(maxsize=2)
def _read(workspace: Workspace, _state: str) -> ObserversCounts:
    totals: list[Total] = []
    for path in sorted(workspace.references.glob(TABLES), key=_imported, reverse=True):
        try:
            totals += parse_totals(path.read_bytes(), path.name).rows
        except (OSError, SeriesError):
            continue
    return ObserversCounts(totals)


def _imported(table: Path) -> str:
    """Return the time of an import, which its description has; "" if it cannot be read."""
    try:
        return str(json.loads(table.with_suffix(".json").read_text("utf-8"))["when"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _has_no_spots(total: Total) -> bool:
    return total.spots is None


def _stem(name: str) -> str:
    return PurePath(name).stem.casefold()
