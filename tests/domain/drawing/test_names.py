"""Dates in file names, and untrusted names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sunspot_dash.domain.drawing.names import (
    base_name,
    date_and_time,
    folded,
    is_utf8,
    printable,
    storage_problem,
    time_in_name,
)
from sunspot_dash.errors import ParameterError


@pytest.mark.parametrize(
    "name", ["usd202409181115.jpg", "USD202409181115.BMP", "usd202409181115", "usd202409181115_b.png"]
)
def test_the_time_is_in_the_name(name):
    assert time_in_name(name) == datetime(2024, 9, 18, 11, 15, tzinfo=UTC)
    assert date_and_time(name) == ("2024-09-18", "11:15")


@pytest.mark.parametrize(
    "name",
    [
        "usd202402301115.jpg",
        "usd202409182460.jpg",
        "usd20240918.jpg",
        "usd2024091811155.jpg",
        "xusd202409181115.jpg",
        "drawing.jpg",
        "usd٢٠٢٤٠٩١٨١١١٥.jpg",
        "",
    ],
)
def test_a_name_without_a_valid_date_is_undated(name):
    assert time_in_name(name) is None
    assert date_and_time(name) == ("undated", "")


def test_every_real_drawing_is_dated(shared):
    names = [path.name for path in (*shared.glob("labelled/images/*"), *shared.glob("unlabelled/*"))]
    assert len(names) == 52 and all(time_in_name(name) for name in names)


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("a.jpg", "a.jpg"),
        ("default/a.jpg", "a.jpg"),
        ("Tache à l'est.png", "Tache à l'est.png"),
        ("太陽.jpg", "太陽.jpg"),
    ],
)
def test_a_valid_name_keeps_its_last_part(given, base):
    assert base_name(given) == base


@pytest.mark.parametrize(
    "name",
    [
        "../a.jpg",
        "a/../../b.jpg",
        "..",
        ".",
        "",
        "a/",
        "a//b.jpg",
        "/etc/passwd",
        "C:/a.jpg",
        "C:a.jpg",
        "..\\a.jpg",
        "a\\b.jpg",
        "\\\\host\\a.jpg",
        "a\0.jpg",
        "a\n.jpg",
        "a\u202egpj.exe",  # right-to-left override
        "a\u200b.jpg",  # zero width
        "\ud800.jpg",  # lone surrogate
        "\uff0e\uff0e/a.jpg",  # wide dots
        "\u2025/a.jpg",  # two dots in one
        "..\uff0fa.jpg",  # a wide slash
        "a\uff3cb.jpg",  # a wide backslash
        "\uff23:a.jpg",  # a wide drive letter
        "é" * 130,
    ],
)
def test_a_name_that_could_leave_its_folder_is_rejected(name):
    with pytest.raises(ParameterError, match=r"file name .* a plain name such as"):
        base_name(name)


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("usd202409181115.jpg", "2024-09-18"),
        ("usd161012080000.png", "1610-12-08"),
        ("usd160912080000.png", ""),
    ],
)
def test_a_year_without_a_drawing_is_not_a_date(name, time):
    found = time_in_name(name)
    assert (f"{found:%Y-%m-%d}" if found else "") == time
    assert time_in_name("usd209901010900.png") is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("usd202409181115.jpg", ""),
        ("Tache à l'est.png", ""),
        ("scan", ""),
        ("console.png", ""),
        (".a.png", "it starts with a dot"),
        ("caf\ufffd.png", "it is not UTF-8"),
        ("a.png ", "it starts or ends with a space, or ends with a dot"),
        ("a.", "it starts or ends with a space, or ends with a dot"),
        ("Aux.png", "it is the name of a device on Windows"),
        ("COM1", "it is the name of a device on Windows"),
        ("../a.png", "it contains an empty part, '.' or '..'"),
    ],
)
def test_a_name_that_cannot_be_stored_everywhere_has_a_reason(name, problem):
    assert storage_problem(name) == problem


def test_names_are_readable_whatever_bytes_they_hold():
    name = "bad\udcff\n\u202e é.jpg"
    assert not is_utf8(name) and is_utf8("太陽 é.jpg")
    assert printable(name) == r"bad\xff\n\u202e é.jpg" and printable("太陽 é.jpg") == "太陽 é.jpg"


def test_names_that_people_confuse_are_equal_when_folded():
    assert folded("A.PNG") == folded("a.png") and folded("e\u0301") == folded("É") != folded("e")
