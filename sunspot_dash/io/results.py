"""Result files: the detections on one drawing, as JSON.

They are the source of all tables and figures, which can be rebuilt from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
from pydantic import TypeAdapter

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.names import is_utf8, printable
from sunspot_dash.domain.spots.calibration import Calibration
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.files import atomic_write_text

FORMAT = 1
CALIBRATION = TypeAdapter(Calibration | None)
UNSAFE = frozenset('/\\:*?"<>|%')


def safe_name(name: str) -> str:
    """Convert a drawing's name to a unique file-name part that cannot leave its folder.

    Letters of any script are kept; separators and characters that some file systems reject become %XX.
    """
    safe = "".join(
        quote(c.encode("utf-8", "surrogatepass"), safe="") if c in UNSAFE or not c.isprintable() else c
        for c in name
    )
    if safe.startswith("."):
        safe = "%2E" + safe[1:]
    # Most systems allow 255 bytes in a file name; leave room for suffixes and the temporary file.
    if len(safe.encode()) > 180:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        safe = safe.encode()[:110].decode("utf-8", "ignore") + "%~" + digest
    return safe


def result_path(folder: Path, name: str) -> Path:
    """Return the path of the result file of a drawing, given by its full file name."""
    return folder / f"{safe_name(name)}.json"


def write_result(folder: Path, result: DrawingResult) -> Path:
    """Write a drawing's result file atomically and return its path; the inverse of `read_result`."""
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
    if result.calibration is not None:
        record["calibration"] = asdict(result.calibration)
    if result.whole_spots is not None:
        record["whole_spots"] = [outline.ravel().tolist() for outline in result.whole_spots]
    path = result_path(folder, result.name)
    folder.mkdir(parents=True, exist_ok=True)
    atomic_write_text(path, json.dumps(record, allow_nan=False, separators=(",", ":")) + "\n")
    return path


def read_result(path: Path, model: str = "") -> DrawingResult:
    """Read a result file.

    Args:
        model: the name of its model today; by default the one that the model had when it ran.

    Raises:
        WorkspaceError: the file is missing, damaged, or does not belong to the drawing in its name.
    """
    try:
        record = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
        if record["format"] != FORMAT:
            raise ValueError(f"format {record['format']!r}, expected {FORMAT}")
        texts = ("name", "model", "model_hash", "image_hash")
        fields = {key: record[key] for key in (*texts, "width", "height", "threshold")}
        fields["model"] = model or fields["model"]
        disk = read_disk(record["disk"])
        spots = tuple(_spot(spot) for spot in record["spots"])
        if not is_utf8(record["name"]):
            raise ValueError(f"the name of its drawing is not UTF-8: {printable(record['name'])}")
        calibration = CALIBRATION.validate_python(record.get("calibration"))
        wholes = record.get("whole_spots")
        result = DrawingResult(
            **fields,
            seconds=record["seconds"],
            disk=disk,
            spots=spots,
            calibration=calibration,
            whole_spots=None if wholes is None else tuple(_points(outline) for outline in wholes),
        )
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
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise WorkspaceError(
            f"{path.name} is not a readable result file ({reason}): run inference on the drawing again"
        ) from error
    return result


def stream_results(
    folder: Path, problems: list[str] | None = None, model: str = ""
) -> Iterator[DrawingResult]:
    """Yield the results of a folder ordered by name; unreadable files are reported in `problems`.

    Args:
        model: as in `read_result`.
    """
    paths = [path for path in folder.glob("*.json") if not path.name.startswith(".")]
    for path in sorted(paths, key=lambda path: unquote(path.name.removesuffix(".json"))):
        try:
            yield read_result(path, model)
        except WorkspaceError as error:
            if problems is not None:
                problems.append(str(error))


def _spot_record(spot: Spot) -> dict[str, Any]:
    record = {field: getattr(spot, field) for field in ("x", "y", "area_px", "confidence")}
    return {**record, "outline": spot.outline.ravel().tolist()}


def _spot(record: dict[str, Any]) -> Spot:
    x, y, area_px, confidence = (_number(record[field]) for field in ("x", "y", "area_px", "confidence"))
    return Spot(x, y, area_px, confidence, _points(record["outline"]))


def _points(values: list[float]) -> np.ndarray:
    return np.array(values, np.float64).reshape(-1, 2)


def read_disk(record: dict[str, Any]) -> Disk:
    """Convert a JSON object to a disk.

    Raises:
        ValueError, TypeError: the object does not describe a disk.
    """
    values = {key: _number(value) for key, value in record.items() if key != "by_hand"}
    return Disk(**values, by_hand=record.get("by_hand", False) is True)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        raise ValueError(f"{value!r} where a number was expected")
    return float(value)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")
