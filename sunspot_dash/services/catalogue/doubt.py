"""Keep the doubt of each result up to date: it depends on neighbouring results and on the observers' totals."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.review.doubt import NEIGHBOUR_DAYS, Candidates, Evidence, doubt_of
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.observers import ObserversCounts, observers_counts, tables_state
from sunspot_dash.services.catalogue.sources import OF_MODELS

OBSERVERS_MARK = "observers"


def forget_doubt_near(database: sqlite3.Connection, model: str, keys: Sequence[str]) -> None:
    """Mark the doubt of these results and of their neighbours in time as old."""
    old = "update result set doubt_is_old = 1 where model = ? and "
    dates: set[str] = set()
    for key in keys:
        sql = "select date from result where model = ? and key = ?"
        dates.update(row[0] for row in database.execute(sql, [model, key]))
    database.executemany(
        f"{old} date <> '{UNDATED}' and date between ? and ?",
        [(model, *_span(day)) for day in dates if day != UNDATED],
    )
    database.executemany(f"{old} key = ?", [(model, key) for key in keys])


def refresh_doubt(catalogue: Catalogue) -> None:
    """Compute the doubt of the results where it is old.

    Raises:
        OSError, sqlite3.Error: the index is not accessible.
    """
    state = tables_state(catalogue.workspace)
    if catalogue.mark(OBSERVERS_MARK) != state:
        with catalogue.open() as database:
            database.execute(f"update result set doubt_is_old = 1 where {OF_MODELS}")
        catalogue.set_mark(OBSERVERS_MARK, state)
    models = catalogue.rows("select distinct model from result where doubt_is_old")
    observers = observers_counts(catalogue.workspace) if models else ObserversCounts([])
    for row in models:
        _refresh(catalogue, row["model"], observers)


def _refresh(catalogue: Catalogue, model: str, observers: ObserversCounts) -> None:
    sql = f"select date, key, spots from result where model = ? and date <> '{UNDATED}' order by date"
    counts = [tuple(row) for row in catalogue.rows(sql, [model])]
    dates = [day for day, *_ in counts]
    sql = """select key, name, date, time, spots, candidate_errors as errors, candidate_variance as variance,
        near_threshold as near, disk_confidence, by_hand from result where model = ? and doubt_is_old"""
    rows = []
    for row in catalogue.rows(sql, [model]):
        neighbours: list[int] = []
        if row["date"] != UNDATED:
            first, last = _span(row["date"])
            near = counts[bisect_left(dates, first) : bisect_right(dates, last)]
            neighbours = [spots for _, key, spots in near if key != row["key"]]
        total = observers.of(row["name"], row["date"], row["time"])
        found = doubt_of(
            Evidence(
                Candidates(row["spots"], row["errors"] or 0.0, row["variance"] or 0.0, row["near"] or 0),
                None if row["by_hand"] else row["disk_confidence"],
                neighbours,
                total.spots if total else None,
            )
        )
        rows.append((found.errors, "; ".join(found.reasons), model, row["key"]))
    with catalogue.writing() as database:
        database.executemany(
            "update result set doubt = ?, reasons = ?, doubt_is_old = 0 where model = ? and key = ?", rows
        )


def _span(day: str) -> tuple[str, str]:
    """Return the first and the last date of the neighbours of a day."""
    middle, reach = date.fromisoformat(day), timedelta(days=NEIGHBOUR_DAYS)
    return (middle - reach).isoformat(), (middle + reach).isoformat()
