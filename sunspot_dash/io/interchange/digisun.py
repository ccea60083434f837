"""The tables of DigiSun, the program of the Royal Observatory of Belgium for drawings: as CSV files and as SQL.

DigiSun keeps drawings, groups and calibrations in a MySQL database. Angles of groups and of the Sun are in radians,
places in px of the scan, areas in px, millionths of the disk (msd) and of the hemisphere (msh). A quadrant is 1 NE,
2 SE, 3 SW or 4 NW. The largest spot is L (leader), T (trailer) or E (neither). NULL is a value that is not known.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zipfile import BadZipFile, ZipFile

from sunspot_dash.errors import ParameterError
from sunspot_dash.io.cells import cell
from sunspot_dash.io.interchange.sql_values import rows_of

DRAWINGS, GROUPS, CALIBRATIONS = "drawings", "sGroups", "calibrations"
TEXT, WHOLE, REAL, TIME = "VARCHAR(255)", "INT", "DOUBLE", "DATETIME"
TABLES: Mapping[str, Mapping[str, str]] = {
    DRAWINGS: {
        "DateTime": TIME, "TypeOfDrawing": TEXT, "Quality": WHOLE, "Observer": TEXT, "CarringtonRotation": WHOLE,
        "JulianDate": REAL, "Calibrated": WHOLE, "Analyzed": WHOLE, "AllAreaDone": WHOLE, "GroupCount": WHOLE,
        "SpotCount": WHOLE, "Wolf": WHOLE, "AngleP": REAL, "AngleB": REAL, "AngleL": REAL, "Filename": TEXT,
        "Operator": TEXT, "LastUpdateTime": TIME,
    },
    GROUPS: {
        "DateTime": TIME, "DigiSunNumber": WHOLE, "Latitude": REAL, "Longitude": REAL, "Lcm": REAL,
        "CenterToLimbAngle": REAL, "Quadrant": WHOLE, "McIntosh": TEXT, "Zurich": TEXT, "Spots": WHOLE,
        "Dipole1Lat": REAL, "Dipole1Long": REAL, "Dipole2Lat": REAL, "Dipole2Long": REAL,
        "Dipole1PosX": REAL, "Dipole1PosY": REAL, "Dipole2PosX": REAL, "Dipole2PosY": REAL,
        "DeprojArea_msh": REAL, "RawArea_px": REAL, "ProjArea_msd": REAL, "GSpot": WHOLE, "PosX": REAL, "PosY": REAL,
        "LargestSpot": TEXT, "GroupNumber": WHOLE,
    },
    CALIBRATIONS: {
        "DateTime": TIME, "NorthX": REAL, "NorthY": REAL, "CenterX": REAL, "CenterY": REAL, "Radius": REAL,
        "AngleScan": REAL,
    },
}  # fmt: skip
# A row of one of the tables; a value that is not known is None.
Row = dict[str, Any]
Tables = dict[str, list[Row]]
INSERT = re.compile(r"insert\s+into\s+[`\"]?(\w+)[`\"]?\s*\(([^)]*)\)\s*values\s*", re.IGNORECASE)
MOST_BYTES = 2**30  # of a file in a ZIP


def write_csv(rows: Iterable[tuple[str, Row]]) -> dict[str, bytes]:
    """Return each table as a CSV file with a header, by the name of the table; NULL is an empty cell."""
    texts = {table: io.StringIO() for table in TABLES}
    writers = {table: csv.writer(text, lineterminator="\n") for table, text in texts.items()}
    for table, writer in writers.items():
        writer.writerow(TABLES[table])
    for table, row in rows:
        writers[table].writerow([cell(row.get(name)) for name in TABLES[table]])
    return {table: text.getvalue().encode() for table, text in texts.items()}


def write_sql(rows: Iterable[tuple[str, Row]]) -> Iterator[bytes]:
    """Yield SQL for MySQL: each table is created if it does not exist, and each row is inserted."""
    for table, columns in TABLES.items():
        fields = ",\n".join(f"  `{name}` {kind}" for name, kind in columns.items())
        yield f"CREATE TABLE IF NOT EXISTS `{table}` (\n{fields}\n);\n".encode()
    for table, row in rows:
        names = ", ".join(f"`{name}`" for name in TABLES[table])
        values = ", ".join(_literal(row.get(name)) for name in TABLES[table])
        yield f"INSERT INTO `{table}` ({names}) VALUES ({values});\n".encode()


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, float):
        return repr(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def read_digisun(name: str, content: bytes) -> Tables:
    """Read tables from a dump (SQL), a CSV file named after its table, or a ZIP of such files.

    Columns that are not ours are left out; their order does not matter.

    Raises:
        ParameterError: the file is none of these, or has none of the tables.
    """
    found: Tables = {}
    if content[:2] == b"PK":
        try:
            with ZipFile(io.BytesIO(content)) as archive:
                for member in archive.infolist():
                    if not member.is_dir() and member.file_size <= MOST_BYTES:
                        _add(found, member.filename.rsplit("/", 1)[-1], archive.read(member))
        except (BadZipFile, OSError, RuntimeError) as error:
            raise ParameterError(f"{name} is not a readable ZIP file ({error})") from error
    else:
        _add(found, name, content)
    if not found:
        raise ParameterError(
            f"{name} has none of DigiSun's tables: expected {', '.join(TABLES)}, as SQL or as CSV files of these names"
        )
    return found


def _add(found: Tables, name: str, content: bytes) -> None:
    text = content.decode("utf-8-sig", "replace")
    if name.lower().endswith(".sql"):
        for table, row in _sql_rows(text):
            found.setdefault(table, []).append(row)
        return
    stem = name.rsplit(".", 1)[0].lower()
    for table in TABLES:
        if stem.endswith(table.lower()):
            rows = csv.DictReader(io.StringIO(text))
            found.setdefault(table, []).extend(_row(table, dict(row)) for row in rows)


def _sql_rows(text: str) -> Iterator[tuple[str, Row]]:
    known = {table.lower(): table for table in TABLES}
    for insert in INSERT.finditer(text):
        table = known.get(insert[1].lower())
        if table is None:
            continue
        names = [name.strip().strip('`"') for name in insert[2].split(",")]
        for values in rows_of(text, insert.end()):
            if len(values) != len(names):
                raise ParameterError(f"a row of {table} has {len(values)} values for {len(names)} columns")
            yield table, _row(table, dict(zip(names, values, strict=True)))


def _row(table: str, values: Mapping[str, Any]) -> Row:
    """Return a row with our columns, converted; an empty cell is None."""
    given = {str(name).lower(): value for name, value in values.items()}
    return {name: _value(table, name, kind, given.get(name.lower())) for name, kind in TABLES[table].items()}


def _value(table: str, name: str, kind: str, value: Any) -> Any:
    if value is None or (kind != TEXT and str(value).strip() in ("", "NULL", "\\N")):
        return None
    try:
        if kind == WHOLE:
            return int(float(value))
        return float(value) if kind == REAL else str(value)
    except ValueError as error:
        raise ParameterError(f"column {name} of {table} has '{value}', expected a number") from error
