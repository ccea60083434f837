"""Keep the reviews of the catalogue in step with the journals: one row per journal folder, and one per result of its
drawing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from typing import Any

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.review.gestures import Gesture, finish_of
from sunspot_dash.errors import SunspotError
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.journals import drawing_of, journal_folders, journals_state, read_journals
from sunspot_dash.io.results import read_result, safe_name
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.rows import Rows, finish_columns, forget_reviews
from sunspot_dash.services.catalogue.sources import OF_MODELS
from sunspot_dash.services.catalogue.stamps import is_recent, stamp_of
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.workspace import Workspace

Row = tuple[Any, ...]
BATCH = 200  # drawings per transaction
NO_JOURNALS = str(())


class Reviews:
    """Applies new gestures, and deleted journals, to the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.workspace = catalogue.workspace

    def keys(self) -> set[str]:
        """Return the keys of the drawings with a journal."""
        return {row["key"] for row in self.catalogue.rows("select key from journal")}

    def refresh(self, full_scan: bool) -> None:
        """Bring the reviews up to date.

        Every gesture touches its folder and the folder of all journals, so that a round without one examines a single
        folder. A full scan also finds journals that were changed in another way, such as copied from a backup.

        Raises:
            OSError, sqlite3.Error: the journals cannot be listed, or the index is not accessible.
        """
        folder = self.workspace.reviews
        stamp = _settled(stamp_of(folder))
        mark = self.catalogue.mark(str(folder))
        if not full_scan and stamp and mark == str(stamp):
            return
        sql = "select folder, key, name, stamp, state from journal"
        known = {row["folder"]: row for row in self.catalogue.rows(sql)}
        found = journal_folders(folder)
        changed: list[Row] = []
        unchanged: list[tuple[int, str]] = []
        gone = [(name, row["key"]) for name, row in known.items() if name not in found]
        for name, modified in found.items():
            row, at = known.get(name), _settled(modified)
            if row and at and row["stamp"] == at and not full_scan:
                continue
            drawing = row["name"] if row else self._drawing(name)
            state = str(journals_state(folder, drawing)) if drawing else NO_JOURNALS
            if state == NO_JOURNALS:  # they were deleted, or no drawing has this name
                gone += [(name, row["key"])] if row else []
            elif row is None or row["state"] != state:
                changed.append((name, key_of(drawing), drawing, at, state))
            elif row["stamp"] != at:
                unchanged.append((at, name))
        self._forget(gone)
        for start in range(0, len(changed), BATCH):
            self._read(changed[start : start + BATCH])
        if unchanged:
            with self.catalogue.open() as database:
                database.executemany("update journal set stamp = ? where folder = ?", unchanged)
        if mark != str(stamp):
            self.catalogue.set_mark(str(folder), str(stamp))

    def _drawing(self, folder: str) -> str:
        """Return the drawing with journals in a folder of this name, "" if it is unknown."""
        if name := drawing_of(folder):
            return name
        names = self.catalogue.rows("select name from drawing union select name from result")
        return next((row["name"] for row in names if safe_name(row["name"]) == folder), "")

    def _forget(self, gone: list[tuple[str, str]]) -> None:
        if not gone:
            return
        with self.catalogue.writing() as database:
            database.executemany("delete from journal where folder = ?", [(folder,) for folder, _ in gone])
            for row in database.execute("select distinct model from review").fetchall():
                forget_reviews(database, row["model"], [key for _, key in gone])

    def _read(self, changed: list[Row]) -> None:
        """Read the journals of drawings, given as (folder, key, name, stamp, state)."""
        found: dict[str, list[Any]] = defaultdict(list)
        sql = f"""select key, model, file, date, time from result
            where key in (select value from json_each(?)) and {OF_MODELS}"""
        for row in self.catalogue.rows(sql, [json.dumps([key for _, key, *_ in changed])]):
            found[row["key"]].append(row)
        corrections = read_corrections(self.workspace.corrections_file)
        journals = []
        rows: dict[str, Rows] = {}
        archives: dict[str, Orientation] = {}
        for folder, key, name, *stamps in changed:
            gestures = read_gestures(self.workspace, name)
            journals.append((folder, key, name, *stamps, len(gestures), *finish_columns(finish_of(gestures))))
            for row in found[key]:
                model = row["model"]
                if model not in rows:
                    rows[model], archives[model] = Rows(model), PRESETS[orientation_of(self.workspace, model)]
                if not gestures:
                    continue
                orientation = corrections.get(name, NONE).orientation(archives[model])
                with suppress(SunspotError):  # removed or damaged meanwhile
                    result = read_result(self.workspace.results_of(model) / row["file"])
                    when = (row["date"], row["time"])
                    rows[model].add_review(result, when, row["file"], orientation, gestures)
        with self.catalogue.writing() as database:
            marks = ", ".join("?" * len(journals[0]))
            database.executemany(f"insert or replace into journal values ({marks})", journals)
            for of_model in rows.values():
                of_model.write_reviews(database, [row[1] for row in changed])


def _settled(stamp: int) -> int:
    """Return a modification time, 0 if the next change may have the same one."""
    return 0 if is_recent(stamp) else stamp


def read_gestures(workspace: Workspace, name: str) -> list[Gesture]:
    """Return the gestures on a drawing that count: blind ones do not."""
    gestures, _ = read_journals(workspace.reviews, name)
    return [gesture for gesture in gestures if not gesture.blind]
