"""What the pages list: an index of drawings, results and spots. `indexing` keeps it; it can be deleted at will."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunspot_dash.workspace import Workspace

FORMAT = 3
TABLES = ("drawing", "result", "spot", "spot_group", "failure", "mark")
SCHEMA = """
create table drawing (
    key text primary key, name text not null, path text not null, date text not null, time text not null,
    labels integer, bytes integer not null, modified_ns integer not null, width integer not null,
    height integer not null, archive text not null, corrected integer not null);
create index drawing_date on drawing (date, time);
create table result (
    model text not null, key text not null, name text not null, date text not null, time text not null,
    file text not null, stamp integer not null, spots integer not null, threshold real not null,
    disk_confidence real not null, by_hand integer not null,
    spot_groups integer, north_groups integer, north_spots integer, south_groups integer, south_spots integer,
    primary key (model, key));
create index result_date on result (model, date, time);
create index result_stamp on result (model, stamp);
create table spot (
    model text not null, key text not null, number integer not null, date text not null, x real, y real,
    radius_fraction real, position_angle_deg real, area_px real, confidence real,
    area_msh real, latitude_deg real, longitude_deg real, cmd_deg real, spot_group integer,
    primary key (model, key, number)) without rowid;
create table spot_group (
    model text not null, key text not null, number integer not null, date text not null, time text not null,
    spots integer not null, area_msh real not null, latitude_deg real not null, longitude_deg real not null,
    cmd_deg real not null, extent_deg real not null, largest integer not null, bipolar integer not null,
    primary key (model, key, number)) without rowid;
create table failure (
    model text not null, key text not null, reason text not null, primary key (model, key)) without rowid;
create table mark (name text primary key, value text not null) without rowid;
"""
# Another drawing of the same minute as `drawing`, a second scan of the sheet perhaps; null where there is none.
TWIN = """(select min(other.name) from drawing as other where other.date = drawing.date and other.time = drawing.time
    and other.time <> '' and other.key <> drawing.key)"""


def key_of(name: str) -> str:
    """What stands for a drawing's name in an address: 16 hexadecimal digits."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Summary:
    """The figures of the overview; `model` is the one with the newest results, "" for none."""

    drawings: int
    labelled: int
    models: int
    model: str
    spots: int
    first: str
    last: str


class Catalogue:
    """The index of one workspace, safe to read from any thread and process."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._file = workspace.root / "output" / "index.sqlite"
        with self.open() as database:
            if database.execute("pragma user_version").fetchone()[0] != FORMAT:
                stale = "".join(f"drop table if exists {name};" for name in TABLES)
                database.executescript(f"{stale}{SCHEMA}pragma user_version = {FORMAT};")

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection; what is written in it is kept when the block ends well."""
        with closing(sqlite3.connect(self._file, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            database.execute("pragma journal_mode = wal")
            with database:
                yield database

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with self.open() as database:
            return database.execute(sql, values).fetchall()

    def columns(self, sql: str, values: Sequence[Any], *names: str) -> dict[str, np.ndarray]:
        """What a query for numbers finds, (n,) float64 by name: for a million rows, of which a list would be large."""
        with self.open() as database:
            database.row_factory = None
            found = np.fromiter(database.execute(sql, values), [(name, np.float64) for name in names])
        return {name: found[name] for name in names}

    def revision(self) -> str:
        """Another text whenever something was taken up: what was shown before still holds while it is the same."""
        rows = self.rows("select value from mark where name = 'revision'")
        return str(rows[0]["value"]) if rows else ""

    def summary(self) -> Summary:
        """The figures of the overview."""
        drawings, labelled, first, last = self.rows(
            "select count(*), count(labels), min(nullif(date, 'undated')), max(nullif(date, 'undated')) from drawing"
        )[0]
        sql = "select coalesce(sum(spots), 0) from result where model = ?"
        models = self.models()
        model = next(iter(models), "")
        spots = self.rows(sql, [model])[0][0]
        return Summary(drawings, labelled, len(models), model, spots, first or "", last or "")

    def models(self) -> list[str]:
        """The models that have results here, the one with the newest first."""
        rows = self.rows("select model from result group by model order by max(stamp) desc")
        return [row["model"] for row in rows]

    def last_model(self) -> str:
        return next(iter(self.models()), "")

    def drawing(self, key: str) -> sqlite3.Row | None:
        """A drawing's row."""
        return next(iter(self.rows("select * from drawing where key = ?", [key])), None)

    def twin(self, key: str) -> str:
        """The name of another drawing of the same minute; "" where there is none."""
        rows = self.rows(f"select {TWIN} from drawing where key = ?", [key])
        return (rows[0][0] or "") if rows else ""
