"""Names in label files: matched with exactly one file, or left out with the reason."""

from __future__ import annotations

import unicodedata

import pytest

from sunspot_dash.domain.labels.listed_names import match_names

NFC, NFD = (unicodedata.normalize(form, "Gäu.png") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    ("listed", "file", "said"),
    [
        ("a.png", "a.png", False),
        ("Data/a.png", "Data/a.png", False),
        ("Data/a.png", "a.png", False),
        ("A.PNG", "a.png", True),
        ("Data/A.png", "a.png", True),
        ("my%20scan.png", "my scan.png", True),
        ("my scan.png", "my%20scan.png", True),
        (NFC, NFD, True),
        ("1a2b3c4d-usd202409181115.png", "usd202409181115.png", True),
        ("upload/1/1a2b3c4d-USD202409181115.png", "usd202409181115.png", True),
        ("/data/local-files/?d=usd202409181115.png", "usd202409181115.png", True),
        ("/data/local-files/?d=scans%2Fusd202409181115.png", "usd202409181115.png", True),
    ],
)
def test_a_name_is_matched_with_the_only_file_that_fits(listed, file, said):
    matches = match_names([listed], [file, "other.png"])
    assert matches.files == {listed: file} and not matches.missing and not matches.unclear
    assert matches.notes == ([f"matched {listed} to {file}"] if said else [])


def test_the_folder_decides_between_equal_names():
    matches = match_names(["x/a.png", "y/a.png"], ["x/a.png", "y/a.png", "a.png"])
    assert matches.files == {"x/a.png": "x/a.png", "y/a.png": "y/a.png"}


def test_two_images_of_one_name_never_share_a_file():
    matches = match_names(["x/a.png", "y/a.png", "b.png"], ["a.png", "b.png"])
    assert matches.files == {"b.png": "b.png"} and not matches.missing
    assert set(matches.unclear) == {"x/a.png", "y/a.png"}
    assert "a.png fits several entries" in matches.unclear["x/a.png"]
    matches = match_names(["a.png", "y/a.png"], ["a.png"])
    assert matches.files == {"a.png": "a.png"}
    assert matches.unclear == {"y/a.png": "a.png is matched with the entry a.png"}


def test_a_name_that_fits_several_files_is_left_out():
    matches = match_names(["SCAN.png"], ["scan.png", "Scan.png"])
    assert matches.unclear == {"SCAN.png": "it fits several files: Scan.png, scan.png"} and not matches.files


def test_an_exact_name_comes_first():
    matches = match_names(["A.png", "a.png"], ["a.png", "A.png"])
    assert matches.files == {"A.png": "A.png", "a.png": "a.png"} and not matches.notes


@pytest.mark.parametrize(
    ("listed", "near"),
    [("usd202409181115.jpg", "usd202409181115.png"), ("usd202409181116.png", "usd202409181115.png")],
)
def test_a_missing_name_comes_with_a_similar_one(listed, near):
    assert match_names([listed], ["usd202409181115.png", "x.png"]).missing == {listed: near}


def test_a_name_without_a_similar_one_is_missing():
    assert match_names(["q.png"], ["usd202409181115.png"]).missing == {"q.png": ""}
