"""What inference leaves on disk: a small file a drawing, and the tables made from them.

The result files are the truth; everything else can be made again from them by streaming, one drawing in
memory at a time.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO
from urllib.parse import quote, unquote

import numpy as np

from sunspot_dash.domain.corrections import NONE, Correction
from sunspot_dash.domain.detections import PRESETS, DrawingResult, Orientation, Spot, polar
from sunspot_dash.domain.disk import Disk
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.workspace import atomic_write, atomic_write_text, check_model_name

FORMAT = 1
TABLE_NAME = "sunspot_table.csv"
FEATURES_SUFFIX = "_features_polar_coordinates.json"
UNSAFE = frozenset('/\\:*?"<>|%')


def safe_name(name: str) -> str:
    """A drawing's name as part of a file name: no two names give the same, none leaves its folder.

    Letters of any script stay as they are; separators and what some file system refuses become %XX.
    """
    safe = "".join(
        quote(c.encode("utf-8", "surrogatepass"), safe="") if c in UNSAFE or not c.isprintable() else c
        for c in name
    )
    if safe.startswith("."):
        safe = "%2E" + safe[1:]
    # A file name holds 255 bytes on most systems; some must stay for the suffixes and the temporary file.
    if len(safe.encode()) > 180:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        safe = safe.encode()[:110].decode("utf-8", "ignore") + "%~" + digest
    return safe


def result_path(folder: Path, name: str) -> Path:
    """The result file of the drawing with this full file name."""
    return folder / f"{safe_name(name)}.json"


def write_result(folder: Path, result: DrawingResult) -> Path:
    """Write a drawing's result file, atomically, and return its path; `read_result` gives all of it back."""
    record = {
        "format": FORMAT,
        **{
            field: getattr(result, field)
            for field in ("name", "width", "height", "model", "model_hash", "image_hash")
        },
        "threshold": result.threshold,
        "seconds": result.seconds,
        "disk": asdict(result.disk),
        "spots": [_spot_record(spot) for spot in result.spots],
    }
    path = result_path(folder, result.name)
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write_text(path, json.dumps(record, allow_nan=False, separators=(",", ":")) + "\n")
    return path


def read_result(path: Path) -> DrawingResult:
    """Read a result file.

    Raises:
        WorkspaceError: the file is missing, damaged, or holds another drawing than its name says.
    """
    try:
        record = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
        if record["format"] != FORMAT:
            raise ValueError(f"format {record['format']!r}, expected {FORMAT}")
        texts = ("name", "model", "model_hash", "image_hash")
        fields = {key: record[key] for key in (*texts, "width", "height", "threshold")}
        disk = read_disk(record["disk"])
        spots = tuple(_spot(spot) for spot in record["spots"])
        result = DrawingResult(**fields, seconds=record["seconds"], disk=disk, spots=spots)
        if result_path(path.parent, result.name) != path:
            raise ValueError(f"it holds the drawing {result.name!r}")
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else error
        raise WorkspaceError(
            f"{path.name} is not a readable result file ({reason}): run inference on the drawing again"
        ) from error
    return result


def stream_results(folder: Path, problems: list[str] | None = None) -> Iterator[DrawingResult]:
    """The folder's results in the order of their names; what cannot be read is told in `problems`."""
    paths = [path for path in folder.glob("*.json") if not path.name.startswith(".")]
    for path in sorted(paths, key=lambda path: unquote(path.name.removesuffix(".json"))):
        try:
            yield read_result(path)
        except WorkspaceError as error:
            if problems is not None:
                problems.append(str(error))


def write_tables(
    drawings: Path,
    output: Path,
    model: str,
    orientation: Orientation = PRESETS["uset"],
    threshold: float | None = None,
    corrections: Mapping[str, Correction] = MappingProxyType({}),
) -> list[str]:
    """Make `sunspot_table.csv` and `{model}_features_polar_coordinates.json` from the result files.

    Args:
        drawings: the folder of result files; output: the folder for both tables.
        model: the model's name.
        orientation: how the archive's drawings lie on the page.
        threshold: confidence from which a spot counts; by default each result's own.
        corrections: of single drawings, by name.

    Returns:
        One line for each result file that could not be read.
    """
    check_model_name(model)
    output.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []

    def write(table_path: Path, features_path: Path) -> None:
        with (
            table_path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as table,
            features_path.open("w", encoding="utf-8") as features,
        ):
            results = (
                (result, corrections.get(result.name, NONE)) for result in stream_results(drawings, problems)
            )
            _write_rows(results, (table, features), orientation, threshold)

    def write_both(table_path: Path) -> None:
        atomic_write(output / f"{model}{FEATURES_SUFFIX}", lambda features: write(table_path, features))

    atomic_write(output / TABLE_NAME, write_both)
    return problems


def _write_rows(
    results: Iterator[tuple[DrawingResult, Correction]],
    files: tuple[TextIO, TextIO],
    orientation: Orientation,
    threshold: float | None,
) -> None:
    table, features = files
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["name", "date", "time", "sunspot"])
    separator = "{\n"
    for result, correction in results:
        spots = result.numbered(threshold)
        rows.writerow([_cell(result.name), *correction.date_and_time(result.name), len(spots)])
        lies = correction.orientation(orientation)
        entries = [{str(i): _feature(spot, result.disk, lies)} for i, spot in spots]
        features.write(f"{separator}{json.dumps(result.name)}: {json.dumps(entries, allow_nan=False)}")
        separator = ",\n"
    features.write("{}\n" if separator == "{\n" else "\n}\n")


def _feature(spot: Spot, disk: Disk, orientation: Orientation) -> dict[str, Any]:
    return {
        "polar_coordinates": vars(polar(spot, disk, orientation)),
        "original_image_pixel_coordinates": {"x": spot.x, "y": spot.y},
        "area_px": spot.area_px,
        "confidence": spot.confidence,
    }


def _cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def _spot_record(spot: Spot) -> dict[str, Any]:
    record = {field: getattr(spot, field) for field in ("x", "y", "area_px", "confidence")}
    return {**record, "outline": spot.outline.ravel().tolist()}


def _spot(record: dict[str, Any]) -> Spot:
    x, y, area_px, confidence = (_number(record[field]) for field in ("x", "y", "area_px", "confidence"))
    return Spot(x, y, area_px, confidence, np.array(record["outline"], np.float64).reshape(-1, 2))


def read_disk(record: dict[str, Any]) -> Disk:
    """A disk from its JSON object.

    Raises:
        ValueError, TypeError: it is none.
    """
    values = {key: _number(value) for key, value in record.items() if key != "by_hand"}
    return Disk(**values, by_hand=record.get("by_hand", False) is True)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        raise ValueError(f"{value!r} where a number was expected")
    return float(value)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")
