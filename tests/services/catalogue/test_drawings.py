"""The list of drawings: sorted, filtered, paged, and safe from untrusted addresses."""

from __future__ import annotations

import pytest

from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.drawings import failures, page_of_drawings, totals
from sunspot_dash.workspace import Workspace

RESULT = (
    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, disk_confidence, by_hand) "
    f"values ({', '.join('?' * 11)})"
)


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    made = Catalogue(Workspace(tmp_path / "data").create())
    with made.open() as database:
        for number, (name, date, labels) in enumerate(
            (("a_1%.png", "undated", None), ("b.png", "1956-01-03", 4), ("c.png", "1956-01-01", 0))
        ):
            row = (str(number), name, f"/x/{name}", date, "", labels, 9, 1, 10 * (number + 1), 10, "", 0)
            about = ("Jones", "bad scan, retouched") if name == "b.png" else ("", "")
            database.execute(f"insert into drawing values ({', '.join('?' * 14)})", (*row, *about))
        result = ("m", "1", "b.png", "1956-01-03", "", "b.png.json", 1, 7, 0.4, 0.9, 0)
        database.execute(RESULT, result)
        database.execute("insert into failure values ('m', '2', 'no limb')")
    return made


def names(catalogue, order=(), filters=None, span=(0, 9)) -> list[str]:
    rows, _ = page_of_drawings(catalogue, span, list(order), filters)
    return [row["name"][0] for row in rows]


def test_pages_and_order(catalogue):
    assert names(catalogue) == ["c", "b", "a"]  # by date, undated last
    assert names(catalogue, [("size", "desc")]) == ["c", "b", "a"]
    assert names(catalogue, [("spots", "desc")])[0] == "b"
    assert names(catalogue, [("name; drop table drawing", "asc")], span=(1, 2)) == ["b"]
    assert page_of_drawings(catalogue, (0, 1), [])[1] == 3


def test_results_on_drawings_outside_the_workspace_are_counted_apart(catalogue):
    assert totals(catalogue, "m") == (1, 7, 0) and totals(catalogue, "none") == (0, 0, 0)
    with catalogue.open() as database:
        result = ("m", "9", "out.png", "1956-01-03", "", "out.png.json", 1, 5, 0.4, 0.9, 0)
        database.execute(RESULT, result)
    assert totals(catalogue, "m") == (1, 7, 1)


def test_states_are_listed_with_their_reason(catalogue):
    rows, _ = page_of_drawings(catalogue, (0, 9), [("name", "asc")])
    assert [(row["state"], row["reason"]) for row in rows] == [
        ("not run", None),
        ("done", None),
        ("failed", "no limb"),
    ]
    assert failures(catalogue, "m") == (1, "c.png: no limb") and failures(catalogue, "other") == (0, "")


@pytest.mark.parametrize(
    ("column", "asked", "left"),
    [
        ("name", {"type": "contains", "filter": "1%"}, "a"),
        ("name", {"type": "contains", "filter": "_"}, "a"),
        ("name", {"type": "startsWith", "filter": "b"}, "b"),
        ("date", {"type": "equals", "dateFrom": "1956-01-03 00:00:00", "dateTo": None}, "b"),
        (
            "date",
            {"type": "inRange", "dateFrom": "1956-01-01 00:00:00", "dateTo": "1956-01-02 00:00:00"},
            "c",
        ),
        ("labels", {"type": "greaterThan", "filter": 0}, "b"),
        ("labels", {"type": "blank"}, "a"),
        ("labels", {"type": "notBlank"}, "cb"),
        ("spots", {"type": "inRange", "filter": 5, "filterTo": 9}, "b"),
        ("state", {"type": "contains", "filter": "not"}, "a"),
        ("tags", {"type": "contains", "filter": "touch"}, "b"),
        ("tags", {"type": "blank"}, "ca"),
        ("observer", {"type": "contains", "filter": "jon"}, "b"),
        ("path", {"type": "contains", "filter": "x"}, "cba"),
        ("name", {"type": "matches; drop", "filter": "x"}, "cba"),
    ],
)
def test_filters(catalogue, column, asked, left):
    assert names(catalogue, filters={column: asked}) == list(left)


def test_drawings_of_the_same_minute_refer_to_each_other(catalogue):
    with catalogue.open() as database:
        database.execute("update drawing set date = '1956-01-03', time = '09:00' where key <> '0'")
    rows, _ = page_of_drawings(catalogue, (0, 9), [("name", "asc")])
    assert [row["twin"] for row in rows] == [None, "c.png", "b.png"]
    assert catalogue.twin("1") == "c.png"
