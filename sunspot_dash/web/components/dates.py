"""Fields for ISO dates: the browser's own fields show dates in the order of its language."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, no_update

FIRST_YEAR = 1000
TYPING_MS = 700  # a typed date or number takes effect after this pause
FORMAT = "YYYY-MM-DD"


def date_field(identity: str, name: str = "", **more: Any) -> dbc.Input:
    """Return the field.

    Args:
        name: of the date, where no visible label has it.
        more: properties of the input.
    """
    hint = f"{name} {FORMAT}".strip()
    return dbc.Input(id=identity, type="text", placeholder=hint, autocomplete="off", **more)


def register_dates(app: Dash, first: str, last: str, note: str = "") -> None:
    """Register the two fields of a period: a year and a month are completed, and invalid dates are marked.

    Args:
        note: id of the element that says how a date is written.
    """
    found = [Output(identity, "value", allow_duplicate=True) for identity in (first, last)]
    found += [Output(identity, "invalid") for identity in (first, last)]
    notes = [Output(note, "children")] if note else []

    def checked(begin: str | None, end: str | None) -> tuple[Any, ...]:
        return checked_period(begin, end)[: len(found) + len(notes)]

    ends = [Input(identity, "value") for identity in (first, last)]
    app.callback(*found, *notes, *ends, prevent_initial_call=True)(checked)


def checked_period(first: str | None, last: str | None) -> tuple[Any, ...]:
    """Return the dates of a period in full and in order, which of them are invalid, and a note."""
    typed, ends = (first or "", last or ""), in_order(first, last)
    wrong = tuple(bool(text) and not parse_date(text) for text in typed)
    note = "Write a date as YYYY-MM-DD, a month as YYYY-MM or a year as YYYY." if any(wrong) else ""
    kept = any(wrong) or ends == typed
    return *((no_update,) * 2 if kept else ends), *wrong, note


def in_order(first: Any, last: Any) -> tuple[str, str]:
    """Return the dates of a period in order, "" for an invalid or missing date."""
    ends = parse_date(first), parse_date(last, end=True)
    if all(ends) and ends[0] > ends[1]:
        return parse_date(last), parse_date(first, end=True)
    return ends


def parse_date(value: Any, end: bool = False) -> str:
    """Return an ISO date; a year or a month stands for its first day, or for its last one if `end`; "" if invalid."""
    text = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) is None:
        return ""
    year, month, day = int(text[:4]), int(text[5:7] or (12 if end else 1)), int(text[8:] or 1)
    if year < FIRST_YEAR or not 1 <= month <= 12:
        return ""
    if end and not text[8:]:
        day = monthrange(year, month)[1]
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
