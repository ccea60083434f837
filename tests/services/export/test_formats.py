"""Exports of a small workspace with a known Sun."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from zipfile import ZipFile

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io.votable import parse_single_table

from sunspot_dash.errors import ParameterError
from sunspot_dash.io.images import write_png
from sunspot_dash.io.interchange.digisun import read_digisun
from sunspot_dash.io.interchange.dpd import read_dpd
from sunspot_dash.io.interchange.rgo import read_rgo
from sunspot_dash.io.silso import parse_silso
from sunspot_dash.services.analysis.references import import_reference
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.export.formats import FORMATS, export, export_file, file_name
from sunspot_dash.services.models.publish import publish
from sunspot_dash.workspace import Workspace
from tests.services.known import catalogue_with, drawing

NORTH_AND_SOUTH = [(20.0, 10.0), (21.0, 14.0), (-15.0, -30.0)]  # a group of two, a group of one: R 12 and 11
JANUARY = ("2001-01-01", "2001-01-31")


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    space = Workspace(tmp_path / "data").create()
    made = catalogue_with(
        space,
        drawing("2001-01-01T09:00", NORTH_AND_SOUTH),
        drawing("2001-01-01T15:00", NORTH_AND_SOUTH[:2]),
        drawing("2001-01-04T09:00", []),
        drawing("2001-02-01T09:00", NORTH_AND_SOUTH[2:]),
        drawing("2001-02-01T09:00", [(8, 0)], name="=sun.png"),
    )
    publish(space, "m")
    for stem in ("usd200101010900", "usd200102010900", "stranger"):
        for what in ("mask", "overlay"):
            (space.segmented / "m").mkdir(exist_ok=True)
            write_png(space.segmented / "m" / f"{stem}_{what}.png", np.zeros((4, 4), np.uint8))
    return made


def content(catalogue: Catalogue, form: str, period: tuple[str, str] = ("", "")) -> bytes:
    return b"".join(export(catalogue, "m", form, period))


def test_csv_has_a_row_for_each_drawing(catalogue):
    rows = list(csv.DictReader(io.StringIO(content(catalogue, "csv").decode())))
    assert len(rows) == 5 and rows[-1]["name"] == "'=sun.png" and rows[-1]["groups"] == ""  # undated
    assert [row["sunspot_number"] for row in rows[:4]] == ["23.0", "12.0", "0.0", "11.0"]
    assert (rows[0]["north_number"], rows[0]["south_groups"], rows[0]["south_number"]) == (
        "12.0",
        "1",
        "11.0",
    )
    rows = list(csv.DictReader(io.StringIO(content(catalogue, "csv", JANUARY).decode())))
    assert [row["date"] for row in rows] == ["2001-01-01", "2001-01-01", "2001-01-04"]


def test_json_has_every_spot_with_its_position(catalogue):
    document = json.loads(content(catalogue, "json"))
    assert (
        document["model"] == "m" and document["model_sha256"] == "a" * 64 and document["thresholds"] == [0.4]
    )
    first = document["drawings"][0]
    assert (first["groups"], first["spots"], first["north"]["sunspot_number"]) == (2, 3, 12)
    places = sorted(
        (round(spot["latitude_deg"], 1), round(spot["cmd_deg"], 1)) for spot in first["spot_list"]
    )
    assert places == [(-15, -30), (20, 10), (21, 14)]
    assert {group["spots"] for group in first["group_list"]} == {1, 2}
    assert document["drawings"][-1]["groups"] is None  # undated
    assert len(json.loads(content(catalogue, "json", JANUARY))["drawings"]) == 3


def test_parquet_is_the_wide_table_of_the_period(catalogue):
    table = pq.read_table(io.BytesIO(content(catalogue, "parquet")))
    whole = pq.read_table(catalogue.workspace.inference_results / "m" / "detections.parquet")
    assert table.num_rows == 7 and table.schema.equals(whole.schema)
    key = [("drawing", "ascending"), ("spot", "ascending")]
    assert table.sort_by(key).equals(whole.sort_by(key))
    assert pq.read_table(io.BytesIO(content(catalogue, "parquet", JANUARY))).num_rows == 5


@pytest.mark.parametrize(("form", "kind"), [("silso", "daily"), ("silso-hemispheric", "hemispheric")])
def test_silso_series_can_be_read_as_those_of_silso(catalogue, form, kind):
    found = parse_silso(content(catalogue, form), "x")
    assert found.form == kind and len(found.dates) == 32 and not found.definitive.any()
    observed = np.flatnonzero(np.isfinite(found.number))
    assert found.dates[observed].astype(str).tolist() == ["2001-01-01", "2001-01-04", "2001-02-01"]
    assert found.number[observed].tolist() == [
        18,
        0,
        11,
    ]  # (23 + 12) / 2, rounded to a whole number as by SILSO
    assert found.observations[observed].tolist() == [2, 1, 1]
    assert found.sigma[0] == pytest.approx(7.8) and np.isnan(found.sigma[3])
    if kind == "hemispheric":
        assert found.north[observed].tolist() == [12, 0, 0]
    assert content(catalogue, form).decode().splitlines()[0].startswith("2001;01;01;2001.001;")


def test_the_report_is_self_contained(catalogue):
    import_reference(catalogue.workspace, b"2001;01;01;2001.001;  20;  5.0;  12;1\n", "SN_d_tot.csv")
    page = content(catalogue, "html").decode()
    assert "Sunspots from 2001-01-01 to 2001-02-01" in page and "a" * 64 in page and "0.4" in page
    assert "Comparison with SILSO" in page and "CC BY-NC 4.0" in page and "1 undated drawing" in page
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", markup) and "<script src" not in page
    assert "Content-Security-Policy" in page
    assert (
        "Comparison with SILSO" in content(catalogue, "html", ("2001-02-01", "")).decode()
    )  # no common days: the section says so


def test_the_report_escapes_names(tmp_path):
    space = Workspace(tmp_path / "data").create()
    made = catalogue_with(space, drawing("2001-01-01T09:00", [(8, 0)]))
    (space.trained_models / "m.json").write_text(
        json.dumps(
            {"name": "m", "encoder": "resnet18", "radius": 896, "terms": "</p><script>alert(1)</script>"}
        )
    )
    (space.trained_models / "m.pth").touch()
    page = content(made, "html").decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_an_archive_without_dates_has_a_report_too(tmp_path):
    made = catalogue_with(
        Workspace(tmp_path / "data").create(), drawing("2001-01-01T09:00", [], name="a.png")
    )
    assert "No dated drawing" in content(made, "html").decode()
    assert content(made, "silso") == b"" and len(content(made, "csv").splitlines()) == 2


def test_every_hash_of_the_bundle_is_correct(catalogue):
    with ZipFile(io.BytesIO(content(catalogue, "bundle"))) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("m/manifest.json"))
        listed = {entry["name"] for entry in manifest["files"]}
        assert {f"m/{name}" for name in listed} == set(archive.namelist()) - {"m/manifest.json"}
        for entry in manifest["files"]:
            data = archive.read(f"m/{entry['name']}")
            assert hashlib.sha256(data).hexdigest() == entry["sha256"] and len(data) == entry["bytes"]
    assert manifest["model_sha256"] == "a" * 64 and manifest["period"] == {"from": None, "to": None}
    assert listed >= {
        *("sunspot_table.csv", "detections.csv", "detections.parquet", "m_features_polar_coordinates.json"),
        *("numbers.csv", "drawings.json", "spots.parquet", "SN_d_tot.csv", "SN_d_hem.csv", "report.html"),
        *("masks/usd200101010900_mask.png", "overlays/usd200102010900_overlay.png"),
    }
    assert not any("stranger" in name for name in listed)


def test_the_bundle_of_a_period_contains_only_its_drawings(catalogue):
    with ZipFile(io.BytesIO(content(catalogue, "bundle", JANUARY))) as archive:
        names = set(archive.namelist())
    assert "m/masks/usd200101010900_mask.png" in names and "m/report.html" in names
    assert not any("200102" in name for name in names) and "m/sunspot_table.csv" not in names


def test_an_invalid_request_is_rejected_before_any_output(catalogue, tmp_path):
    with pytest.raises(ParameterError, match="no export format 'xls': use one of csv, json"):
        export(catalogue, "m", "xls")
    with pytest.raises(ParameterError, match="'n' has no results: run"):
        export(catalogue, "n", "csv")
    with pytest.raises(ParameterError, match="no results from 2002-01-01 to the last"):
        export_file(catalogue, "m", "csv", tmp_path / "a.csv", ("2002-01-01", ""))
    assert not (tmp_path / "a.csv").exists()


def test_a_file_is_named_after_its_content(catalogue, tmp_path):
    assert {file_name("m", form) for form in FORMATS} >= {"m.csv", "m.zip", "m.html", "m_SN_d_tot.csv"}
    assert file_name("m", "csv", JANUARY) == "m_2001-01-01_2001-01-31.csv"
    assert export_file(catalogue, "m", "csv", tmp_path / "a.csv") == (tmp_path / "a.csv").stat().st_size


def test_catalogues_of_groups_have_the_groups_and_spots_of_the_index(catalogue):
    found = list(read_dpd(content(catalogue, "dpd").decode()))
    groups = [one for one in found if not one.spot]
    assert len(groups) == 4 and len(found) == 4 + 6
    (north, south) = groups[:2]
    assert str(north.time) == "2001-01-01T09:00:00" and north.latitude_deg == pytest.approx(20.5, abs=0.6)
    assert south.latitude_deg == pytest.approx(-15, abs=0.1) and south.cmd_deg == pytest.approx(-30, abs=0.1)
    # Seen 34 degrees from the disk centre.
    assert south.radius_fraction == pytest.approx(0.5, abs=0.1)
    assert 90 < south.position_angle_deg < 135
    in_greenwich = list(read_rgo(content(catalogue, "rgo", JANUARY).decode()))
    assert [one.cmd_deg for one in in_greenwich] == [
        pytest.approx(one.cmd_deg, abs=0.06) for one in groups if str(one.time) < "2001-02"
    ]
    table = parse_single_table(io.BytesIO(content(catalogue, "votable"))).to_table()
    assert table["spot"].tolist() == [one.spot for one in found]
    assert table["zurich"].tolist()[0] == "?" and np.ma.is_masked(table["whole"][0])
    assert b"model_sha256" in content(catalogue, "ecsv")


def test_digisun_gets_drawings_calibrations_and_groups(catalogue):
    found = read_digisun("m.sql", content(catalogue, "digisun-sql"))
    assert {table: len(rows) for table, rows in found.items()} == {
        "drawings": 4,  # the dated ones
        "calibrations": 4,
        "sGroups": 4,
    }
    first, group = found["drawings"][0], found["sGroups"][0]
    assert (first["DateTime"], first["GroupCount"], first["SpotCount"], first["Wolf"]) == (
        "2001-01-01 09:00:00", 2, 3, 23,
    )  # fmt: skip
    assert first["JulianDate"] == pytest.approx(2451910.875, abs=1e-6)
    assert np.degrees(group["Latitude"]) == pytest.approx(20.5, abs=0.6) and group["Quadrant"] == 4
    assert [row["Quadrant"] for row in found["sGroups"]] == [4, 2, 4, 2]
    assert group["Zurich"] is None and first["Analyzed"] == 0
    west, east = group["Dipole1Long"], group["Dipole2Long"]
    assert np.degrees(west - east) == pytest.approx(4, abs=0.3)
    centre = found["calibrations"][0]
    assert np.hypot(
        centre["NorthX"] - centre["CenterX"], centre["NorthY"] - centre["CenterY"]
    ) == pytest.approx(centre["Radius"])
    with ZipFile(io.BytesIO(content(catalogue, "digisun-csv"))) as archive:
        names = [name.split("/")[-1] for name in archive.namelist()]
    assert {"drawings.csv", "sGroups.csv", "calibrations.csv"} <= set(names)
    again = read_digisun("m.zip", content(catalogue, "digisun-csv"))
    assert [row["Lcm"] for row in again["sGroups"]] == [row["Lcm"] for row in found["sGroups"]]
