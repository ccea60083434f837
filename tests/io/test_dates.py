"""Tables of names and dates."""

from __future__ import annotations

import pytest

from sunspot_dash.errors import ParameterError
from sunspot_dash.io.dates import DateRow, read_dates


@pytest.mark.parametrize(
    "text",
    [
        "a.png,1957-01-17,09:30\nb.png,1957-01-18,\n",
        "a.png,1957-01-17 09:30\nb.png,1957-01-18\n",
        "\ufeffName;Time;Date\r\na.png;9:30;1957-01-17\r\n;;\r\nb.png;;1957-01-18\r\n",
        "date\tobserver\tfile\n1957-01-17T09:30:15Z\tx\ta.png\n1957-01-18\ty\tb.png\n",
    ],
)
def test_names_and_dates_are_read(text):
    table = read_dates(text.encode(), "dates.csv")
    assert table.problems == []
    assert [(row.name, row.date, row.time) for row in table.rows] == [
        ("a.png", "1957-01-17", "09:30"),
        ("b.png", "1957-01-18", ""),
    ]


def test_each_row_that_cannot_be_used_is_reported_with_its_line():
    text = "name,date\na.png,1957-01-17\nb.png,17/01/1957\n,1957-01-18\na.png,1957-01-19\nc.png\nd.png,1957-02-30\n"
    text += "e.png,1957-01-17,25:00\nf.png,1957-01-17T09:30+02:00\n"
    table = read_dates(text.encode(), "dates.csv")
    assert table.rows == [DateRow(2, "a.png", "1957-01-17", "")]
    assert [problem.split(":")[0] for problem in table.problems] == [
        f"line {n}" for n in (3, 4, 5, 6, 7, 8, 9)
    ]
    assert "'17/01/1957' is not a date: write 1957-01-17" in table.problems[0]
    assert "name of the drawing is missing" in table.problems[1]
    assert table.problems[2] == "line 5: 'a.png' is also on line 2; that one counts"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it has no rows"),
        (b"name,date\n", "it has no rows"),
        (b"name,time\na.png,09:30\n", "line 1: the header has no column 'date'"),
        (b"date,time\n1957-01-17,09:30\n", "line 1: the header has no column 'name'"),
        (b"a.png,1957-01-17\nb\xe9.png,1957-01-18\n", "line 2: it is not UTF-8"),
    ],
)
def test_a_table_that_cannot_be_used_is_rejected(content, message):
    with pytest.raises(ParameterError, match=f"dates.csv.*{message}"):
        read_dates(content, "dates.csv")
