"""Dates of drawings from a CSV table: the name of a drawing, its date, and perhaps its time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sunspot_dash.errors import ParameterError
from sunspot_dash.io.totals import COLUMNS

MAX_BYTES = 32 * 2**20
FIELDS = ("file", "date", "time")
WRITE = "write 1957-01-17, 1957-01-17 09:30, or the time in a column of its own"


@dataclass(frozen=True)
class DateRow:
    """A row: its line in the file, the drawing's name, the date 'YYYY-MM-DD', and the time 'HH:MM' (UT) or ""."""

    line: int
    name: str
    date: str
    time: str


@dataclass
class DateTable:
    """The rows that can be used, and one sentence, with the line, for each of the others."""

    rows: list[DateRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_dates(content: bytes, name: str) -> DateTable:
    """Read a table with the columns name, date and optionally time; a header may name them in any order.

    Args:
        content: the file, separated by comma, semicolon or tab; name: its name, for messages.

    Raises:
        ParameterError: it is not UTF-8 or too large, or its header has no column for the name or the date.
    """
    if len(content) > MAX_BYTES:
        raise ParameterError(f"{name}: it exceeds the limit of {MAX_BYTES >> 20} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ParameterError(f"{name}, line {line}: it is not UTF-8: save the table as UTF-8") from error
    found = DateTable()
    seen: dict[str, int] = {}
    for line, cells in _rows(text, name):
        if not cells["file"]:
            found.problems.append(f"line {line}: the name of the drawing is missing")
        elif (first := seen.setdefault(cells["file"], line)) != line:
            found.problems.append(f"line {line}: '{cells['file']}' is also on line {first}; that one counts")
        else:
            try:
                found.rows.append(DateRow(line, cells["file"], *_when(cells["date"], cells["time"])))
            except ValueError:
                written = f"{cells['date']} {cells['time']}".strip()
                found.problems.append(f"line {line}: '{written}' is not a date: {WRITE}")
    if not (found.rows or found.problems):
        raise ParameterError(f"{name}: it has no rows: write one 'name,date' or 'name,date,time' per line")
    return found


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row that is not empty as its line and its cells by field."""
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    columns, width = {"file": 0, "date": 1, "time": 2}, 3
    try:
        for number, row in enumerate(reader):
            row = [cell.strip() for cell in row]
            if number == 0 and (header := _header(row, name)):
                columns, width = header, len(row)
            elif any(row):
                cells = {key: row[at] if at < len(row) else "" for key, at in columns.items()}
                # Values beyond the header belong to the date, which shows if they do not.
                more = " ".join(filter(None, [cells.get("time", ""), *row[width:]]))
                yield reader.line_num, cells | {"time": more}
    except csv.Error as error:
        raise ParameterError(f"{name}, line {reader.line_num}: {error}: save the table as CSV") from error


def _header(row: list[str], name: str) -> dict[str, int]:
    """Return the columns that a header names, {} if the row is not a header."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(row):
        for key in FIELDS:
            if cell.lower() in COLUMNS[key]:
                columns.setdefault(key, at)
    if columns and not {"file", "date"} <= set(columns):
        missing = "name" if "file" not in columns else "date"
        raise ParameterError(f"{name}, line 1: the header has no column '{missing}'")
    return columns


def _when(date: str, time: str) -> tuple[str, str]:
    """Return ('YYYY-MM-DD', 'HH:MM' or ""); raise ValueError if it is not a date."""
    if len(date) == len("1957-01-17"):
        day = datetime.fromisoformat(date).strftime("%Y-%m-%d").zfill(10)
        return day, f"{datetime.fromisoformat(f'{date}T{time.zfill(5)}'):%H:%M}" if time else ""
    if time or len(date) < len("1957-01-17 09:30"):
        raise ValueError(date)
    when = datetime.fromisoformat(date.removesuffix("Z"))
    if when.tzinfo:
        raise ValueError(date)
    return when.strftime("%Y-%m-%d").zfill(10), f"{when:%H:%M}"
