"""Result files and their tables."""

import csv
import json
import tracemalloc
from dataclasses import asdict, replace
from math import atan2, hypot, nan
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sunspot_dash.domain.activity.areas import spot_areas
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.spots.calibration import Calibration, Form
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.sun.coordinates import on_sun
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.errors import SunspotError, WorkspaceError
from sunspot_dash.io import tables as tables_module
from sunspot_dash.io import wide_table
from sunspot_dash.io.results import (
    read_result,
    result_path,
    safe_name,
    stream_results,
    write_result,
)
from sunspot_dash.io.tables import write_tables
from sunspot_dash.io.wide_table import COLUMNS

DISK = Disk(100.1, 119.9, 80.0 / 3, 0.9, 0.004, -0.001)
HOSTILE = [
    "../../etc/passwd",
    "/absolute.jpg",
    "a\\b.jpg",
    "nul\0.png",
    ".hidden.jpg",
    "..",
    "%2F.jpg",
    "line\nbreak.jpg",
    "C:x.bmp",
    "x" * 255,
    "é" * 120 + ".jpg",
    "\x7fB",
    "\u07fb",
]


def spot(x: float, y: float, confidence: float = 0.8) -> Spot:
    corners = np.array([[x - 1, y - 1], [x + 1 / 3, y - 1], [x + 1, y + 1], [x - 1, y + 1]])
    return Spot(x, y, 10 / 3, confidence, corners)


def result(name: str, *spots: Spot, **changes) -> DrawingResult:
    fields = {"width": 200, "height": 240, "disk": DISK, "spots": spots, "threshold": 0.5, "seconds": 1.25}
    hashes = {"model": "uset", "model_hash": "abc", "image_hash": "def"}
    return DrawingResult(name, **(fields | hashes | changes))


def content(drawing: DrawingResult) -> dict:
    fields = asdict(drawing)
    fields["spots"] = [(s.x, s.y, s.area_px, s.confidence, s.outline.tolist()) for s in drawing.spots]
    return fields


def tables(folder: Path, **options) -> tuple[list[list[str]], dict, list[str]]:
    problems = write_tables(folder / "drawings", folder, "uset", **options)
    with (folder / "sunspot_table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    text = (folder / "uset_features_polar_coordinates.json").read_text("utf-8")
    return rows, json.loads(text), problems


def test_a_result_round_trips(tmp_path):
    random = np.random.default_rng(0)
    spots = [Spot(*random.uniform(0, 1, 4), random.uniform(0, 9, (n, 2))) for n in (0, 1, 3, 40)]
    drawing = result("usd194108010900.jpg", *spots, seconds=1 / 3)
    path = write_result(tmp_path, drawing)
    assert path.name == "usd194108010900.jpg.json"
    assert content(read_result(path)) == content(drawing)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_calibration_round_trips_and_an_impossible_one_is_reported(tmp_path):
    calibration = Calibration(0.4, 0.9, (0.0, 1.0), (0.0, 0.9), 2.0, 1.0, 1.5, 50, (Form(493.5, 1954, 2005),))
    path = write_result(tmp_path, result("a.jpg", spot(10, 20), calibration=calibration))
    assert read_result(path).calibration == calibration
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"calibration": record["calibration"] | {"level": 2}}))
    with pytest.raises(WorkspaceError, match="level"):
        read_result(path)
    path.write_text(json.dumps(record | {"calibration": {"level": 0.9}}))
    with pytest.raises(WorkspaceError, match=r"a\.jpg\.json is not a readable result file"):
        read_result(path)


def test_the_results_of_a_renamed_model_have_its_new_name(tmp_path):
    path = write_result(tmp_path / "drawings", result("a.png", spot(50, 60)))
    assert read_result(path).model == "uset" and read_result(path, "ours").model == "ours"
    write_tables(path.parent, tmp_path, "ours")
    written = (tmp_path / "detections.csv").read_text()
    assert "ours" in written and "uset" not in written


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_is_outside_its_folder(tmp_path, name):
    folder = tmp_path / "drawings"
    path = write_result(folder, result(name))
    assert path.resolve().parent == folder.resolve()
    assert read_result(path).name == name
    assert [drawing.name for drawing in stream_results(folder)] == [name]


def test_no_two_names_share_a_file():
    names = [
        *HOSTILE,
        "a/b.jpg",
        "a%2Fb.jpg",
        "a_b.jpg",
        "a.jpg",
        "a.png",
        "x" * 254 + "y",
        "x" * 254,
        "%7FB",
    ]
    assert len({safe_name(name) for name in names}) == len(names)
    assert safe_name("usd194108010900.jpg") == "usd194108010900.jpg"
    assert safe_name("Zürich 太陽.png") == "Zürich 太陽.png"
    assert max(len(safe_name(name).encode()) for name in names) < 200


def broken(**changes) -> str:
    record = {
        "format": 1,
        "name": "a.jpg",
        "width": 9,
        "height": 9,
        "model": "m",
        "model_hash": "h",
        "image_hash": "i",
    }
    record |= {
        "threshold": 0.5,
        "seconds": 1,
        "disk": {"x": 1, "y": 1, "radius": 3, "confidence": 1},
        "spots": [],
    }
    return json.dumps(record | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\x00\x01",
        "[" * 100_000,
        broken(format=2),
        broken(name="../b.jpg"),
        broken(name="b.jpg"),
        broken(width="9"),
        broken(width=1e999),
        broken(seconds=10**400),
        broken(disk={"x": 10**400, "y": 1, "radius": 3, "confidence": 1}),
        broken(threshold=nan),
        broken(disk={"x": 1, "y": 1, "radius": "3", "confidence": 1}),
        broken(disk={"x": 1}),
        broken(disk={"x": 1, "y": 1, "radius": 0, "confidence": 1}),
        broken(disk=None),
        broken(spots=[{"x": 1}]),
        broken(spots=[{"x": 1, "y": 1, "area_px": 1, "confidence": 2, "outline": []}]),
        broken(spots=[{"x": 1, "y": 1, "area_px": 1, "confidence": 1, "outline": [1, 2, 3]}]),
        broken(spots=7),
    ],
)
def test_a_damaged_file_is_reported_and_skipped(tmp_path, text):
    drawings = tmp_path / "drawings"
    write_result(drawings, result("b.jpg", spot(5, 5)))
    path = result_path(drawings, "a.jpg")
    path.write_text(text)
    with pytest.raises(WorkspaceError, match=r"a\.jpg\.json is not a readable result file"):
        read_result(path)
    rows, features, problems = tables(tmp_path)
    assert [row[0] for row in rows] == ["name", "b.jpg"] and list(features) == ["b.jpg"]
    assert len(problems) == 1 and "a.jpg.json" in problems[0]


def test_the_undamaged_record_is_read(tmp_path):
    result_path(tmp_path, "a.jpg").write_text(broken())
    assert read_result(result_path(tmp_path, "a.jpg")).disk == Disk(1, 1, 3, 1)


def test_a_result_that_json_cannot_represent_is_rejected(tmp_path):
    with pytest.raises(ValueError, match="disk"):
        result("a.jpg", disk=replace(DISK, x=nan))


def test_the_table_has_one_row_per_drawing_in_order(tmp_path):
    drawings = tmp_path / "drawings"
    write_result(drawings, result("usd202409181115.jpg", spot(5, 5), spot(9, 9, 0.5), spot(7, 7, 0.49)))
    write_result(drawings, result("usd194006160900.png"))
    write_result(drawings, result("scan, of a page.png", spot(5, 5)))
    rows, _, problems = tables(tmp_path)
    assert not problems
    assert rows == [
        ["name", "date", "time", "sunspot"],
        ["scan, of a page.png", "undated", "", "1"],
        ["usd194006160900.png", "1940-06-16", "09:00", "0"],
        ["usd202409181115.jpg", "2024-09-18", "11:15", "2"],
    ]
    assert [row[3] for row in tables(tmp_path, threshold=0.0)[0][1:]] == ["1", "0", "3"]


@pytest.mark.parametrize("name", ["=1+1.jpg", "+a.jpg", "-a.jpg", "@a.jpg", "\ta.jpg"])
def test_a_name_is_not_a_formula(tmp_path, name):
    write_result(tmp_path / "drawings", result(name))
    assert tables(tmp_path)[0][1][0] == "'" + name


def test_features_as_documented(tmp_path):
    drawings = tmp_path / "drawings"
    write_result(drawings, result("b.jpg", spot(40, 60, 0.2), spot(110, 100, 0.75)))
    write_result(drawings, result("a.jpg"))
    _, features, _ = tables(tmp_path)
    assert list(features) == ["a.jpg", "b.jpg"] and features["a.jpg"] == []
    ((number, entry),) = features["b.jpg"][0].items()
    assert number == "2" and len(features["b.jpg"]) == 1
    where = entry.pop("polar_coordinates")
    assert entry.pop("area_msh") == pytest.approx(sum_msh(spot(110, 100, 0.75)), abs=1e-3)
    # An undated drawing has no heliographic positions and no groups.
    assert set(entry.pop("heliographic").values()) == {None} and entry.pop("group") is None
    assert entry == {
        "original_image_pixel_coordinates": {"x": 110.0, "y": 100.0},
        "area_px": 10 / 3,
        "confidence": 0.75,
    }
    assert list(where) == ["radius", "angle", "radius_fraction", "position_angle_deg"]
    dx, dy = 110 - DISK.x, 100 - DISK.y
    assert where["radius"] == pytest.approx(hypot(dx, dy)) and where["angle"] == pytest.approx(atan2(dy, dx))
    assert where["radius_fraction"] == pytest.approx(hypot(dx, dy) / DISK.radius, rel=0.01)
    assert where["position_angle_deg"] == pytest.approx(26.5, abs=0.5)
    turned = tables(tmp_path, orientation=Orientation(mirrored=False))[1]["b.jpg"][0]["2"][
        "polar_coordinates"
    ]
    assert turned["position_angle_deg"] == pytest.approx(360 - where["position_angle_deg"])


def sum_msh(one: Spot) -> float:
    return float(spot_areas([one], DISK).corrected_msh[0])


def test_a_dated_drawing_has_heliographic_positions_in_both_tables(tmp_path):
    name = "usd195604170830.jpg"
    spots = (spot(110, 100), spot(112, 101), spot(90, 130), spot(5, 5, 0.1))
    write_result(tmp_path / "drawings", result(name, *spots))
    _, features, _ = tables(tmp_path)
    entries = [entry for one in features[name] for entry in one.values()]
    when = sun(np.datetime64("1956-04-17T08:30"))
    xy = np.array([(one.x, one.y) for one in spots[:3]])
    expected = on_sun(xy, DISK, when)
    for field, values in vars(expected).items():
        written = [entry["heliographic"][field] for entry in entries]
        assert written == pytest.approx(values.tolist(), abs=1e-4), field
    assert [entry["group"] for entry in entries] == [1, 1, 2] or [e["group"] for e in entries] == [2, 2, 1]
    with (tmp_path / "detections.csv").open() as file:
        rows = list(csv.DictReader(file))
    wide = pq.read_table(tmp_path / "detections.parquet")
    assert wide.column_names == list(COLUMNS) == list(rows[0])
    assert [float(row["latitude_deg"]) for row in rows] == pytest.approx(wide["latitude_deg"].to_pylist())
    assert {row["model_sha256"] for row in rows} == {result(name).model_hash}
    assert float(rows[0]["b0_deg"]) == pytest.approx(-5.373, abs=0.01) and rows[0]["drawing"] == name


def test_no_drawings_give_empty_tables(tmp_path):
    (tmp_path / "drawings").mkdir()
    assert tables(tmp_path) == ([["name", "date", "time", "sunspot"]], {}, [])


def test_a_model_name_cannot_be_a_path(tmp_path):
    with pytest.raises(SunspotError):
        write_tables(tmp_path, tmp_path, "../evil")


def test_tables_need_memory_for_only_one_batch_of_drawings(tmp_path, monkeypatch):
    folder = tmp_path / "drawings"
    many = [spot(x, 50) for x in range(150)]
    monkeypatch.setattr(tables_module, "BATCH", 2)
    monkeypatch.setattr(wide_table, "FLUSH_ROWS", 300)

    def peak() -> int:
        tracemalloc.start()
        write_tables(folder, tmp_path, "uset")
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    for i in range(20):
        write_result(folder, result(f"{i}.jpg", *many))
        if i == 4:
            few = peak()
    assert peak() < few + 100_000


def test_a_result_of_a_name_that_is_not_utf8_is_reported(tmp_path):
    write_result(tmp_path, result("\udcff.jpg"))
    write_result(tmp_path, result("a.jpg"))
    problems: list[str] = []
    assert [one.name for one in stream_results(tmp_path, problems)] == ["a.jpg"]
    assert len(problems) == 1 and r"the name of its drawing is not UTF-8: \xff.jpg" in problems[0]
