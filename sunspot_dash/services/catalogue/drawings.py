"""Query the list of drawings: sort, filter and page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sunspot_dash.services.catalogue.catalogue import TWIN, Catalogue

DONE, FAILED, NEW = "done", "failed", "not run"
COLUMNS = {
    "name": "drawing.name",
    "date": "drawing.date",
    "size": "drawing.width * drawing.height",
    "limb": "100 * result.disk_confidence",
    "labels": "drawing.labels",
    "spots": "result.spots",
    "observer": "nullif(drawing.observer, '')",
    "tags": "nullif(drawing.tags, '')",
    "state": (
        f"case when result.key is not null then '{DONE}' when failure.key is not null then '{FAILED}' else '{NEW}' end"
    ),
}
FROM = """from drawing
    left join result on result.key = drawing.key and result.model = :model
    left join failure on failure.key = drawing.key and failure.model = :model"""
COMPARISONS = {
    "equals": "= :{0}",
    "notEqual": "<> :{0}",
    "lessThan": "< :{0}",
    "lessThanOrEqual": "<= :{0}",
    "greaterThan": "> :{0}",
    "greaterThanOrEqual": ">= :{0}",
    "inRange": "between :{0} and :{0}_to",
    "contains": "like :{0} escape '!'",
    "startsWith": "like :{0} escape '!'",
    "blank": "is null",
    "notBlank": "is not null",
}


def page_of_drawings(
    catalogue: Catalogue,
    span: tuple[int, int],
    order: list[tuple[str, str]],
    filters: dict[str, dict[str, Any]] | None = None,
    model: str = "",
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of the list of drawings, and the total number of rows.

    Args:
        span: first row, and the one after the last.
        order: (column, "asc" or "desc"); by date if empty.
        filters: AG Grid's simple filters by column, {"type", "filter" or "dateFrom", ...}; unknown columns and
            comparisons are ignored.
        model: the model whose results are listed; by default the one with the newest results.
    """
    values: dict[str, Any] = {"model": model or catalogue.last_model()}
    where = " and ".join(_conditions(filters or {}, values)) or "true"
    total = catalogue.rows(f"select count(*) {FROM} where {where}", values)[0][0]
    rows = catalogue.rows(
        f"""select drawing.key, drawing.name, drawing.date, drawing.time, drawing.modified_ns, drawing.labels, width,
        height, archive, corrected, drawing.observer, drawing.tags, {TWIN} as twin,
        result.spots, result.stamp, {COLUMNS["limb"]} as limb, result.by_hand,
        failure.reason, {COLUMNS["state"]} as state
        {FROM} where {where} order by {_by(order)} limit :limit offset :offset""",
        values | {"limit": max(0, span[1] - span[0]), "offset": span[0]},
    )
    return [{**row, "modified": f"{row['modified_ns']:x}"} for row in rows], total


def rows_of(catalogue: Catalogue, model: str, keys: list[str]) -> list[dict[str, Any]]:
    """Return the rows of drawings with a result of a model, in the order of their keys."""
    columns = "drawing.key, drawing.name, drawing.date, drawing.time, drawing.modified_ns, result.spots, result.stamp"
    sql = f"""select {columns}
        {FROM} where result.key is not null and drawing.key in (select value from json_each(:keys))"""
    found = {row["key"]: dict(row) for row in catalogue.rows(sql, {"model": model, "keys": json.dumps(keys)})}
    return [found[key] for key in keys if key in found]


def place_of(catalogue: Catalogue, model: str, key: str, order: list[tuple[str, str]]) -> int | None:
    """Return the row, from 0, of a drawing in the list of a model's results; None if it has no result."""
    numbered = f"select drawing.key as key, row_number() over (order by {_by(order)}) - 1 as row {FROM}"
    sql = f"select row from ({numbered} where result.key is not null) where key = :key"
    rows = catalogue.rows(sql, {"model": model, "key": key})
    return int(rows[0]["row"]) if rows else None


def not_run(catalogue: Catalogue, model: str, folder: Path | None = None) -> int:
    """Return the number of drawings without a result of a model; with `folder`, of those directly in it."""
    sql = "select count(*) from drawing where not exists (select 1 from result where model = ? and key = drawing.key)"
    values: list[object] = [model]
    if folder is not None:
        sql += " and path in (? || name, ? || name)"  # the index may have been written with either path
        values += [f"{folder}/", f"{folder.resolve()}/"]
    return int(catalogue.rows(sql, values)[0][0])


def failures(catalogue: Catalogue, model: str) -> tuple[int, str]:
    """Return how many drawings have no result since they failed in the last run of a model, and why the first did."""
    first = "min(drawing.name || ': ' || failure.reason)"
    sql = f"select count(*), {first} {FROM} where {COLUMNS['state']} = '{FAILED}'"
    number, why = catalogue.rows(sql, {"model": model})[0]
    return number, why or ""


def labelled_keys(catalogue: Catalogue, without: str = "") -> list[str]:
    """Return the keys of the labelled drawings by time; with `without`, of those without a result of this model."""
    sql = "select key from drawing where labels is not null"
    if without:
        sql += " and not exists (select 1 from result where model = :without and key = drawing.key)"
    rows = catalogue.rows(f"{sql} order by date, time, name", {"without": without})
    return [row["key"] for row in rows]


def totals(catalogue: Catalogue, model: str) -> tuple[int, int, int]:
    """Return the numbers of a model's results on listed drawings, of their spots, and of its other results.

    The others are of drawings outside the workspace, or of deleted ones; Explore shows their spots, too.
    """
    known = "result.key in (select key from drawing)"
    sql = f"""select coalesce(sum({known}), 0), coalesce(sum(spots * ({known})), 0), coalesce(sum(not {known}), 0)
              from result where model = ?"""
    drawings, spots, others = catalogue.rows(sql, [model])[0]
    return drawings, spots, others


def _by(order: list[tuple[str, str]]) -> str:
    """Return the SQL of an order, with date, time and name as the last criteria."""
    terms = [
        f"{COLUMNS[name]} {'desc' if way == 'desc' else 'asc'}" for name, way in order if name in COLUMNS
    ]
    return ", ".join([*terms, "drawing.date", "drawing.time", "drawing.name"])


def _conditions(filters: dict[str, dict[str, Any]], values: dict[str, Any]) -> list[str]:
    """Return the SQL of each known filter; add its values to `values`."""
    found = []
    for column, asked in filters.items():
        kind = asked.get("type")
        if column not in COLUMNS or kind not in COMPARISONS:
            continue
        value, to = asked.get("filter"), asked.get("filterTo")
        if "dateFrom" in asked:  # "1956-01-09 00:00:00"
            value, to = str(asked["dateFrom"])[:10], str(asked.get("dateTo"))[:10]
        if kind in ("contains", "startsWith"):
            text = str(value).replace("!", "!!").replace("%", "!%").replace("_", "!_")
            value = f"%{text}%" if kind == "contains" else f"{text}%"
        values[column], values[f"{column}_to"] = value, to
        found.append(f"{COLUMNS[column]} {COMPARISONS[kind].format(column)}")
    return found
