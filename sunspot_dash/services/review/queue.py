"""The queue of drawings to review, most doubtful first, from the catalogue."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from sunspot_dash.domain.review.blind import own_gestures
from sunspot_dash.domain.review.gestures import finish_of
from sunspot_dash.io.journals import read_journals
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period, where_period
from sunspot_dash.services.catalogue.rows import finish_columns

NEEDS_REVIEW, REVIEWED, ALL = STATES = ("needs review", "reviewed", "all")
IS_REVIEWED = "coalesce(review.reviewed_at, '') <> ''"
FROM = """from result join drawing using (key)
    left join review on review.model = result.model and review.key = result.key
    where result.model = :model and """
WHERE_STATE = {NEEDS_REVIEW: f"not {IS_REVIEWED}", REVIEWED: IS_REVIEWED, ALL: "true"}
# Drawings without a computed doubt come after the doubtful ones, for the second that it takes to compute it.
BY_DOUBT = """result.key in (select value from json_each(:skipped)), result.doubt desc,
    result.date, result.time, result.name"""
ORDER = f"{IS_REVIEWED}, case when {IS_REVIEWED} then review.reviewed_at end desc, {BY_DOUBT}"


@dataclass(frozen=True)
class Choice:
    """Which drawings are in the queue.

    Attributes:
        model: its results are reviewed.
        period: first and last date, "" leaves an end open.
        state: one of STATES; with ALL, reviewed drawings come last, the newest review first.
        skipped: keys of the drawings that come after all others that need a review.
    """

    model: str
    period: Period = ALWAYS
    state: str = NEEDS_REVIEW
    skipped: Collection[str] = ()


class Counts(NamedTuple):
    """Numbers of drawings with a result, in the chosen period."""

    to_review: int
    reviewed: int


def page_of_queue(
    catalogue: Catalogue, choice: Choice, span: tuple[int, int]
) -> tuple[list[dict[str, Any]], int]:
    """Return rows of the queue, and their total number, 0 if nothing is left to review.

    Args:
        span: first row, and the one after the last.

    Returns:
        Rows with key, name, date, time, spots (of the model), reviewed_spots, score (expected errors), reasons,
        reviewed_by, reviewed_at ("YYYY-MM-DD HH:MM:SS" in UT, "" if not reviewed), gestures, disputed and lost
        (numbers); reviewed_spots is None without a gesture.
    """
    where, values = _where(choice)
    total = catalogue.rows(f"select count(*) {FROM} {where}", values)[0][0]
    rows = catalogue.rows(
        f"""select result.key, result.name, result.date, result.time, result.spots, review.spots as reviewed_spots,
        coalesce(result.doubt, 0) as score, result.reasons, coalesce(review.reviewed_by, '') as reviewed_by,
        coalesce(review.reviewed_at, '') as reviewed_at, coalesce(review.gestures, 0) as gestures,
        coalesce(review.disputes, 0) as disputed, coalesce(review.lost, 0) as lost
        {FROM} {where} order by {ORDER} limit :limit offset :offset""",
        values | {"limit": max(0, span[1] - span[0]), "offset": max(0, span[0])},
    )
    return [dict(row) for row in rows], int(total)


def rows_for_reader(catalogue: Catalogue, rows: list[dict[str, Any]], reader: str) -> list[dict[str, Any]]:
    """Return rows of the queue for a person who reads blind: without counts, reasons and the reviews of others.

    `reviewed_by` and `reviewed_at` are those of the person's own blind reading.
    """
    found = []
    for row in rows:
        gestures, _ = read_journals(catalogue.workspace.reviews, row["name"])
        by, at = finish_columns(finish_of(own_gestures(gestures, reader)))
        plain = {name: row[name] for name in ("key", "name", "date", "time")}
        found.append(plain | {"reviewed_by": by, "reviewed_at": at})
    return found


def counts(catalogue: Catalogue, model: str, period: Period = ALWAYS) -> Counts:
    """Return how many drawings of a period need a review, and how many are reviewed."""
    where, values = _where(Choice(model, period, ALL))
    rows = catalogue.rows(f"select count(*), coalesce(sum({IS_REVIEWED}), 0) {FROM} {where}", values)
    return Counts(rows[0][0] - rows[0][1], rows[0][1])


def place_in_queue(catalogue: Catalogue, choice: Choice, key: str) -> int | None:
    """Return the row, from 0, of a drawing in the queue; None if it is not in it."""
    where, values = _where(choice)
    numbered = f"select result.key as key, row_number() over (order by {ORDER}) - 1 as row {FROM} {where}"
    rows = catalogue.rows(f"select row from ({numbered}) where key = :key", values | {"key": key})
    return int(rows[0]["row"]) if rows else None


def next_to_review(catalogue: Catalogue, choice: Choice, after: str = "") -> str:
    """Return the key of the drawing to review after a given one, or the first one; "" if none is left.

    The drawing itself may be reviewed or skipped meanwhile: its place is that of its doubt. After the last one comes
    the first one.
    """
    where, values = _where(Choice(choice.model, choice.period, ALL, choice.skipped))
    numbered = f"""select result.key as key, {IS_REVIEWED} as done, row_number() over (order by {BY_DOUBT}) as row
        {FROM} {where}"""
    sql = f"""with numbered as ({numbered}), place as (select row from numbered where key = :after)
        select key from numbered where not done and key <> :after
        order by row < coalesce((select row from place), 0), row limit 1"""
    rows = catalogue.rows(sql, values | {"after": after})
    return str(rows[0]["key"]) if rows else ""


def is_any_reviewed(catalogue: Catalogue) -> bool:
    """Whether a drawing with a result is marked as reviewed."""
    return bool(catalogue.rows("select 1 from review where reviewed_at <> '' limit 1"))


def _where(choice: Choice) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition of a choice, and its values by name.

    Raises:
        ValueError: the state is unknown.
    """
    if choice.state not in WHERE_STATE:
        raise ValueError(f"state is {choice.state!r}, expected one of {', '.join(STATES)}")
    dates, found = where_period(choice.period, "result.date")
    values = {"model": choice.model, "skipped": json.dumps(list(choice.skipped))}
    for number, value in enumerate(found):
        dates = dates.replace("?", f":date{number}", 1)
        values[f"date{number}"] = value
    return f"{dates} and {WHERE_STATE[choice.state]}", values
