"""Observers' totals: every row is used, or reported with the reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sunspot_dash.errors import SeriesError
from sunspot_dash.io.totals import parse_totals, read_totals


def test_a_table_by_drawing():
    table = (
        "file,groups,spots,wolf,confidence\nusd194006160900.jpg,7,24,94,high\n\nusd195710041500.jpg,,,392,\n"
    )
    totals = parse_totals(table.encode(), "t.csv")
    first, second = totals.rows
    assert (first.row, first.file, first.groups, first.spots, first.wolf) == (
        2,
        "usd194006160900.jpg",
        7,
        24,
        94,
    )
    assert first.when == datetime(1940, 6, 16, 9, 0, tzinfo=UTC) and first.quality == "high"
    assert second.row == 4 and second.groups is None and second.number == 392
    assert totals.left_out == [] and totals.remarks == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_other_names_order_and_separator(encoding):
    table = 'Observateur;Date;Time;Nb Taches;Nb Groupes;Qualité;Note\nX;2001-02-03;09:30;"12";2;3;rien\n'
    totals = parse_totals(table.encode(encoding), "t.csv")
    (row,) = totals.rows
    assert (row.file, row.when) == ("", datetime(2001, 2, 3, 9, 30, tzinfo=UTC))
    assert (row.groups, row.spots, row.wolf, row.number) == (2, 12, None, 32)
    assert (row.observer, row.quality) == ("X", "3")
    assert totals.remarks == ["columns not used: Note"]


def test_suspicious_values_are_kept_and_reported():
    totals = parse_totals(b"date,g,s,R\n2001-02-03,2,12,33\n2001-02-04,3,2,32\n", "t.csv")
    assert [row.number for row in totals.rows] == [33, 32] and totals.left_out == []
    assert totals.remarks == [
        "row 2: the Wolf number is 33, but 2 groups and 12 spots make 32",
        "row 3: 3 groups with only 2 spots",
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,1,2,,", "neither a drawing nor a date"),
        ("undated.jpg,,,,,", "no groups, no spots and no Wolf number"),
        ("a.jpg,,two,2,,", 'groups is "two", expected a number'),
        ("a.jpg,,1.5,2,,", 'groups is "1.5", expected a whole number'),
        ("a.jpg,,-1,2,,", 'groups is "-1"'),
        ("a.jpg,,1,99999,,", 'spots is "99999", expected a number from 0 to 5000'),
        ("a.jpg,31.12.2001,1,2,,", '"31.12.2001" is not a date and time'),
        ("../a.jpg,,1,2,,", "file name"),
        ("a.jpg,,1,2,12,,7", "7 values under 6 columns"),
        ("good.jpg,,1,2,,X", "the same drawing or time, by the same observer, as row 2"),
    ],
)
def test_unusable_rows_are_reported(row, reason):
    table = f"file,date,groups,spots,wolf,observer\ngood.jpg,,1,2,,X\n{row}\ngood.jpg,,1,2,,Y\n"
    totals = parse_totals(table.encode(), "t.csv")
    assert [(total.row, total.observer) for total in totals.rows] == [(2, "X"), (4, "Y")]
    (problem,) = totals.left_out
    assert problem.startswith("row 3: ") and reason in problem


@pytest.mark.parametrize("table", ["", "a,b\n1,2\n", "file,quality\na.jpg,good\n", "groups,spots\n1,2\n"])
def test_a_table_without_the_columns_is_rejected(table):
    with pytest.raises(SeriesError, match=r"t\.csv: the header is .*expected a column"):
        parse_totals(table.encode(), "t.csv")


def test_a_short_row_has_fewer_values():
    totals = parse_totals(b"file,groups,spots,wolf\na.jpg,1,3\n", "t.csv")
    assert totals.rows[0].number == 13


def test_a_quoted_value_over_two_lines_keeps_the_lines_of_the_file():
    table = b'file,groups,spots,observer\n\na.jpg,1,3,"X\nY"\nb.jpg,one,3,\nc.jpg,1,"2",\n'
    totals = parse_totals(table, "t.csv")
    assert [(total.row, total.file, total.observer) for total in totals.rows] == [
        (4, "a.jpg", "XY"),
        (6, "c.jpg", ""),
    ]
    assert totals.left_out == ['row 5: groups is "one", expected a number from 0 to 5000']


@pytest.mark.parametrize("before", [0, 3, 7000])
def test_an_unclosed_quotation_mark_is_reported(before):
    rows = "".join(f"d{i}.jpg,1,3,\n" for i in range(before))
    with pytest.raises(SeriesError, match=rf"t\.csv: line {before + 2} opens a quotation mark"):
        parse_totals(f'file,groups,spots,observer\n{rows}a.jpg,1,3,"X\nb.jpg,1,3,\n'.encode(), "t.csv")


def test_many_rows_and_odd_widths():
    rows = [f"d{i}.jpg,1,3,{',' * (i % 40)}" for i in range(12_000)]
    rows[7_000] = "," * 100_000 + "x"
    rows[7_001] = "d7001.jpg,1,3,,,9"
    rows[7_002] = f"d7002.jpg,1,3,{'x' * 200_000}"
    totals = parse_totals("\n".join(["file,groups,spots,observer", *rows]).encode(), "t.csv")
    assert [total.row for total in totals.rows] == [
        i for i in range(2, 12_002) if i not in (7002, 7003, 7004)
    ]
    assert totals.left_out == [
        "row 7002: 100001 values under 4 columns",
        "row 7003: 6 values under 4 columns",
        "row 7004: a value has more than 1000 characters",
    ]
    with pytest.raises(SeriesError, match="more than 200 columns"):
        parse_totals(b"file,groups" + b"," * 1000, "t.csv")


def test_times_with_a_zone_are_converted_to_ut(tmp_path):
    path = tmp_path / "totals.csv"
    path.write_text("date,r\n2001-02-03T01:30+02:00,5\n")
    assert read_totals(path).rows[0].when == datetime(2001, 2, 2, 23, 30, tzinfo=UTC)
    with pytest.raises(SeriesError, match="cannot be read"):
        read_totals(tmp_path / "none.csv")


def test_the_uset_totals(shared):
    totals = read_totals(shared / "observer_totals.csv")
    assert len(totals.rows) == 23 and totals.left_out == [] and totals.remarks == []
    assert all(total.when is not None and total.number is not None for total in totals.rows)
