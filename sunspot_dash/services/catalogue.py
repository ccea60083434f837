"""What the pages list: an index of drawings, results and spots, made from the workspace's files, and anew at will."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sunspot_dash.domain.coco import load_coco
from sunspot_dash.domain.detections import PRESETS, polar
from sunspot_dash.domain.names import date_and_time
from sunspot_dash.errors import SunspotError
from sunspot_dash.io.results import read_result
from sunspot_dash.services.archives import archive_drawings
from sunspot_dash.workspace import Workspace

FORMAT = 1
PATTERN = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".fits", ".fit", ".fts")
BATCH = 200
SCHEMA = """
create table drawing (
    key text primary key, name text not null, path text not null, date text not null, time text not null,
    labels integer, bytes integer not null);
create index drawing_date on drawing (date, time);
create table result (
    model text not null, key text not null, name text not null, date text not null, time text not null,
    file text not null, stamp integer not null, spots integer not null, threshold real not null,
    disk_confidence real not null, primary key (model, key));
create index result_date on result (model, date, time);
create table spot (
    model text not null, key text not null, number integer not null, date text not null, x real, y real,
    radius_fraction real, position_angle_deg real, area_px real, confidence real,
    primary key (model, key, number)) without rowid;
"""


def key_of(name: str) -> str:
    """What stands for a drawing's name in an address: 16 hexadecimal digits."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Summary:
    """The figures of the overview."""

    drawings: int
    labelled: int
    models: int
    spots: int
    first: str
    last: str


class Catalogue:
    """The index of one workspace. Reading is safe from any thread; `refresh` takes up what has changed."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._file = workspace.root / "output" / "index.sqlite"
        self._refreshing = threading.Lock()
        self._labels: tuple[float, dict[str, int]] = (0.0, {})
        with self.open() as database:
            if database.execute("pragma user_version").fetchone()[0] != FORMAT:
                database.executescript(
                    "".join(f"drop table if exists {name};" for name in ("drawing", "result", "spot"))
                    + SCHEMA
                    + f"pragma user_version = {FORMAT};"
                )

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection; what is written in it is kept when the block ends well."""
        with closing(sqlite3.connect(self._file, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            database.execute("pragma journal_mode = wal")
            with database:
                yield database

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with self.open() as database:
            return database.execute(sql, tuple(values)).fetchall()

    def refresh(self) -> bool:
        """Take up new, changed and deleted files; False when another thread does that already."""
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            self._drawings()
            for folder in self._models():
                self._results(folder)
        finally:
            self._refreshing.release()
        return True

    def summary(self) -> Summary:
        """The figures of the overview."""
        drawings, labelled, first, last = self.rows(
            "select count(*), count(labels), min(nullif(date, 'undated')), max(nullif(date, 'undated')) from drawing"
        )[0]
        spots = self.rows("select coalesce(sum(spots), 0) from result where model = ?", [self.last_model()])[
            0
        ][0]
        return Summary(drawings, labelled, len(self.models()), spots, first or "", last or "")

    def models(self) -> list[str]:
        """The models that have results here, the one with the newest first."""
        rows = self.rows("select model from result group by model order by max(stamp) desc")
        return [row["model"] for row in rows]

    def last_model(self) -> str:
        return next(iter(self.models()), "")

    def drawing(self, key: str) -> sqlite3.Row | None:
        """A drawing's row."""
        return next(iter(self.rows("select * from drawing where key = ?", [key])), None)

    # --- taking up files

    def _drawings(self) -> None:
        labels = self._label_counts()
        found = {path.name: (path, size) for path, size in self._files()}
        with self.open() as database:
            known = {
                row["name"]: (row["path"], row["labels"]) for row in database.execute("select * from drawing")
            }
            gone = [(name,) for name in known if name not in found]
            database.executemany("delete from drawing where name = ?", gone)
            new = [
                (key_of(name), name, str(path), *date_and_time(name), labels.get(name), size)
                for name, (path, size) in found.items()
                if known.get(name) != (str(path), labels.get(name))
            ]
            database.executemany("insert or replace into drawing values (?, ?, ?, ?, ?, ?, ?)", new)

    def _files(self) -> Iterator[tuple[Path, int]]:
        """Every drawing that the workspace holds or refers to; later ones win where two have one name."""
        for plan in sorted(self.workspace.runs.glob("*/drawings.json")):
            try:
                yield from ((Path(text), 0) for text in json.loads(plan.read_text("utf-8"))["paths"])
            except (OSError, ValueError, LookupError):
                continue
        for head in sorted((self.workspace.dataset / "archives").glob("*.json")):
            try:
                yield from ((path, 0) for path in archive_drawings(self.workspace, head.stem) or [])
            except SunspotError:
                continue
        for folder in (self.workspace.images_to_run, self.workspace.images):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.lower().endswith(PATTERN) and not entry.name.startswith("."):
                        yield Path(entry.path), entry.stat().st_size

    def _label_counts(self) -> dict[str, int]:
        """How many labels each drawing has, of those that the COCO file lists."""
        path = self.workspace.annotations_file
        try:
            stamp = path.stat().st_mtime
            if stamp != self._labels[0]:
                coco = load_coco(path)
                counts = {name: len(coco.annotations.get(name, [])) for name in coco.images}
                self._labels = (stamp, counts)
            return self._labels[1]
        except (OSError, SunspotError):
            return {}

    def _models(self) -> list[Path]:
        folders = self.workspace.inference_results.glob("*/drawings")
        with self.open() as database:
            there = {folder.parent.name for folder in self.workspace.inference_results.glob("*/drawings")}
            for row in database.execute("select distinct model from result").fetchall():
                if row["model"] not in there:
                    for table in ("result", "spot"):
                        database.execute(f"delete from {table} where model = ?", [row["model"]])
        return sorted(folders)

    def _results(self, folder: Path) -> None:
        model = folder.parent.name
        with os.scandir(folder) as entries:
            there = {
                entry.name: entry.stat().st_mtime_ns
                for entry in entries
                if entry.name.endswith(".json") and not entry.name.startswith(".")
            }
        known = {
            row["file"]: (row["stamp"], row["key"])
            for row in self.rows("select file, stamp, key from result where model = ?", [model])
        }
        self._forget(model, [key for file, (_, key) in known.items() if file not in there])
        new = [file for file, stamp in there.items() if known.get(file, (0, ""))[0] != stamp]
        for start in range(0, len(new), BATCH):
            self._take(model, folder, {file: there[file] for file in new[start : start + BATCH]})

    def _forget(self, model: str, keys: list[str]) -> None:
        with self.open() as database:
            for table in ("result", "spot"):
                database.executemany(
                    f"delete from {table} where model = ? and key = ?", [(model, key) for key in keys]
                )

    def _take(self, model: str, folder: Path, files: dict[str, int]) -> None:
        with self.open() as database:
            for file, stamp in files.items():
                try:
                    result = read_result(folder / file)
                except SunspotError:
                    continue
                key, (date, clock) = key_of(result.name), date_and_time(result.name)
                spots = result.numbered()
                confidence = result.disk.confidence
                database.execute("delete from spot where model = ? and key = ?", (model, key))
                row = (
                    model,
                    key,
                    result.name,
                    date,
                    clock,
                    file,
                    stamp,
                    len(spots),
                    result.threshold,
                    confidence,
                )
                database.execute("insert or replace into result values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
                places = ((number, spot, polar(spot, result.disk, PRESETS["uset"])) for number, spot in spots)
                database.executemany(
                    "insert into spot values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (
                            model, key, number, date, spot.x, spot.y, at.radius_fraction, at.position_angle_deg,
                            spot.area_px, spot.confidence,
                        )
                        for number, spot, at in places
                    ],
                )  # fmt: skip


def keep_fresh(
    catalogue: Catalogue, seconds: float, ready: threading.Event, say: Callable[[str], object]
) -> None:
    """Refresh a catalogue again and again, in a thread of its own; `ready` is set after the first time."""
    while True:
        try:
            catalogue.refresh()
        except (OSError, sqlite3.Error, SunspotError) as error:
            say(f"the index was not refreshed: {error}")
        ready.set()
        time.sleep(seconds)
