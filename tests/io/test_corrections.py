"""Corrections are written and read back, and a damaged file is reported."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.io.corrections import read_corrections, write_corrections


def test_corrections_round_trip(tmp_path):
    path = tmp_path / "corrections.json"
    assert read_corrections(path) == {}
    corrections = {
        "usd195601010900.jpg": Correction("1956-01-02", "", Disk(10.5, 20, 300, 1, 0.01, 0, by_hand=True)),
        "ü.png": Correction(mirrored=False, tilt_deg=-2.5, up="solar", observer="Šmíd"),
    }
    write_corrections(path, corrections)
    assert read_corrections(path) == corrections


def test_a_file_of_an_older_version_is_read(tmp_path):
    path = tmp_path / "corrections.json"
    path.write_text('{"a.png": {"date": "1956-01-02", "time": ""}, "b.png": {"time": "", "up": "solar"}}')
    assert read_corrections(path) == {"a.png": Correction("1956-01-02"), "b.png": Correction(up="solar")}


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"a": {"colour": 1}}', '{"a": {"date": "1956-02-30"}}', '{"a": {"disk": {"x": 1}}}']
)
def test_a_damaged_file_is_reported(tmp_path, text):
    path = tmp_path / "corrections.json"
    path.write_text(text)
    with pytest.raises(WorkspaceError, match="restore it, or delete it"):
        read_corrections(path)


@pytest.mark.parametrize(
    "values",
    [
        {"date": "1956-13-01"},
        {"date": "1956-01-01", "time": "25:00"},
        {"tilt_deg": float("nan")},
        {"up": "magnetic"},
        {"observer": "a\nb"},
        {"disk": Disk(1, 2, -3, 1)},
        {"disk": Disk(1, float("inf"), 3, 1)},
    ],
)
def test_invalid_values_are_rejected(values):
    with pytest.raises(ValueError):
        Correction(**values)


def test_uncorrected_values_come_from_the_name_and_the_archive():
    assert NONE.date_and_time("usd195601010900.jpg") == ("1956-01-01", "09:00")
    assert NONE.orientation(PRESETS["direct"]) == PRESETS["direct"]
    assert Correction(mirrored=True, tilt_deg=3).orientation(PRESETS["direct"]).tilt_deg == 3
    assert Correction(up="solar").orientation(PRESETS["direct"]) == PRESETS["direct-solar"]
    assert Correction(up="celestial").orientation(PRESETS["uset-solar"]) == PRESETS["uset"]
