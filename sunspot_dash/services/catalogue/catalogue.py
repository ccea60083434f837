"""The catalogue: an SQLite index of drawings, results and spots, which can be deleted and rebuilt at any time."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.services.catalogue.schema import FORMAT, SCHEMA, TABLES
from sunspot_dash.services.catalogue.sources import OF_MODELS
from sunspot_dash.workspace import Workspace

# Another drawing with the same date and time, perhaps a second scan; null if there is none.
TWIN = """(select min(other.name) from drawing as other where other.date = drawing.date and other.time = drawing.time
    and other.time <> '' and other.key <> drawing.key)"""


def _format_of(database: sqlite3.Connection) -> int:
    found: int = database.execute("pragma user_version").fetchone()[0]
    return found


def key_of(name: str) -> str:
    """Return the key of a drawing, used in page addresses: 16 hexadecimal digits."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Summary:
    """The numbers on the overview page; `model` is the one with the newest results, or ""."""

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
            if _format_of(database) != FORMAT:
                database.execute("begin immediate")  # several server processes may start at once
                if _format_of(database) != FORMAT:
                    stale = "".join(f"drop table if exists {name};" for name in TABLES)
                    for statement in f"{stale}{SCHEMA}pragma user_version = {FORMAT}".split(";"):
                        database.execute(statement)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Open a connection whose transaction is committed when the block ends without error."""
        with closing(sqlite3.connect(self._file, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            database.execute("pragma journal_mode = wal")
            with database:
                yield database

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that also sets a new revision."""
        with self.open() as database:
            yield database
            database.execute("insert or replace into mark values ('revision', ?)", [str(time.time_ns())])

    def mark(self, name: str) -> str:
        """Return the value of a progress mark of the indexer, "" if it is not set."""
        rows = self.rows("select value from mark where name = ?", [name])
        return str(rows[0]["value"]) if rows else ""

    def set_mark(self, name: str, value: str) -> None:
        """Set a progress mark of the indexer."""
        with self.open() as database:
            database.execute("insert or replace into mark values (?, ?)", [name, value])

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self.open() as database:
            return database.execute(sql, values).fetchall()

    def columns(self, sql: str, values: Sequence[Any], *names: str) -> dict[str, np.ndarray]:
        """Return a query's numeric columns by name, (n,) float64: far smaller than a list of a million rows."""
        with self.open() as database:
            database.row_factory = None
            found = np.fromiter(database.execute(sql, values), [(name, np.float64) for name in names])
        return {name: found[name] for name in names}

    def revision(self) -> str:
        """Return a text that changes with every update of the index."""
        return self.mark("revision")

    def summary(self) -> Summary:
        """Return the numbers on the overview page."""
        drawings, labelled, first, last = self.rows(
            f"select count(*), count(labels), min(nullif(date, '{UNDATED}')), max(nullif(date, '{UNDATED}')) "
            "from drawing"
        )[0]
        sql = "select coalesce(sum(spots), 0) from result where model = ?"
        models = self.models()
        model = next(iter(models), "")
        spots = self.rows(sql, [model])[0][0]
        return Summary(drawings, labelled, len(models), model, spots, first or "", last or "")

    def unused(self) -> list[tuple[str, str]]:
        """Return (name, reason) of the files in the workspace's own folders that are not usable drawings."""
        return [tuple(row) for row in self.rows("select name, reason from unused order by rowid")]

    def models(self) -> list[str]:
        """Return the models that have results, most recent first."""
        rows = self.rows(
            f"select model from result where {OF_MODELS} group by model order by max(stamp) desc"
        )
        return [row["model"] for row in rows]

    def last_model(self) -> str:
        """Return the model with the newest results, or ""."""
        return next(iter(self.models()), "")

    def last_run(self, model: str) -> int:
        """Return the time of a model's newest result, ns since 1970."""
        return int(self.rows("select max(stamp) from result where model = ?", [model])[0][0])

    def has_failures(self, model: str) -> bool:
        """Whether any drawing failed in the last run of a model."""
        return bool(self.rows("select 1 from failure where model = ? limit 1", [model]))

    def failures_of(self, key: str) -> list[tuple[str, str]]:
        """Return (model, reason) of the last runs in which a drawing failed."""
        rows = self.rows("select model, reason from failure where key = ? order by model", [key])
        return [tuple(row) for row in rows]

    def models_with_result(self, key: str) -> list[str]:
        """Return the models that have a result on a drawing."""
        return [
            row["model"]
            for row in self.rows(f"select model from result where key = ? and {OF_MODELS}", [key])
        ]

    def drawing(self, key: str) -> sqlite3.Row | None:
        """Return a drawing's row, None if the key is unknown."""
        return next(iter(self.rows("select * from drawing where key = ?", [key])), None)

    def twin(self, key: str) -> str:
        """Return the name of another drawing with the same date and time, or ""."""
        rows = self.rows(f"select {TWIN} from drawing where key = ?", [key])
        return (rows[0][0] or "") if rows else ""
