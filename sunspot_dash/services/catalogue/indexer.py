"""Keeps the catalogue true to the workspace's files, in a process of its own: `python -m ...indexing WORKSPACE`.

A first look at a large archive's results takes minutes of reading JSON, which would hold up every page that the
web server answers.
"""

from __future__ import annotations

import csv
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.errors import SunspotError
from sunspot_dash.file_names import FAILED_NAME
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.images import image_size
from sunspot_dash.io.results import read_result
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.rows import Rows
from sunspot_dash.services.dataset.inventory import Holding, holdings, marks
from sunspot_dash.services.dataset.orientation import orientation_file, orientation_of
from sunspot_dash.workspace import Workspace

BATCH = 200  # results that become visible together
REST_SECONDS = 1.0
# The share of a core that looking takes at most, and how often every file is looked at, changed marks or not.
DUTY = 0.2
WHOLE_SECONDS = 60.0
YOUNG_SECONDS = 2.0
READY = b"ready\n"
Corrections = dict[str, Correction]


class Indexer:
    """Takes up what is new, changed and deleted in one workspace."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.workspace = catalogue.workspace
        self._labels: tuple[int, dict[str, int]] = (0, {})
        self._seen: object = None
        self._whole = -WHOLE_SECONDS

    def refresh(self) -> None:
        """Bring the index up to date.

        Raises:
            OSError, sqlite3.Error, WorkspaceError: it cannot be now; what was taken up is kept.
        """
        corrections = read_corrections(self.workspace.corrections_file)
        if _stamp(self.workspace.corrections_file) != int(self._mark("corrections") or 0):
            self._correct(corrections)
        labels = self._label_counts()
        found = marks(self.workspace)
        now = (found, self._labels[0], corrections)
        whole = time.monotonic() - self._whole > WHOLE_SECONDS
        if whole or now != self._seen or any(_young(stamp) for _, stamp in found):
            self._drawings(labels, corrections)
            self._seen = now
        folders = self.workspace.all_results()
        self._forget_models({folder.parent.name for folder in folders})
        for folder in folders:
            self._turn(folder.parent.name)
            stamp = _stamp(folder)
            if whole or _young(stamp) or self._mark(str(folder)) != str(stamp):
                self._results(folder, corrections)
                self._set_mark(str(folder), str(stamp))
            self._failures(folder.parent)
        if whole:
            self._whole = time.monotonic()

    # --- drawings

    def _drawings(self, labels: dict[str, int], corrections: Corrections) -> None:
        found = {holding.path.name: holding for holding in holdings(self.workspace)}
        sql = (
            "select name, path, modified_ns, bytes, width, height, labels, date, time, corrected from drawing"
        )
        known = {row["name"]: row for row in self.catalogue.rows(sql)}
        gone = [(name,) for name in known if name not in found]
        new = []
        for name, held in found.items():
            row = known.get(name)
            date, clock = (correction := corrections.get(name, NONE)).date_and_time(name)
            same = row and (row["path"], row["modified_ns"], row["bytes"]) == (
                str(held.path),
                held.modified_ns,
                held.bytes,
            )
            said = (labels.get(name), date, clock, int(correction != NONE))
            if row and same and (row["labels"], row["date"], row["time"], row["corrected"]) == said:
                continue
            size = (row["width"], row["height"]) if row and same else _size(held)
            file = (held.bytes, held.modified_ns, *size, held.archive, said[3])
            new.append((key_of(name), name, str(held.path), date, clock, said[0], *file))
        if not (gone or new):
            return
        with self._writing() as database:
            database.executemany("delete from drawing where name = ?", gone)
            database.executemany(
                "insert or replace into drawing values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", new
            )

    def _label_counts(self) -> dict[str, int]:
        """How many labels each drawing has, of those that the COCO file lists."""
        path = self.workspace.annotations_file
        stamp = _stamp(path)
        if stamp != self._labels[0]:
            try:
                coco = load_coco(path)
                self._labels = (stamp, {name: len(coco.annotations.get(name, [])) for name in coco.images})
            except SunspotError:
                self._labels = (stamp, {})
        return self._labels[1]

    # --- results

    def _forget_models(self, there: set[str]) -> None:
        for model in set(self.catalogue.models()) - there:
            with self._writing() as database:
                for table in ("result", "spot", "spot_group", "failure"):
                    database.execute(f"delete from {table} where model = ?", [model])

    def _results(self, folder: Path, corrections: Corrections) -> None:
        model = folder.parent.name
        with os.scandir(folder) as entries:
            there = {
                entry.name: entry.stat().st_mtime_ns
                for entry in entries
                if entry.name.endswith(".json") and not entry.name.startswith(".")
            }
        sql = "select file, stamp, key from result where model = ?"
        known = {row["file"]: (row["stamp"], row["key"]) for row in self.catalogue.rows(sql, [model])}
        self._forget(model, [key for file, (_, key) in known.items() if file not in there])
        new = [file for file, stamp in there.items() if known.get(file, (0, ""))[0] != stamp]
        for start in range(0, len(new), BATCH):
            files = {folder / file: there[file] for file in new[start : start + BATCH]}
            self._take(model, files, corrections)

    def _forget(self, model: str, keys: list[str]) -> None:
        if not keys:
            return
        with self._writing() as database:
            for table in ("result", "spot", "spot_group"):
                database.executemany(
                    f"delete from {table} where model = ? and key = ?", [(model, key) for key in keys]
                )

    def _take(self, model: str, files: dict[Path, int], corrections: Corrections) -> None:
        """Read result files, each with its stamp."""
        archive = PRESETS[orientation_of(self.workspace, model)]
        read = []
        for path, stamp in files.items():
            try:
                result = read_result(path)
            except SunspotError:
                continue
            correction = corrections.get(result.name, NONE)
            when, orientation = correction.date_and_time(result.name), correction.orientation(archive)
            read.append((result, orientation, when, (path.name, stamp)))
        seen = observations(
            [(result, orientation, observation_time(*when)) for result, orientation, when, _ in read]
        )
        rows = Rows(model)
        for (result, _, when, file), observation in zip(read, seen, strict=True):
            rows.add(result, when, file, observation)
        with self._writing() as database:
            rows.write(database)

    def _failures(self, folder: Path) -> None:
        """What the last run of a model could not use, and why."""
        path = folder / FAILED_NAME
        if self._mark(str(path)) == (mark := str(_stamp(path))):
            return
        rows: list[tuple[str, str, str]] = []
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                rows = [(folder.name, key_of(row["name"]), row["reason"]) for row in csv.DictReader(file)]
        with self._writing() as database:
            database.execute("delete from failure where model = ?", [folder.name])
            database.executemany("insert or replace into failure values (?, ?, ?)", rows)
        self._set_mark(str(path), mark)

    def _correct(self, corrections: Corrections) -> None:
        """Let the results of drawings that were corrected, or are no longer, be read again."""
        was = {row["key"] for row in self.catalogue.rows("select key from drawing where corrected")}
        keys = [(key,) for key in was | {key_of(name) for name in corrections}]
        with self._writing() as database:
            database.executemany("update result set stamp = 0 where key = ?", keys)
            database.execute("delete from mark")
        self._set_mark("corrections", str(_stamp(self.workspace.corrections_file)))

    def _turn(self, model: str) -> None:
        """Let the results of a model be read again when its drawings are said to lie in another way."""
        path = orientation_file(self.workspace, model)
        if self._mark(str(path)) != (mark := str(_stamp(path))):
            with self._writing() as database:
                database.execute("update result set stamp = 0 where model = ?", [model])
            self._set_mark(str(path), mark)
            self._set_mark(str(self.workspace.results_of(model)), "")

    # --- how far it has looked

    def _mark(self, name: str) -> str:
        rows = self.catalogue.rows("select value from mark where name = ?", [name])
        return rows[0]["value"] if rows else ""

    def _set_mark(self, name: str, value: str) -> None:
        with self.catalogue.open() as database:
            database.execute("insert or replace into mark values (?, ?)", [name, value])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection; what is written in it becomes visible with a new revision."""
        with self.catalogue.open() as database:
            yield database
            database.execute("insert or replace into mark values ('revision', ?)", [str(time.time_ns())])


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _young(stamp: int) -> bool:
    """Whether something changed so lately that the next change may bear the same time."""
    return time.time() - stamp / 1e9 < YOUNG_SECONDS


def _size(held: Holding) -> tuple[int, int]:
    """(width, height) of a drawing's page, px; (0, 0) where it is not known."""
    if held.width or not held.modified_ns:
        return held.width, held.height
    try:
        return image_size(held.path)
    except (OSError, SunspotError):
        return 0, 0


def keep_fresh(workspace: Workspace) -> None:
    """Refresh again and again; the first time is told on standard output."""
    indexer = Indexer(Catalogue(workspace))
    told = False
    while True:
        began = time.monotonic()
        try:
            indexer.refresh()
        except (OSError, sqlite3.Error, SunspotError) as error:
            print(f"the index was not refreshed: {error}", file=sys.stderr, flush=True)
        if not told:
            told = os.write(sys.stdout.fileno(), READY) > 0
        time.sleep(max(REST_SECONDS, (time.monotonic() - began) * (1 / DUTY - 1)))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(5)
    keep_fresh(Workspace(Path(sys.argv[1])))
