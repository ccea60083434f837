"""What inference leaves on disk: a small file a drawing, and the tables made from them.

The result files are the truth; everything else can be made again from them by streaming, one drawing in
memory at a time.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO
from urllib.parse import quote, unquote

import numpy as np

from sunspot_dash.domain.activity.observation import Observation, observation_time, observations
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.spots.detections import DrawingResult, Spot, polar
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.file_names import FEATURES_SUFFIX, TABLE_NAME, check_model_name
from sunspot_dash.files import atomic_write, atomic_write_text
from sunspot_dash.io.cells import cell
from sunspot_dash.io.wide_table import CSV_NAME, PARQUET_NAME, WideTable

FORMAT = 1
BATCH = 50  # results in memory at a time
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
    """Make the tables of a model from its result files.

    They are `sunspot_table.csv`, `{model}_features_polar_coordinates.json`, and one row a spot with all that is known
    of it in `detections.csv` and `detections.parquet`.

    Args:
        drawings: the folder of result files; output: the folder for the tables.
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
    names = (TABLE_NAME, f"{model}{FEATURES_SUFFIX}", CSV_NAME, PARQUET_NAME)

    def write(paths: tuple[Path, ...]) -> None:
        with (
            paths[0].open("w", encoding="utf-8", errors="backslashreplace", newline="") as table,
            paths[1].open("w", encoding="utf-8") as features,
            WideTable(*paths[2:]) as wide,
        ):
            seen = seen_on(stream_results(drawings, problems), orientation, threshold, corrections)
            _write_rows(seen, (table, features), wide)

    _write_together([output / name for name in names], write)
    return problems


def _write_together(targets: list[Path], write: Callable[[tuple[Path, ...]], None]) -> None:
    """Write several files, each atomically; none is replaced before all are whole."""

    def nest(left: list[Path], temporary: tuple[Path, ...]) -> None:
        if not left:
            write(temporary)
            return
        atomic_write(left[0], lambda path: nest(left[1:], (*temporary, path)))

    nest(targets, ())


Seen = tuple[DrawingResult, tuple[str, str], Orientation, Observation]


def seen_on(
    results: Iterator[DrawingResult],
    orientation: Orientation,
    threshold: float | None,
    corrections: Mapping[str, Correction],
) -> Iterator[Seen]:
    """Each result with its date and time, how it lies and what it shows, some at a time."""
    while batch := list(islice(results, BATCH)):
        known = [corrections.get(result.name, NONE) for result in batch]
        when = [
            correction.date_and_time(result.name) for result, correction in zip(batch, known, strict=True)
        ]
        orientations = [correction.orientation(orientation) for correction in known]
        found = observations(
            [
                (result, one, observation_time(*at))
                for result, one, at in zip(batch, orientations, when, strict=True)
            ],
            threshold,
        )
        yield from zip(batch, when, orientations, found, strict=True)


def _write_rows(seen: Iterable[Seen], files: tuple[TextIO, TextIO], wide: WideTable) -> None:
    table, features = files
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["name", "date", "time", "sunspot"])
    separator = "{\n"
    for result, when, orientation, observation in seen:
        rows.writerow([cell(result.name), *when, len(observation.numbered)])
        entries = [
            {str(number): _feature(i, result.disk, orientation, observation)}
            for i, (number, _) in enumerate(observation.numbered)
        ]
        features.write(f"{separator}{json.dumps(result.name)}: {json.dumps(entries, allow_nan=False)}")
        separator = ",\n"
        wide.add(result, when, orientation, observation)
    features.write("{}\n" if separator == "{\n" else "\n}\n")


def _feature(i: int, disk: Disk, orientation: Orientation, observation: Observation) -> dict[str, Any]:
    """The spot at place i; what an undated drawing cannot tell is null."""
    spot = observation.numbered[i][1]
    places = observation.places
    return {
        "polar_coordinates": vars(polar(spot, disk, orientation)),
        "original_image_pixel_coordinates": {"x": spot.x, "y": spot.y},
        "area_px": spot.area_px,
        "confidence": spot.confidence,
        "heliographic": {
            "latitude_deg": _known(places.latitude_deg[i]),
            "carrington_longitude_deg": _known(places.carrington_longitude_deg[i]),
            "cmd_deg": _known(places.cmd_deg[i]),
            "rho_deg": _known(places.rho_deg[i]),
        },
        "area_msh": _known(observation.areas.corrected_msh[i]),
        "group": int(observation.group[i]) or None,
    }


def _known(value: float) -> float | None:
    """A number to 0.0001, None where there is none."""
    return round(float(value), 4) if np.isfinite(value) else None


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
