"""Export the counts of a source: tables, SILSO-style series, a report, or everything in one ZIP file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.activity.reviewed import observe
from sunspot_dash.domain.activity.sunspot_number import wolf
from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.files import atomic_write
from sunspot_dash.io import exports as forms
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.interchange import tables
from sunspot_dash.io.interchange.digisun import Row, write_csv, write_sql
from sunspot_dash.io.interchange.dpd import write_dpd
from sunspot_dash.io.interchange.rgo import write_rgo
from sunspot_dash.io.results import read_result
from sunspot_dash.io.tables import observed
from sunspot_dash.io.wide_table import Observed
from sunspot_dash.services.analysis.sunspot_number import PARTS, counted_drawings
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period, where_period
from sunspot_dash.services.catalogue.reviews import read_gestures
from sunspot_dash.services.catalogue.sources import COUNTS, MODEL, REVIEWED, split_source, where_source
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.services.export.bundle import bundle, files_of
from sunspot_dash.services.export.digisun import digisun_rows
from sunspot_dash.services.export.group_records import records
from sunspot_dash.services.export.provenance import provenance
from sunspot_dash.services.review.labels import NONE_REVIEWED, reviewed_coco

COUNTS_OF_DRAWING = ("spot_groups", "spots", "north_groups", "north_spots", "south_groups", "south_spots")
# Ends of the intervals of the counts of the disk, R with k = 1; without a value where a drawing has none.
ENDS = ("groups_low", "groups_high", "spots_low", "spots_high", "number_low", "number_high")
HEADER = (
    "name", "date", "time", "groups", "spots", "sunspot_number", "north_groups", "north_spots", "north_number",
    "south_groups", "south_spots", "south_number", "model", "threshold", "counts", "reviewed_by", "reviewed_at",
    *ENDS,
)  # fmt: skip
SPOT_COLUMNS = (
    "number", "spot_group", "x", "y", "radius_fraction", "position_angle_deg", "latitude_deg", "longitude_deg",
    "cmd_deg", "area_px", "area_msh", "confidence", "latitude_sigma_deg", "longitude_sigma_deg",
)  # fmt: skip
GROUP_COLUMNS = (
    "number", "spots", "area_msh", "latitude_deg", "longitude_deg", "cmd_deg", "extent_deg", "largest", "bipolar",
    "length_deg", "whole_msh", "zurich", "mcintosh", "typed", "latitude_sigma_deg", "longitude_sigma_deg",
)  # fmt: skip
BUNDLE = "bundle"
LABELS = "coco"  # holds reviewed drawings only, whatever the source
IN_BUNDLE = {
    "csv": "numbers.csv",
    "json": "drawings.json",
    "parquet": "spots.parquet",
    "silso": "SN_d_tot.csv",
    "silso-hemispheric": "SN_d_hem.csv",
    "html": "report.html",
    "votable": "groups.vot",
}


@dataclass(frozen=True)
class Format:
    """An export format: its description, its file suffix, and the function that produces it."""

    description: str
    suffix: str
    pieces: Callable[[Catalogue, str, Period], Iterator[bytes]]


def export(catalogue: Catalogue, source: str, form: str, period: Period = ALWAYS) -> Iterator[bytes]:
    """Return an export as pieces of bytes.

    Args:
        source: see `services.catalogue.sources`; form: one of FORMATS.
        period: first and last date, both included; an open period includes undated drawings.

    Raises:
        ParameterError: the format is unknown, or the source has no drawings in the period.
    """
    check_format(form)
    model, counts = split_source(source)
    of_source, own = where_source(source)
    where, values = where_period(period)
    if not catalogue.rows(f"select 1 from result where {of_source} and {where} limit 1", [*own, *values]):
        if counts == REVIEWED:
            raise ParameterError(NONE_REVIEWED)
        when = f" from {period[0] or 'the first'} to {period[1] or 'the last'}" if any(period) else ""
        raise ParameterError(
            f"model '{model}' has no results{when}: run inference first, or choose other dates"
        )
    return FORMATS[form].pieces(catalogue, source, period)


def check_format(form: str) -> str:
    """Return the name of an export format.

    Raises:
        ParameterError: the format is unknown.
    """
    if form not in FORMATS:
        raise ParameterError(f"there is no export format '{form}': use one of {', '.join(FORMATS)}")
    return form


def export_file(catalogue: Catalogue, source: str, form: str, path: Path, period: Period = ALWAYS) -> int:
    """Write an export atomically; return its size in bytes.

    Raises:
        ParameterError: as `export`. WorkspaceError: the file cannot be written.
    """
    pieces = export(catalogue, source, form, period)

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            file.writelines(pieces)

    atomic_write(path, write)
    return path.stat().st_size


def file_name(source: str, form: str, period: Period = ALWAYS) -> str:
    """Return the file name of an export."""
    model, counts = split_source(source)
    kind = "" if counts == MODEL or form == LABELS else counts
    return "_".join(filter(None, [model, kind, *period])) + FORMATS[form].suffix


def counts_csv(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return groups, spots and R of every drawing and hemisphere as CSV; empty cells for undated drawings."""
    return forms.csv_table(HEADER, map(_csv_row, _drawings(catalogue, source, period)))


def _csv_row(row: dict[str, Any]) -> list[Any]:
    numbers = []
    for groups, spots in zip(COUNTS_OF_DRAWING[::2], COUNTS_OF_DRAWING[1::2], strict=True):
        numbers += [row[groups], row[spots], _number(row[groups], row[spots])]
    model, counts = split_source(row["source"])
    of_model = (model, row["threshold"], counts, *_review(row))
    return [row["name"], row["date"], row["time"], *numbers, *of_model, *(row[end] for end in ENDS)]


def _review(row: dict[str, Any]) -> tuple[str, str]:
    """Return who reviewed the drawing of a row, and when; both "" for counts of the model."""
    return ("", "") if split_source(row["source"])[1] == MODEL else (row["reviewed_by"], row["reviewed_at"])


def drawings_json(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return every drawing with its counts, groups and spots as JSON."""
    return forms.json_drawings(_about(catalogue, source, period), _records(catalogue, source, period))


def _records(catalogue: Catalogue, source: str, period: Period) -> Iterator[dict[str, Any]]:
    with catalogue.open() as database:
        for row in _drawings(catalogue, source, period):
            reviewed_by, reviewed_at = _review(row)
            found = {
                table: database.execute(
                    f"select {', '.join(columns)} from {table} where model = ? and key = ? order by number",
                    [row["source"], row["key"]],
                ).fetchall()
                for table, columns in (("spot", SPOT_COLUMNS), ("spot_group", GROUP_COLUMNS))
            }
            yield {
                "name": row["name"],
                "date": row["date"],
                "time": row["time"],
                "groups": row["spot_groups"],
                "spots": row["spots"],
                "sunspot_number": _number(row["spot_groups"], row["spots"]),
                "north": _half(row, "north"),
                "south": _half(row, "south"),
                "intervals": {end: row[end] for end in ENDS},
                "threshold": row["threshold"],
                "counts": split_source(row["source"])[1],
                "reviewed_by": reviewed_by,
                "reviewed_at": reviewed_at,
                "group_list": [
                    dict(group) | {flag: bool(group[flag]) for flag in ("bipolar", "typed")}
                    for group in found["spot_group"]
                ],
                "spot_list": [dict(spot) for spot in found["spot"]],
            }


def _half(row: dict[str, Any], part: str) -> dict[str, Any]:
    groups, spots = row[f"{part}_groups"], row[f"{part}_spots"]
    return {"groups": groups, "spots": spots, "sunspot_number": _number(groups, spots)}


def wide_parquet(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """A row for each spot with every quantity and where it comes from, read from the result files and the reviews."""
    return forms.parquet_spots(_observed(catalogue, source, period))


def _observed(catalogue: Catalogue, source: str, period: Period) -> Iterator[Observed]:
    """Yield the drawings of a source in order of time."""
    workspace, (model, _) = catalogue.workspace, split_source(source)
    folder, archive = workspace.results_of(model), PRESETS[orientation_of(workspace, model)]
    corrections = read_corrections(workspace.corrections_file)
    rows = _drawings(catalogue, source, period)
    for is_reviewed, some in groupby(rows, lambda row: row["source"] != model):
        if not is_reviewed:
            yield from observed(_results(folder, model, some), archive, None, corrections)
            continue
        for row in some:
            for result in _results(folder, model, [row]):
                when = (row["date"], row["time"])
                reviewed = replay(result, read_gestures(workspace, row["name"]))
                orientation = corrections.get(row["name"], NONE).orientation(archive)
                seen = observe(reviewed, orientation, observation_time(*when))
                yield Observed(result, when, orientation, seen, _review(row))


def _results(folder: Path, model: str, rows: Iterable[dict[str, Any]]) -> Iterator[DrawingResult]:
    for row in rows:
        try:
            yield read_result(folder / row["file"], model)
        except SunspotError:
            continue  # damaged or deleted since it was indexed; rebuilding the tables reports it


def silso_daily(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return the daily R in the columns of SN_d_tot_V2.0.csv; sigma is the scatter of the day's drawings."""
    days, numbers, sigmas, n = _daily(catalogue, source, period)
    return forms.silso_daily(days, numbers[0], sigmas[0], n)


def silso_hemispheric(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return the daily R of the disk and both hemispheres in the columns of SN_d_hem_V2.0.csv."""
    return forms.silso_hemispheric(*_daily(catalogue, source, period))


def _daily(
    catalogue: Catalogue, source: str, period: Period
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Return (days, numbers, sigmas, n), with numbers and sigmas for each of PARTS; sigma is NaN if n = 1."""
    import pandas as pd  # only where used: the web process starts without it

    drawings = counted_drawings(catalogue, source, period)
    days = drawings.moments.astype("datetime64[D]")
    by_day = pd.DataFrame({part: drawings.number(part) for part in PARTS}).groupby(pd.DatetimeIndex(days))
    means, sigmas, n = by_day.mean(), by_day.std(ddof=1), by_day.size()
    return (
        means.index.to_numpy().astype("datetime64[D]"),
        [means[part].to_numpy() for part in PARTS],
        [sigmas[part].to_numpy() for part in PARTS],
        n.to_numpy(),
    )


def report_html(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return the report: one self-contained HTML page with interactive figures."""
    from sunspot_dash.services.export.report import report  # loads plotly, which no other export needs

    yield report(catalogue, source, period).encode("utf-8")


def everything(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return a ZIP of all other formats with a manifest; that of the model also has its tables and pictures."""
    made = {name: FORMATS[form].pieces(catalogue, source, period) for form, name in IN_BUNDLE.items()}
    files: Iterable[tuple[Path, str]] = ()
    if split_source(source)[1] == MODEL:
        names = [row["name"] for row in _drawings(catalogue, source, period)]
        files = files_of(catalogue.workspace, source, names, tables=not any(period))
    return bundle(Path(file_name(source, BUNDLE)).stem, files, made, _about(catalogue, source, period))


def _about(catalogue: Catalogue, source: str, period: Period) -> dict[str, Any]:
    known = provenance(catalogue, source)
    model, counts = split_source(source)
    return {
        "format": 1,
        "made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "model": model,
        "model_sha256": known.sha256,
        "thresholds": known.thresholds,
        "counts": COUNTS[counts],
        "period": {"from": period[0] or None, "to": period[1] or None},
        "sunspot_number": "10 groups + spots (k = 1)",
        "terms": known.terms,
    }


def _drawings(catalogue: Catalogue, source: str, period: Period) -> Iterator[dict[str, Any]]:
    """Yield a row for each drawing in order of time; `source` is the model, or "MODEL+reviewed"."""
    of_source, own = where_source(source, "result")
    where, values = where_period(period, "result.date")
    counts = ", ".join(f"result.{name}" for name in (*COUNTS_OF_DRAWING, *ENDS))
    sql = (
        "select result.key, name, date, time, file, threshold, result.model as source, reviewed_by, reviewed_at, "
        f"{counts} from result left join review on review.model = ? and review.key = result.key "
        f"where {of_source} and {where} order by date, time, name"
    )
    with catalogue.open() as database:
        for row in database.execute(sql, [split_source(source)[0], *own, *values]):
            yield dict(row)


def _number(groups: int | None, spots: int | None) -> float | None:
    return None if groups is None or spots is None else float(wolf(groups, spots))


def reviewed_labels(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return the spots of the reviewed drawings as a COCO file.

    Raises:
        ParameterError: no drawing of the period is reviewed.
    """
    content = reviewed_coco(catalogue, split_source(source)[0], period)
    return iter([json.dumps(content, allow_nan=False).encode()])


def votable_groups(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return groups and spots as a VOTable."""
    return tables.votable(records(catalogue, source, period), _table_notes(catalogue, source))


def ecsv_groups(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return groups and spots as ECSV."""
    return tables.ecsv(records(catalogue, source, period), _table_notes(catalogue, source))


def _table_notes(catalogue: Catalogue, source: str) -> dict[str, str]:
    known = provenance(catalogue, source)
    model, counts = split_source(source)
    return {
        "model": model,
        "model_sha256": known.sha256,
        "counts": COUNTS[counts],
        "areas": "umbrae are labelled; whole spots are umbrae with the penumbrae found around them",
        "terms": known.terms,
    }


def rgo_groups(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return the groups in the columns of the Greenwich catalogue."""
    return (line.encode() for line in write_rgo(records(catalogue, source, period)))


def dpd_groups(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return groups and spots in the columns of the Debrecen catalogue."""
    return (line.encode() for line in write_dpd(records(catalogue, source, period)))


def digisun_sql(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return drawings, calibrations and groups as SQL for DigiSun."""
    return write_sql(_digisun(catalogue, source, period))


def digisun_csv(catalogue: Catalogue, source: str, period: Period) -> Iterator[bytes]:
    """Return a ZIP of DigiSun's tables as CSV files."""
    files = write_csv(_digisun(catalogue, source, period))
    made = {f"{table}.csv": [content] for table, content in files.items()}
    return bundle(Path(file_name(source, "digisun-csv")).stem, (), made, _about(catalogue, source, period))


def _digisun(catalogue: Catalogue, source: str, period: Period) -> Iterator[tuple[str, Row]]:
    for drawing in _observed(catalogue, source, period):
        yield from digisun_rows(catalogue, source, drawing)


FORMATS = {
    "csv": Format("groups, spots and sunspot number per drawing, with hemispheres", ".csv", counts_csv),
    "json": Format("all drawings with their groups and spots", ".json", drawings_json),
    "parquet": Format("one row per spot, all columns", ".parquet", wide_parquet),
    "silso": Format("daily series in the columns of SILSO's SN_d_tot", "_SN_d_tot.csv", silso_daily),
    "silso-hemispheric": Format(
        "daily series in the columns of SILSO's SN_d_hem", "_SN_d_hem.csv", silso_hemispheric
    ),
    "votable": Format("groups and spots as a VOTable, with units and UCDs", ".vot", votable_groups),
    "ecsv": Format("groups and spots as ECSV, for astropy", ".ecsv", ecsv_groups),
    "dpd": Format("groups and spots in the columns of the Debrecen catalogue", "_dpd.txt", dpd_groups),
    "rgo": Format("groups in the columns of the Greenwich catalogue", "_rgo.txt", rgo_groups),
    "digisun-sql": Format(
        "drawings, calibrations and groups as SQL for DigiSun", "_digisun.sql", digisun_sql
    ),
    "digisun-csv": Format("the same as CSV files, in a ZIP", "_digisun.zip", digisun_csv),
    LABELS: Format(
        "labels of the reviewed drawings for CVAT and Label Studio", "_reviewed.json", reviewed_labels
    ),
    "html": Format("a report with interactive figures", ".html", report_html),
    BUNDLE: Format("the files listed under Bundle, with a manifest", ".zip", everything),
}
