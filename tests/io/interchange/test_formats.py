"""Catalogues of groups and spots: written, read by ours and by other readers, and wrong lines."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io.votable import parse, validate
from astropy.table import Table

from sunspot_dash.domain.sun.coordinates import disk_position
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.interchange.dpd import read_dpd, write_dpd
from sunspot_dash.io.interchange.records import Areas, Record
from sunspot_dash.io.interchange.rgo import read_rgo, write_rgo
from sunspot_dash.io.interchange.tables import COLUMNS, ecsv, votable

TIME = np.datetime64("1956-04-17T08:30:00", "s")
GROUP = Record(
    TIME,
    "17314",
    21.5,
    136.1,
    58.3,
    Areas(28, 109, 31, 118),
    296.4,
    0.884,
    spots=2,
    zurich="D",
    mcintosh="D?o",
)
SPOT = Record(TIME, "17314", 21.62, 136.42, 58.62, Areas(20, None, 24, None), 296.41, 0.8861, spot=1)
QUIET = Record(np.datetime64("1956-04-18T23:59:59", "s"), "", -4.0, 0.0, -89.9)
EVERY = [GROUP, SPOT, QUIET]
# Of the catalogue of 1940, with the two more digits.
GREENWICH = "1940 1 1.512   1349601 0    4   37    7   62 0.952 258.5 245.3 -11.9  72.5"
ABOUT = {"model": "uset", "terms": "none"}


def test_a_line_of_greenwich_is_read_and_written_again():
    (found,) = read_rgo(GREENWICH)
    assert found.group == "1349601"[:5] + "01" and str(found.time) == "1940-01-01T12:17:17"
    assert (found.latitude_deg, found.longitude_deg, found.cmd_deg) == (-11.9, 245.3, 72.5)
    assert found.areas == Areas(4, 37, 7, 62)
    (line,) = write_rgo([found])
    assert line[:12] == GREENWICH[:12] and line[24:].rstrip() == GREENWICH[24:]


def test_a_magnetic_class_is_no_part_of_the_number():
    (found,) = read_rgo("1982 1 1.500    3520 B      0  182    0  250 0.931 245.5  78.3 -24.0  68.0")
    assert found.group == "3520"


def test_greenwich_keeps_groups_to_a_tenth_of_a_degree():
    again = list(read_rgo("".join(write_rgo(EVERY))))
    assert len(again) == 2  # spots have no line
    assert again[0].areas == GROUP.areas
    for name in ("latitude_deg", "longitude_deg", "cmd_deg", "position_angle_deg"):
        assert getattr(again[0], name) == pytest.approx(getattr(GROUP, name), abs=0.051)
    assert abs(again[0].time - TIME) <= np.timedelta64(44, "s")
    assert again[1].time < np.datetime64("1956-04-19")


def test_debrecen_keeps_groups_and_spots():
    again = list(read_dpd("".join(write_dpd(EVERY))))
    assert [one.spot for one in again] == [0, 1, 0]
    assert again[0] == replace(GROUP, spots=None, zurich="", mcintosh="")
    assert again[1] == SPOT
    assert again[2].areas == Areas() and again[2].position_angle_deg is None


def test_a_common_area_of_debrecen_is_not_an_area():
    (found,) = read_dpd("s 2000 08 12 14 47 34  9129  2 -1 -1 -1 -1 -5.84 204.64 -77.66 97.34 0.9808")
    assert found.areas == Areas() and found.latitude_deg == -5.84


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (read_rgo, f"{GREENWICH}\n1940 1 1", "line 2 is not a line of the Greenwich format"),
        (read_rgo, "date,number", "line 1"),
        (read_dpd, "x 2000", "line 1 is not a line of the Debrecen format.*not with g or s"),
        (read_dpd, "g 2000 08 12 14 47 34 9129 1 2 3", "columns, expected 17"),
        (read_dpd, "g 2000 13 12 14 47 34 9129 1 2 3 4 5 6 7 8 9", "line 1"),
    ],
)
def test_another_file_is_rejected_with_the_line(read, text, reason):
    with pytest.raises(ParameterError, match=reason):
        list(read(text))


def test_a_votable_is_valid_and_has_units_and_ucds(tmp_path):
    path = tmp_path / "groups.vot"
    path.write_bytes(b"".join(votable(EVERY, ABOUT)))
    assert validate(str(path), output=None)
    document = parse(path, verify="exception")
    fields = {field.name: field for field in document.get_first_table().fields}
    assert set(fields) == set(COLUMNS) and all(field.ucd for field in fields.values())
    assert str(fields["latitude"].unit) == "deg" and "model: uset" in document.resources[0].description
    table = document.get_first_table().to_table()
    assert table["spot"].tolist() == [0, 1, 0] and table["zurich"].tolist()[0] == "D"
    assert np.ma.is_masked(table["whole"][1]) and table["longitude"][0] == 136.1


def test_ecsv_is_read_by_astropy_with_its_metadata():
    table = Table.read(io.BytesIO(b"".join(ecsv(EVERY, ABOUT))), format="ascii.ecsv")
    assert table.meta["model"] == "uset" and str(table["cmd"].unit) == "deg"
    assert table["cmd"].tolist() == [58.3, 58.62, -89.9] and table["mcintosh"][0] == "D?o"


def test_tables_without_groups_have_their_columns():
    table = Table.read(io.BytesIO(b"".join(ecsv([], ABOUT))), format="ascii.ecsv")
    assert len(table) == 0 and table.colnames == list(COLUMNS)
    assert b"".join(votable([], ABOUT)).count(b"<FIELD ") == len(COLUMNS)


def test_every_line_of_the_real_catalogue_is_written_as_it_is(shared):
    for path in sorted((shared.parent / "rgo").glob("g19[45]*.txt")):
        lines = [line for line in path.read_text("latin-1").splitlines() if line.strip()]
        for line, again in zip(lines, write_rgo(read_rgo("\n".join(lines))), strict=True):
            assert again[:12] == line[:12] and again[24:].rstrip() == line[24:].rstrip()


def test_position_angles_of_the_real_catalogue_count_from_the_axis_of_the_sun(shared: Path):
    found = list(read_rgo((shared.parent / "rgo" / "g1956.txt").read_text("latin-1")))
    now = sun(np.array([one.time for one in found]))
    latitude, cmd, angle = (
        np.array([getattr(one, name) for one in found])
        for name in ("latitude_deg", "cmd_deg", "position_angle_deg")
    )
    _, ours, _ = disk_position(latitude, cmd, 0.0, now.b0_deg, now.semidiameter_deg)
    assert np.median(np.abs((ours - angle + 180) % 360 - 180)) < 0.2
