"""What observers wrote on their sheets: groups, spots and Wolf number, from a table (CSV).

The header may name the columns in several ways and in any order; a row is of a drawing (its file name) or of a date.
A row that cannot be used is left out and told, one that can but looks wrong is kept and told.
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
# A day with more is a slip of the pen: the most spots ever seen on one are below 600.
MOST = 5000
MAX_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Total:
    """A row: what the observer counted on one drawing or day; None or "" where the row does not say.

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
    """The table in a file's content; `name` is for the message only.

    Raises:
        SeriesError: there is no header with a column for the drawing or date and one for a count.
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
        raise SeriesError(f"line {reader.line_num} is no CSV ({error})", name) from error
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a spreadsheet saves as "CSV" in western Europe; every byte means something in it.
        return content.decode("latin-1")


def _columns(titles: list[str], name: str) -> dict[str, int]:
    """Which column holds what: of two that would do, the first."""
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
    """A row's total.

    Raises:
        ValueError: what is wrong with it.
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
        wanted = "YYYY-MM-DD and HH:MM (UT) are expected"
        raise ValueError(f'"{f"{date} {time}".strip()}" is no date and time; {wanted}') from error
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
    """What looks wrong in a row that is kept."""
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
