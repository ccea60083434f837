"""Update the catalogue from the workspace's files."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from sunspot_dash.domain.activity.observation import observation_time, observations
from sunspot_dash.domain.activity.uncertainty import intervals_of_all
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.names import is_utf8
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.errors import SunspotError
from sunspot_dash.file_names import FAILED_NAME
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.failed import read_failed
from sunspot_dash.io.images import image_size
from sunspot_dash.io.results import read_result
from sunspot_dash.io.tags import Tags, read_tags
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.doubt import forget_doubt_near, refresh_doubt
from sunspot_dash.services.catalogue.observers import observers_counts, tables_state
from sunspot_dash.services.catalogue.reviews import Reviews, read_gestures
from sunspot_dash.services.catalogue.rows import RESULT_TABLES, Rows, forget_rows
from sunspot_dash.services.catalogue.sources import reviewed_source
from sunspot_dash.services.catalogue.stamps import is_recent, stamp_of
from sunspot_dash.services.dataset.inventory import Holding, change_stamps, holdings, unused_files
from sunspot_dash.services.dataset.label_cache import cache_labels_apart
from sunspot_dash.services.dataset.label_choice import labels_by_name, labels_stamp
from sunspot_dash.services.dataset.orientation import orientation_file, orientation_of
from sunspot_dash.services.dataset.tags import SEPARATOR

BATCH = 200  # results per transaction
DRAWING = """:key, :name, :path, :date, :time, :labels, :bytes, :modified_ns, :width, :height, :archive, :corrected,
    :observer, :tags"""
FULL_SCAN_SECONDS = 60.0  # interval at which every file is checked, whether its folder changed or not
Corrections = dict[str, Correction]


class Indexer:
    """Applies the new, changed and deleted files of one workspace to its catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.workspace = catalogue.workspace
        self._reviews = Reviews(catalogue)
        self._seen: object = None
        self._last_full_scan = -FULL_SCAN_SECONDS

    def refresh(self) -> None:
        """Bring the index up to date.

        Raises:
            OSError, sqlite3.Error, WorkspaceError: a file or the index is not accessible; earlier updates are kept.
        """
        corrections = read_corrections(self.workspace.corrections_file)
        if stamp_of(self.workspace.corrections_file) != int(self.catalogue.mark("corrections") or 0):
            self._apply_corrections(corrections)
        stamps = change_stamps(self.workspace)
        tags = read_tags(self.workspace.tags_file)
        now = (stamps, labels_stamp(self.workspace), corrections, tags, tables_state(self.workspace))
        full_scan = time.monotonic() - self._last_full_scan > FULL_SCAN_SECONDS
        if full_scan or now != self._seen or any(is_recent(stamp) for _, stamp in stamps):
            self._drawings(self._label_counts(), corrections, tags)
            self._seen = now
        folders = self.workspace.all_results()
        self._forget_models({folder.parent.name for folder in folders})
        for folder in folders:
            self._apply_orientation(folder.parent.name)
            stamp = stamp_of(folder)
            if full_scan or is_recent(stamp) or self.catalogue.mark(str(folder)) != str(stamp):
                self._results(folder, corrections)
                self.catalogue.set_mark(str(folder), str(stamp))
            self._failures(folder.parent)
        refresh_doubt(self.catalogue)
        self._reviews.refresh(full_scan)
        if full_scan:
            self._last_full_scan = time.monotonic()

    # --- drawings

    def _drawings(self, labels: dict[str, int], corrections: Corrections, tags: Tags) -> None:
        found = {holding.path.name: holding for holding in holdings(self.workspace)}
        known = {row["name"]: row for row in self.catalogue.rows("select * from drawing")}
        counted = observers_counts(self.workspace)
        unused = unused_files(self.workspace)
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
            total = None if correction.observer else counted.of(name, date, clock)
            observer = correction.observer or (total.observer if total else "")
            entered = {
                "labels": labels.get(name),
                "date": date,
                "time": clock,
                "corrected": int(correction != NONE),
                "observer": observer,
                "tags": SEPARATOR.join(tags.get(name, ())),
            }
            if row and same and all(row[column] == value for column, value in entered.items()):
                continue
            size = (row["width"], row["height"]) if row and same else _size(held)
            file = {"path": str(held.path), "bytes": held.bytes, "modified_ns": held.modified_ns}
            about = {"width": size[0], "height": size[1], "archive": held.archive}
            new.append({"key": key_of(name), "name": name, **file, **about, **entered})
        if not (gone or new or unused != self.catalogue.unused()):
            return
        with self.catalogue.writing() as database:
            database.executemany("delete from drawing where name = ?", gone)
            database.executemany(f"insert or replace into drawing values ({DRAWING})", new)
            database.execute("delete from unused")
            database.executemany("insert into unused values (?, ?)", unused)

    def _label_counts(self) -> dict[str, int]:
        """Return the number of labels of each drawing that the COCO file lists."""
        cache_labels_apart(self.workspace)
        try:
            return {name: len(labels) for name, labels in labels_by_name(self.workspace).items()}
        except SunspotError:
            return {}

    # --- results

    def _forget_models(self, existing: set[str]) -> None:
        for model in set(self.catalogue.models()) - existing:
            names = (model, reviewed_source(model))
            with self.catalogue.writing() as database:
                for table in (*RESULT_TABLES, "failure"):
                    database.execute(f"delete from {table} where model in (?, ?)", names)

    def _results(self, folder: Path, corrections: Corrections) -> None:
        model = folder.parent.name
        stamps = _result_stamps(folder)
        sql = "select file, stamp, key from result where model = ?"
        known = {row["file"]: (row["stamp"], row["key"]) for row in self.catalogue.rows(sql, [model])}
        self._forget(model, [key for file, (_, key) in known.items() if file not in stamps])
        new = [file for file, stamp in stamps.items() if known.get(file, (0, ""))[0] != stamp]
        for start in range(0, len(new), BATCH):
            files = {folder / file: stamps[file] for file in new[start : start + BATCH]}
            self._read(model, files, corrections)

    def _forget(self, model: str, keys: list[str]) -> None:
        if not keys:
            return
        with self.catalogue.writing() as database:
            forget_doubt_near(database, model, keys)
            forget_rows(database, model, keys)

    def _read(self, model: str, files: dict[Path, int], corrections: Corrections) -> None:
        """Add the contents of result files, given with their modification times."""
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
        drawings = [(result, orientation, observation_time(*when)) for result, orientation, when, _ in read]
        seen = observations(drawings)
        intervals = intervals_of_all(drawings, seen)
        rows = Rows(model)
        reviewed = self._reviews.keys()
        for (result, orientation, when, file), observation, ends in zip(read, seen, intervals, strict=True):
            rows.add(result, when, file, orientation, observation, ends)
            if key_of(result.name) in reviewed and (gestures := read_gestures(self.workspace, result.name)):
                rows.add_review(result, when, file[0], orientation, gestures)
        with self.catalogue.writing() as database:
            rows.write(database)

    def _failures(self, folder: Path) -> None:
        """Update the drawings that failed in the last run of a model."""
        path = folder / FAILED_NAME
        mark = str(stamp_of(path))
        if self.catalogue.mark(str(path)) == mark:
            return
        rows = [(folder.name, key_of(name), reason) for name, reason in read_failed(folder)]
        with self.catalogue.writing() as database:
            database.execute("delete from failure where model = ?", [folder.name])
            database.executemany("insert or replace into failure values (?, ?, ?)", rows)
        self.catalogue.set_mark(str(path), mark)

    def _apply_corrections(self, corrections: Corrections) -> None:
        """Mark the results of drawings whose correction was set or removed to be read again."""
        was = {tuple(row) for row in self.catalogue.rows("select key, content from correction")}
        now = {(key_of(name), repr(correction)) for name, correction in corrections.items()}
        with self.catalogue.writing() as database:
            keys = [(key,) for key in {key for key, _ in was ^ now}]
            database.executemany("update result set stamp = 0 where key = ?", keys)
            database.executemany("delete from correction where key = ?", keys)
            database.executemany("insert into correction values (?, ?)", now - was)
            database.execute("delete from mark")
        self.catalogue.set_mark("corrections", str(stamp_of(self.workspace.corrections_file)))

    def _apply_orientation(self, model: str) -> None:
        """Mark the results of a model to be read again if the orientation of its drawings changed."""
        path = orientation_file(self.workspace, model)
        mark = str(stamp_of(path))
        if self.catalogue.mark(str(path)) != mark:
            with self.catalogue.writing() as database:
                database.execute("update result set stamp = 0 where model = ?", [model])
            self.catalogue.set_mark(str(path), mark)
            self.catalogue.set_mark(str(self.workspace.results_of(model)), "")


def _result_stamps(folder: Path) -> dict[str, int]:
    """Return the modification time of each result file by name; files that cannot be examined are left out."""
    stamps = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".json") and not entry.name.startswith(".") and is_utf8(entry.name):
                with suppress(OSError):
                    stamps[entry.name] = entry.stat().st_mtime_ns
    return stamps


def _size(held: Holding) -> tuple[int, int]:
    """Return the (width, height) of a drawing in px, (0, 0) if unknown."""
    if held.width or not held.modified_ns:
        return held.width, held.height
    try:
        return image_size(held.path)
    except (OSError, SunspotError):
        return 0, 0
