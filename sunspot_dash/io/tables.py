"""The tables of a model, made from its result files one batch of drawings at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

import numpy as np

from sunspot_dash.domain.activity.observation import Observation, observation_time, observations
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.spots.detections import DrawingResult, polar
from sunspot_dash.file_names import FEATURES_SUFFIX, TABLE_NAME, check_model_name
from sunspot_dash.files import atomic_write
from sunspot_dash.io.cells import cell
from sunspot_dash.io.results import stream_results
from sunspot_dash.io.wide_table import CSV_NAME, PARQUET_NAME, Observed, WideTable

BATCH = 50  # results in memory at a time


def write_tables(
    drawings: Path,
    output: Path,
    model: str,
    orientation: Orientation = PRESETS["uset"],
    threshold: float | None = None,
    corrections: Mapping[str, Correction] = MappingProxyType({}),
) -> list[str]:
    """Write the tables of a model from its result files.

    The tables are `sunspot_table.csv`, `{model}_features_polar_coordinates.json`, and `detections.csv` and
    `detections.parquet` with one row per spot and all columns.

    Args:
        drawings: the folder of result files; output: the folder for the tables.
        model: the model's name.
        orientation: the orientation of the archive's drawings.
        threshold: confidence threshold of counted spots; by default that of each result.
        corrections: corrections by drawing name.

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
            seen = observed(stream_results(drawings, problems, model), orientation, threshold, corrections)
            _write_rows(seen, (table, features), wide)

    _write_together([output / name for name in names], write)
    return problems


def _write_together(targets: list[Path], write: Callable[[tuple[Path, ...]], None]) -> None:
    """Write several files atomically, replacing none before all of them are complete."""

    def nest(left: list[Path], temporary: tuple[Path, ...]) -> None:
        if not left:
            write(temporary)
            return
        atomic_write(left[0], lambda path: nest(left[1:], (*temporary, path)))

    nest(targets, ())


def observed(
    results: Iterator[DrawingResult],
    orientation: Orientation,
    threshold: float | None,
    corrections: Mapping[str, Correction],
) -> Iterator[Observed]:
    """Yield each result with its date and time, orientation and observation, computed in batches."""
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
        yield from map(Observed, batch, when, orientations, found)


def _write_rows(seen: Iterable[Observed], files: tuple[TextIO, TextIO], wide: WideTable) -> None:
    table, features = files
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["name", "date", "time", "sunspot"])
    separator = "{\n"
    for one in seen:
        result, when, orientation, observation, _ = one
        rows.writerow([cell(result.name), *when, len(observation.numbered)])
        entries = [
            {str(number): _feature(i, result.disk, orientation, observation)}
            for i, (number, _) in enumerate(observation.numbered)
        ]
        features.write(f"{separator}{json.dumps(result.name)}: {json.dumps(entries, allow_nan=False)}")
        separator = ",\n"
        wide.add(one)
    features.write("{}\n" if separator == "{\n" else "\n}\n")


def _feature(i: int, disk: Disk, orientation: Orientation, observation: Observation) -> dict[str, Any]:
    """Return the JSON record of spot i; values that need a date are null for an undated drawing."""
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
    """Round to 0.0001; NaN and infinities become None."""
    return round(float(value), 4) if np.isfinite(value) else None
