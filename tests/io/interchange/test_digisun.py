"""DigiSun's tables: written and read again, dumps of MySQL and SQLite, and damaged files."""

from __future__ import annotations

import io
import sqlite3
from zipfile import ZipFile

import pytest

from sunspot_dash.errors import ParameterError
from sunspot_dash.io.interchange.digisun import (
    CALIBRATIONS,
    DRAWINGS,
    GROUPS,
    TABLES,
    read_digisun,
    write_csv,
    write_sql,
)

TIME = "1956-04-17 08:30:00"
ROWS = [
    (
        DRAWINGS,
        {
            "DateTime": TIME,
            "GroupCount": 2,
            "AngleP": -0.4528,
            "Filename": "usd'1956;\\é.bmp",
            "Calibrated": 1,
        },
    ),
    (GROUPS, {"DateTime": TIME, "DigiSunNumber": 1, "Latitude": 0.25, "Zurich": "D", "McIntosh": "Dso"}),
    (GROUPS, {"DateTime": TIME, "DigiSunNumber": 2, "Latitude": -0.125}),
    (CALIBRATIONS, {"DateTime": TIME, "Radius": 442.25}),
]


def whole(table: str, row: dict) -> dict:
    return {name: row.get(name) for name in TABLES[table]}


EXPECTED = {
    DRAWINGS: [whole(*ROWS[0])],
    GROUPS: [whole(*ROWS[1]), whole(*ROWS[2])],
    CALIBRATIONS: [whole(*ROWS[3])],
}


def test_sql_is_read_as_it_was_written():
    assert read_digisun("day.sql", b"".join(write_sql(ROWS))) == EXPECTED


def test_sql_is_understood_by_a_database():
    database = sqlite3.connect(":memory:")
    # SQLite has no escapes by backslash.
    database.executescript(b"".join(write_sql(ROWS)).decode().replace("\\\\", "\\"))
    assert database.execute("select count(*), max(DigiSunNumber), min(Latitude) from sGroups").fetchone() == (
        2,
        2,
        -0.125,
    )
    assert database.execute("select Filename from drawings").fetchone() == ("usd'1956;\\é.bmp",)


def test_csv_files_are_read_as_they_were_written():
    files = write_csv(ROWS)
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for table, content in files.items():
            archive.writestr(f"export/{table}.csv", content)
    found = read_digisun("day.zip", packed.getvalue())
    assert [row["DigiSunNumber"] for row in found[GROUPS]] == [1, 2]
    assert found[GROUPS][0]["McIntosh"] == "Dso" and found[GROUPS][1]["Zurich"] == ""
    assert found[CALIBRATIONS][0]["Radius"] == 442.25 and found[CALIBRATIONS][0]["NorthX"] is None


def test_a_dump_of_mysql_has_many_rows_in_a_statement_and_other_columns():
    dump = (
        "-- MySQL dump\nDROP TABLE IF EXISTS `sGroups`;\n"
        "INSERT INTO `other` (`a`) VALUES (1);\n"
        "INSERT INTO `sGroups` (`id`, `DateTime`,`DigiSunNumber`,`McIntosh`) VALUES "
        "(1,'1956-04-17 08:30:00',7,'Dso'),\n (2, '1956-04-17 08:30:00', 8, NULL);\n"
    )
    ((table, rows),) = read_digisun("dump.sql", dump.encode()).items()
    assert table == GROUPS and [row["DigiSunNumber"] for row in rows] == [7, 8]
    assert [row["McIntosh"] for row in rows] == ["Dso", None] and rows[0]["Latitude"] is None


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.sql", b"select 1;", "none of DigiSun's tables"),
        ("a.txt", b"hello", "none of DigiSun's tables"),
        ("a.sql", b"INSERT INTO sGroups (DateTime, Spots) VALUES ('1956', 3", "cut off"),
        ("a.sql", b"INSERT INTO sGroups (DateTime, Spots) VALUES ('1956');", "1 values for 2 columns"),
        ("a.sql", b"INSERT INTO sGroups (Spots) VALUES ('many');", "column Spots of sGroups has 'many'"),
        ("sGroups.csv", b"Spots\nmany\n", "column Spots of sGroups has 'many'"),
        ("a.zip", b"PK\x03\x04 no more", "not a readable ZIP file"),
    ],
)
def test_other_and_damaged_files_are_rejected_with_the_reason(name, content, reason):
    with pytest.raises(ParameterError, match=reason):
        read_digisun(name, content)
