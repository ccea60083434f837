"""Read the observers' own counts of groups, spots and Wolf number from a CSV table.

The header may use several names for a column, in any order; a row belongs to a drawing (its file name) or to a date.
Unusable rows are left out and reported; rows that look wrong are kept and reported.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sunspot_dash.domain.drawing.names import base_name, time_in_name
from sunspot_dash.errors import ParameterError, SeriesError

COLUMNS: Mapping[str, frozenset[str]] = {
    "file": frozenset({"file", "filename", "name", "drawing", "image"}),
    "date": frozenset({"date", "day", "datetime"}),
    "time": frozenset({"time", "ut", "hour"}),
    "groups": frozenset({"groups", "group", "g", "groupes", "nbgroups", "nbgroupes"}),
    "spots": frozenset({"spots", "sunspots", "spot", "s", "f", "taches", "nbspots", "nbtaches"}),
    "wolf": frozenset({"wolf", "r", "w", "rz", "wolfnumber", "nbwolf", "sunspotnumber"}),
    "observer": frozenset({"observer", "observateur", "station"}),
    "quality": frozenset({"quality", "qualite", "qualité", "confidence", "seeing"}),
}
MOST = 5000  # a larger number is a typing error: no day ever had 600 spots
MAX_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Total:
    """One row: the observer's counts on one drawing or day; missing values are None or "".

    Attributes:
        row: line number in the file; the header is line 1.
        file: file name of the drawing, "" for a row by date; when: UT, at midnight if only the day is known.
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
        """The Wolf number as written, else 10 g + s."""
        if self.wolf is not None or self.groups is None or self.spots is None:
            return self.wolf
        return 10.0 * self.groups + self.spots


@dataclass(frozen=True)
class Totals:
    """A table of totals.

    Attributes:
        rows: the usable rows, in the order of the file.
        left_out: "row 3: reason" for each unusable row.
        remarks: remarks on rows that look wrong, and on unused columns.
    """

    rows: list[Total]
    left_out: list[str]
    remarks: list[str]


def read_totals(path: Path) -> Totals:
    """Read a table of observers' totals.

    Raises:
        SeriesError: the file cannot be read, or has no usable header.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SeriesError(
                f"it has {path.stat().st_size} bytes, above the limit of {MAX_BYTES}: split it", path.name
            )
        content = path.read_bytes()
    except OSError as error:
        raise SeriesError(f"it cannot be read ({error.strerror})", path.name) from error
    return parse_totals(content, path.name)


def parse_totals(content: bytes, name: str) -> Totals:
    """Parse the content of a table; `name` is used in error messages only.

    Raises:
        SeriesError: the header lacks a column for the drawing or date, or one for a count.
    """
    text = _text(content)
    lines = text.splitlines()
    header = lines[0] if lines else ""
    separator = max(",;\t", key=header.count)
    reader = csv.reader(lines, delimiter=separator)
    try:
        titles = next(reader, [])
        columns = _columns(titles, name)
        found = Totals([], [], [])
        unused = [title.strip() for i, title in enumerate(titles) if i not in columns.values()]
        if any(unused):
            found.remarks.append(f"columns not used: {', '.join(filter(None, unused))}")
        seen: dict[tuple[str, str], int] = {}
        for fields in reader:
            if not any(value.strip() for value in fields):
                continue
            row = reader.line_num
            try:
                if len(fields) > len(titles):
                    raise ValueError(f"{len(fields)} values under {len(titles)} columns")
                total = _total(row, {key: fields[i].strip() for key, i in columns.items() if i < len(fields)})
                key = (total.file or str(total.when), total.observer)
                if key in seen:
                    raise ValueError(f"the same drawing or time, by the same observer, as row {seen[key]}")
            except ValueError as error:
                found.left_out.append(f"row {row}: {error}")
                continue
            seen[key] = row
            found.rows.append(total)
            found.remarks.extend(f"row {row}: {remark}" for remark in _doubts(total))
    except csv.Error as error:
        raise SeriesError(f"line {reader.line_num} is not valid CSV ({error})", name) from error
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The encoding of spreadsheets in western Europe; it decodes every byte.
        return content.decode("latin-1")


def _columns(titles: list[str], name: str) -> dict[str, int]:
    """Return the index of each known column; of two with the same meaning, the first."""
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
    """Convert a row to a Total.

    Raises:
        ValueError: the row is not usable.
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
    if groups is spots is wolf is None:
        raise ValueError("no groups, no spots and no Wolf number")
    return Total(row, file, when, groups, spots, wolf, values.get("observer", ""), values.get("quality", ""))


def _when(date: str, time: str) -> datetime | None:
    if not date:
        return None
    try:
        when = datetime.fromisoformat(f"{date} {time}".strip())
    except ValueError as error:
        wanted = "expected YYYY-MM-DD and HH:MM (UT)"
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
    """Return remarks on inconsistent values of a usable row."""
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
