"""Numbers of spots that observers counted, by drawing, from the tables imported as references."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath

from sunspot_dash.errors import SeriesError
from sunspot_dash.files import state_of
from sunspot_dash.io.totals import Total, parse_totals
from sunspot_dash.workspace import Workspace

SAME_TIME = timedelta(minutes=30)  # between the time in a table and that of a drawing
TABLES = "observers-*.csv"


class ObserversCounts:
    """The observers' numbers of spots; a drawing in several tables has that of the newest table."""

    def __init__(self, totals: list[Total]) -> None:
        self._file: dict[str, int] = {}
        self._day: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for total in totals:
            if total.spots is None:
                continue
            if total.file:
                self._file.setdefault(_stem(total.file), total.spots)
            elif total.when:
                self._day[f"{total.when:%Y-%m-%d}"].append((total.when.replace(tzinfo=UTC), total.spots))

    def of(self, name: str, date: str, clock: str) -> int | None:
        """Return the number for a drawing: by its file name in any format, else by its time, else by its day.

        Args:
            date, clock: "YYYY-MM-DD" or "undated", and "HH:MM" or "", in UT.
        """
        if (spots := self._file.get(_stem(name))) is not None:
            return spots
        rows = self._day.get(date, [])
        midnight = datetime.min.time()
        if clock:
            when = datetime.fromisoformat(f"{date} {clock}").replace(tzinfo=UTC)
            near = [(abs(at - when), spots) for at, spots in rows if at.time() != midnight]
            if near and min(near)[0] <= SAME_TIME:
                return min(near)[1]
        return next((spots for at, spots in rows if at.time() == midnight), None)


def tables_state(workspace: Workspace) -> str:
    """Return a text that changes with the tables."""
    return str(sorted((path.name, *state_of(path)) for path in workspace.references.glob(TABLES)))


def observers_counts(workspace: Workspace) -> ObserversCounts:
    """Read all tables, newest first; damaged ones are left out."""
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


def _stem(name: str) -> str:
    return PurePath(name).stem.casefold()
