"""Observers' own counts of groups and spots and their Wolf number, from a CSV table.

The header may name the columns in several ways and in any order; a row belongs to a drawing (its file name) or to a
date. A row that cannot be used is left out and listed with its reason; a suspicious one is kept and listed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sunspot_dash.domain.drawing.names import base_name, time_in_name
from sunspot_dash.errors import ParameterError, SeriesError

COLUMNS: Mapping[str, frozenset[str]] = {
    "file": frozenset({"file", "filename", "name", "drawing", "image", "nom", "fichier", "dessin"}),
    "date": frozenset({"date", "day", "datetime"}),
    "time": frozenset({"time", "ut", "hour", "heure"}),
    "groups": frozenset({"groups", "group", "g", "groupes", "nbgroups", "nbgroupes"}),
    "spots": frozenset({"spots", "sunspots", "spot", "s", "f", "taches", "nbspots", "nbtaches"}),
    "wolf": frozenset({"wolf", "r", "w", "rz", "wolfnumber", "nbwolf", "sunspotnumber"}),
    "observer": frozenset({"observer", "observateur", "station"}),
    "quality": frozenset({"quality", "qualite", "qualité", "confidence", "seeing"}),
}
# A day with more is a slip of the pen: the most spots ever seen on one day are below 600.
MOST = 5000
MAX_BYTES = 32 * 2**20
HEADER_LINES = 1
MOST_COLUMNS = 200
LONGEST_VALUE = 1000
TOO_LONG = "x" * (LONGEST_VALUE + 1)
END = "end of the file"  # a line behind the last one: part of a value if a quotation mark is not closed


@dataclass(frozen=True)
class Total:
    """One row: what the observer counted on one drawing or day; None or "" where the row has no value.

    Attributes:
        row: its line in the file, the header being 1.
        file: the drawing's file name, "" for a row by date; when: UT, of the day alone where no time is known.
        groups, spots: counts; wolf: the Wolf number as written.
    """

    row: int
    file: str
    when: datetime | None
    groups: int | None
    spots: int | None
    wolf: float | None
    observer: str = ""
    quality: str = ""

    @property
    def number(self) -> float | None:
        """The Wolf number: as written, or else 10 g + s."""
        if self.wolf is not None or self.groups is None or self.spots is None:
            return self.wolf
        return 10.0 * self.groups + self.spots


@dataclass(frozen=True)
class Totals:
    """A table of totals.

    Attributes:
        rows: those that can be used, in the order of the file.
        left_out: "row 3: why", a row that cannot be used.
        remarks: of rows that were kept and look wrong, and of columns that are not used.
    """

    rows: list[Total]
    left_out: list[str]
    remarks: list[str]


def read_totals(path: Path) -> Totals:
    """Read a table of observers' totals.

    Raises:
        SeriesError: it cannot be read, or has no usable header.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SeriesError(
                f"{path.stat().st_size} bytes, above the limit of {MAX_BYTES}: split it", path.name
            )
        content = path.read_bytes()
    except OSError as error:
        raise SeriesError(f"it cannot be read ({error.strerror})", path.name) from error
    return parse_totals(content, path.name)


def parse_totals(content: bytes, name: str) -> Totals:
    """Parse a file's content; `name` is for messages only.

    Raises:
        SeriesError: there is no header with a column for the drawing or date and one for a count, or a quotation
            mark is not closed.
    """
    lines = _text(content).splitlines()
    header = lines[0][: MOST_COLUMNS * LONGEST_VALUE] if lines else ""
    separator = max(",;\t", key=header.count)
    if header.count(separator) >= MOST_COLUMNS:
        raise SeriesError(f"the header has more than {MOST_COLUMNS} columns: delete those not needed", name)
    titles = next(csv.reader([header], delimiter=separator), [])
    columns = _columns(titles, name)
    found = Totals([], [], [])
    unused = [title.strip() for i, title in enumerate(titles) if i not in columns.values()]
    if any(unused):
        found.remarks.append(f"columns not used: {', '.join(filter(None, unused))}")
    seen: dict[tuple[str, str], int] = {}
    for row, fields in _records(lines[1:], separator, name):
        try:
            if len(fields) > len(titles):
                raise ValueError(f"{len(fields)} values under {len(titles)} columns")
            if max(map(len, fields)) > LONGEST_VALUE:
                raise ValueError(f"a value has more than {LONGEST_VALUE} characters")
            total = _total(row, {key: fields[i] for key, i in columns.items() if i < len(fields)})
            key = (total.file or str(total.when), total.observer)
            if key in seen:
                raise ValueError(f"the same drawing or time, by the same observer, as row {seen[key]}")
        except ValueError as error:
            found.left_out.append(f"row {row}: {error}")
            continue
        seen[key] = row
        found.rows.append(total)
        found.remarks.extend(f"row {row}: {remark}" for remark in _doubts(total))
    return found


def _records(lines: list[str], separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, values) of each record below the header that has a value.

    Empty values at the end are dropped. Of a record over several lines, in quotes, the last line counts.

    Raises:
        SeriesError: a quotation mark is not closed.
    """
    reader = csv.reader([*lines, END], delimiter=separator)
    while reader.line_num <= len(lines):
        begins = reader.line_num + HEADER_LINES + 1
        try:
            cells = next(reader)
        except csv.Error:  # a value is longer than the limit of the library, 131 072 characters
            cells = [TOO_LONG]
        line = reader.line_num + HEADER_LINES
        if cells == [END]:
            return
        if reader.line_num > len(lines) or (cells == [TOO_LONG] and line > begins):
            raise SeriesError(
                f'line {begins} opens a quotation mark (") that is never closed: close or delete it', name
            )
        values = [value.strip() for value in cells]
        while values and not values[-1]:
            values.pop()
        if values:
            yield line, values


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets in western Europe save as "CSV"; every byte is valid in it.
        return content.decode("latin-1")


def _columns(titles: list[str], name: str) -> dict[str, int]:
    """Return the place of each known column; of two with the same meaning, the first."""
    plain = [re.sub(r"[\W_]", "", title.casefold()) for title in titles]
    found: dict[str, int] = {}
    for meaning, spellings in COLUMNS.items():
        places = [i for i, title in enumerate(plain) if title in spellings]
        if places:
            found[meaning] = places[0]
    if not found.keys() & {"file", "date"} or not found.keys() & {"groups", "spots", "wolf"}:
        raise SeriesError(
            f'the header is "{", ".join(titles)[:80]}"; expected a column "file" or "date", and some of "groups", '
            '"spots", "wolf" (also "observer", "quality")',
            name,
        )
    return found


def _total(row: int, values: Mapping[str, str]) -> Total:
    """Return a row's total.

    Raises:
        ValueError: the row cannot be used, with the reason.
    """
    file = values.get("file", "")
    if file:
        try:
            file = base_name(file)
        except ParameterError as error:
            raise ValueError(error.reason) from error
    when = _when(values.get("date", ""), values.get("time", "")) or (time_in_name(file) if file else None)
    if not file and when is None:
        raise ValueError("neither a drawing nor a date")
    groups, spots = (_whole(key, values.get(key, "")) for key in ("groups", "spots"))
    wolf = _number("wolf", values.get("wolf", ""))
    if groups is None and spots is None and wolf is None:
        raise ValueError("no groups, no spots and no Wolf number")
    return Total(row, file, when, groups, spots, wolf, values.get("observer", ""), values.get("quality", ""))


def _when(date: str, time: str) -> datetime | None:
    if not date:
        return None
    try:
        when = datetime.fromisoformat(f"{date} {time}".strip())
    except ValueError as error:
        wanted = "YYYY-MM-DD and HH:MM (UT) are expected"
        raise ValueError(f'"{f"{date} {time}".strip()}" is not a date and time; {wanted}') from error
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _number(column: str, text: str) -> float | None:
    if not text or text == "-":
        return None
    if not re.fullmatch(r"\d+([.,]\d+)?", text) or float(text.replace(",", ".")) > MOST:
        raise ValueError(f'{column} is "{text}", expected a number from 0 to {MOST}')
    return float(text.replace(",", "."))


def _whole(column: str, text: str) -> int | None:
    number = _number(column, text)
    if number is None:
        return None
    if number != int(number):
        raise ValueError(f'{column} is "{text}", expected a whole number')
    return int(number)


def _doubts(total: Total) -> list[str]:
    """Return what looks wrong in a row that is kept."""
    groups, spots, wolf = total.groups, total.spots, total.wolf
    if groups is None or spots is None:
        return []
    doubts = []
    if wolf is not None and wolf != 10 * groups + spots:
        doubts.append(
            f"the Wolf number is {wolf:g}, but {groups} groups and {spots} spots make {10 * groups + spots}"
        )
    if spots < groups:
        doubts.append(f"{groups} groups with only {spots} spots")
    return doubts
