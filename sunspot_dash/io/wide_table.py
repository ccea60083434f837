"""The wide table: one row per spot, all columns, with provenance, as CSV and as Parquet."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sunspot_dash.domain.activity.observation import Observation
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.io.cells import cell

CSV_NAME, PARQUET_NAME = "detections.csv", "detections.parquet"
TEXT, WHOLE, REAL = pa.string(), pa.int32(), pa.float64()
# Type and description of each column, in the order of the tables.
COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "drawing": (TEXT, "full file name"),
    "date": (TEXT, "UT, or 'undated'"),
    "time": (TEXT, "UT, empty if only the day is known"),
    "spot": (WHOLE, "number on the drawing, as in the features file"),
    "group": (WHOLE, "number on the drawing, empty for an undated drawing"),
    "x_px": (REAL, "spot centre, from the left edge of the drawing"),
    "y_px": (REAL, "spot centre, from the top edge of the drawing"),
    "radius_fraction": (REAL, "distance from the disk centre, r/R"),
    "position_angle_deg": (REAL, "from north through east"),
    "latitude_deg": (REAL, "heliographic, north positive"),
    "carrington_longitude_deg": (REAL, "0 to 360"),
    "cmd_deg": (REAL, "central meridian distance, west positive"),
    "rho_deg": (REAL, "heliocentric angle from the disk centre"),
    "area_px": (REAL, "umbra, in pixels of the drawing"),
    "area_msd": (REAL, "umbra, projected, millionths of the disk"),
    "area_msh": (REAL, "umbra, corrected, millionths of the hemisphere"),
    "confidence": (REAL, "peak probability"),
    "p_deg": (REAL, "position angle of the Sun's north pole"),
    "b0_deg": (REAL, "latitude of the disk centre"),
    "l0_deg": (REAL, "Carrington longitude of the disk centre"),
    "carrington_rotation": (REAL, "number, with the elapsed fraction"),
    "mirrored": (pa.bool_(), "whether east is on the right"),
    "tilt_deg": (REAL, "added to position angles"),
    "model": (TEXT, "name of the model"),
    "model_sha256": (TEXT, "SHA-256 of the model's weights"),
    "image_sha256": (TEXT, "SHA-256 of the drawing's file"),
    "threshold": (REAL, "confidence threshold of counted spots"),
    "reviewed_by": (TEXT, "who reviewed the drawing, empty for a spot as the model found it"),
    "reviewed_at": (TEXT, "when, UT, empty for a spot as the model found it"),
}
SCHEMA = pa.schema([(name, kind) for name, (kind, _) in COLUMNS.items()])
FLUSH_ROWS = 20_000


class Observed(NamedTuple):
    """A drawing and what is seen on it.

    Attributes:
        when: (date, time); review: who reviewed it and when, both "" for a result of the model.
    """

    result: DrawingResult
    when: tuple[str, str]
    orientation: Orientation
    observation: Observation
    review: tuple[str, str] = ("", "")


class SpotsParquet:
    """Writes the table as Parquet in batches of FLUSH_ROWS, to a path or a file object."""

    def __init__(self, where: Any) -> None:
        self._writer = pq.ParquetWriter(where, SCHEMA, compression="zstd")
        self._waiting: dict[str, list[Any]] = {name: [] for name in COLUMNS}

    def add(self, columns: dict[str, list[Any]]) -> None:
        """Add rows in the form of `wide_columns`."""
        for name, values in columns.items():
            self._waiting[name] += values
        if len(self._waiting["drawing"]) >= FLUSH_ROWS:
            self._flush()

    def close(self, whole: bool = True) -> None:
        """Close the file; buffered rows are written only if the table is complete (`whole`)."""
        try:
            if whole:
                self._flush()
        finally:
            self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(pa.table(self._waiting, schema=SCHEMA))
        self._waiting = {name: [] for name in COLUMNS}


class WideTable:
    """Writes the table as CSV and as Parquet, with constant memory."""

    def __init__(self, csv_path: Path, parquet_path: Path) -> None:
        self._parquet = SpotsParquet(parquet_path)
        self._file = csv_path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(COLUMNS)

    def __enter__(self) -> WideTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._parquet.close(whole=kind is None)
        finally:
            self._file.close()

    def add(self, drawing: Observed) -> None:
        """Add the counted spots of one drawing."""
        if not drawing.observation.numbered:
            return
        columns = wide_columns(drawing)
        self._csv.writerows([cell(value) for value in row] for row in zip(*columns.values(), strict=True))
        self._parquet.add(columns)


def wide_columns(drawing: Observed) -> dict[str, list[Any]]:
    """Return the COLUMNS of the counted spots of one drawing, which must have at least one."""
    result, when, orientation, observation, review = drawing
    spots = [spot for _, spot in observation.numbered]
    places, areas, ephemeris = observation.places, observation.areas, observation.ephemeris
    each: dict[str, list[Any]] = {
        "spot": [number for number, _ in observation.numbered],
        "group": [int(number) or None for number in observation.group],
        "x_px": [spot.x for spot in spots],
        "y_px": [spot.y for spot in spots],
        "area_px": [spot.area_px for spot in spots],
        "confidence": [spot.confidence for spot in spots],
        "radius_fraction": _numbers(observation.radius_fraction),
        "position_angle_deg": _numbers(observation.position_angle_deg),
        "latitude_deg": _numbers(places.latitude_deg),
        "carrington_longitude_deg": _numbers(places.carrington_longitude_deg),
        "cmd_deg": _numbers(places.cmd_deg),
        "rho_deg": _numbers(places.rho_deg),
        "area_msd": _numbers(areas.projected_msd),
        "area_msh": _numbers(areas.corrected_msh),
    }
    whole = {
        "drawing": result.name,
        "date": when[0],
        "time": when[1],
        **{
            name: _numbers(np.atleast_1d(getattr(ephemeris, name)))[0]
            for name in ("p_deg", "b0_deg", "l0_deg", "carrington_rotation")
        },
        "mirrored": orientation.mirrored,
        "tilt_deg": orientation.tilt_deg,
        "model": result.model,
        "model_sha256": result.model_hash,
        "image_sha256": result.image_hash,
        "threshold": result.threshold,
        "reviewed_by": review[0],
        "reviewed_at": review[1],
    }
    return {name: each.get(name) or [whole[name]] * len(spots) for name in COLUMNS}


def _numbers(values: np.ndarray) -> list[float | None]:
    """Round to 0.0001; NaN becomes None."""
    return [None if np.isnan(value) else round(value, 4) for value in values.tolist()]
