"""Reference series: checked before they are stored, and identified by their content."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sunspot_dash.errors import ParameterError, SeriesError
from sunspot_dash.io.silso import SilsoSeries
from sunspot_dash.io.totals import Totals
from sunspot_dash.services.analysis import references as module
from sunspot_dash.services.analysis.references import (
    import_reference,
    newest,
    read_reference,
    recognise,
    references,
    remove_reference,
)
from sunspot_dash.services.dataset.trash import restore
from sunspot_dash.workspace import Workspace

DAILY = b"2001;01;01;2001.001;  90;  5.0;  12;1\n2001;01;02;2001.004;  -1; -1.0;   0;1\n"
FORMS = {
    "daily": DAILY,
    "monthly": b"2001;01;2001.042;  95.6;  6.8;  400;1\n",
    "smoothed": b"2000;12;2000.958;  -1.0;  -1.0;   -1;1\n2001;01;2001.042;  95.6;  6.8;  400;1\n",
    "hemispheric": b"2001;01;01;2001.001; 90; 60; 30; 5.0; 3.0; 2.0; 12; 10; 10;1\n",
    "estimated": b"2001,01,01,2001.001, 90,  5.0, 12, 15,\n",
    "observers": b"file,groups,spots\nusd200101010900.png,3,12\n",
}


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.mark.parametrize(
    ("header", "change"),
    [
        (b"Year;Month;Day;Decimal;SN;sigma;N;definitive\n", lambda rows: rows),
        (b"Annee,Mois,Jour,Decimal,SN,sigma,N,def\n", lambda rows: rows.replace(b";", b",")),
        (b"", lambda rows: rows.replace(b".", b",")),
        (b"Year;Month;Day;Decimal;SN;sigma;N;definitive\r\n", lambda rows: rows.replace(b".", b",")),
    ],
)
def test_a_header_and_decimal_commas_of_a_spreadsheet_do_not_matter(header, change):
    plain = recognise(DAILY, "SN_d_tot.csv")
    assert recognise(header + change(DAILY), "SN_d_tot.csv") == plain


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x1f\x8b\x08\x00rest", "it is compressed: unpack it"),
        (b"PK\x03\x04rest", "it is compressed: unpack it"),
        (b"2001;01\0", "it is not text"),
    ],
)
def test_a_file_that_is_not_a_table_says_so(content, reason):
    with pytest.raises(SeriesError, match=reason):
        recognise(content, "a.csv")


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_is_imported_and_read_back(space, kind):
    reference = import_reference(space, FORMS[kind], "../my file.csv")
    assert reference.kind == kind and reference.rows == 1 and reference.first.startswith("2001-01")
    assert reference.how == "imported" and reference.when.endswith("Z") and len(reference.sha256) == 64
    assert references(space) == [reference]
    assert isinstance(
        read_reference(space, reference.identifier), Totals if kind == "observers" else SilsoSeries
    )
    files = {path.name for path in space.references.iterdir()}
    assert files == {
        f"{reference.identifier}.csv",
        f"{reference.identifier}.json",
    }  # the uploaded name is not used
    assert ("CC BY-NC" in reference.licence) == (kind != "observers")


def test_equal_content_is_stored_once_and_the_newest_series_comes_first(space):
    first = import_reference(space, DAILY, "a.csv")
    again = import_reference(space, DAILY, "b.csv")
    assert again.identifier == first.identifier and len(references(space)) == 1
    import_reference(space, FORMS["monthly"], "m.csv")
    assert newest(space, "daily", "monthly").kind == "daily" and newest(space, "estimated") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither one of SILSO's"),
        (b"hello\n", "neither one of SILSO's"),
        (b"\x89PNG\r\n\x1a\n\x00", "it is not text"),
        (b"2001;01;32;2001.001;  90;  5.0;  12;1\n", "no date 2001-1-32"),
        (b"2001;01;01;2001.001;  -1; -1.0;   0;1\n", "no usable row"),
        (b"file,groups\nusd200101010900.png,many\n", "no usable row"),
    ],
)
def test_a_file_that_is_not_a_series_is_rejected_and_nothing_is_written(space, content, words):
    with pytest.raises(SeriesError, match=words):
        import_reference(space, content, "x.csv")
    assert not list(space.references.iterdir()) and references(space) == []


def test_a_file_that_is_too_large_is_rejected(space, monkeypatch):
    monkeypatch.setattr(module.silso, "MAX_BYTES", 10)
    with pytest.raises(SeriesError, match="no series is that large"):
        import_reference(space, DAILY, "a.csv")


def test_a_removed_series_moves_to_the_trash_and_can_be_restored(space):
    reference = import_reference(space, DAILY, "a.csv")
    deletion = remove_reference(space, reference.identifier)
    assert references(space) == [] and deletion.names == ["a.csv"]
    assert restore(space, deletion.number)[1] == [] and references(space) == [reference]


@pytest.mark.parametrize("identifier", ["", "../workspace", "daily-0000000000000000", "daily-x"])
def test_an_unknown_series_is_an_error(space, identifier):
    for do in (read_reference, remove_reference):
        with pytest.raises(ParameterError, match="there is no reference"):
            do(space, identifier)


def test_a_damaged_description_is_skipped(space):
    reference = import_reference(space, DAILY, "a.csv")
    path = space.references / f"{reference.identifier}.json"
    path.write_text(json.dumps({"identifier": reference.identifier}))
    assert references(space) == []
    assert import_reference(space, DAILY, "a.csv") == replace(references(space)[0])


def test_what_a_file_was_recognised_as_is_told_before_it_is_added_and_can_be_changed(space):
    found = recognise(FORMS["smoothed"], "SN_ms_tot_V2.0.csv")
    assert (found.kind, found.kinds, found.certain) == ("smoothed", ["monthly", "smoothed"], True)
    assert str(found) == (
        "SN_ms_tot_V2.0.csv was recognised as SILSO 13-month smoothed: 1 value, 2001-01 to 2001-01"
    )
    assert references(space) == []
    monthly = import_reference(space, FORMS["smoothed"], "m.csv", "monthly")
    assert monthly.kind == "monthly" and read_reference(space, monthly.identifier).form == "monthly"
    with pytest.raises(SeriesError, match="its 7 columns"):
        import_reference(space, FORMS["smoothed"], "m.csv", "daily")
    assert "leave some doubt" in str(recognise(FORMS["monthly"], "m.csv"))
