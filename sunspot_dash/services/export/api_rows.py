"""Rows of the catalogue for the read-only API: filtered, a page at a time, each field with its description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sunspot_dash.domain.activity.sunspot_number import wolf
from sunspot_dash.errors import ParameterError
from sunspot_dash.services.analysis.sunspot_number import counted_drawings
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import Period, where_period
from sunspot_dash.services.catalogue.sources import MODEL, source_of, split_source, where_source

MOST_ROWS = 1000
USUAL_ROWS = 100


class Field(NamedTuple):
    """A field: its type in JSON Schema, and what it is."""

    type: str
    description: str


WHOLE, REAL, TEXT, FLAG = "integer", "number", "string", "boolean"
NAME = Field(TEXT, "file name of the drawing")
DATE, TIME = Field(TEXT, "YYYY-MM-DD, UT"), Field(TEXT, 'HH:MM, UT, "" if not known')
POSITION = {
    "latitude_deg": Field(REAL, "heliographic latitude, degrees, north positive"),
    "longitude_deg": Field(REAL, "Carrington longitude, degrees"),
    "cmd_deg": Field(REAL, "central meridian distance, degrees, west positive"),
    "latitude_sigma_deg": Field(REAL, "standard deviation of the latitude, degrees"),
    "longitude_sigma_deg": Field(REAL, "standard deviation of the longitude, degrees"),
}
ENDS = {
    f"{count}_{end}": Field(REAL, f"{end} end of the 90 % interval of {text}, null if there is none")
    for count, text in (("groups", "groups"), ("spots", "spots"), ("number", "R"))
    for end in ("low", "high")
}
FIELDS: Mapping[str, Mapping[str, Field]] = {
    "drawings": {
        "name": NAME,
        "date": DATE,
        "time": TIME,
        "groups": Field(WHOLE, "number of groups, null for an undated drawing"),
        "spots": Field(WHOLE, "number of spots"),
        "sunspot_number": Field(REAL, "R = 10 groups + spots, k = 1"),
        "north_groups": Field(WHOLE, "groups in the north"),
        "north_spots": Field(WHOLE, "spots in the north"),
        "south_groups": Field(WHOLE, "groups in the south"),
        "south_spots": Field(WHOLE, "spots in the south"),
        "threshold": Field(REAL, "lowest confidence of a counted spot"),
        "reviewed": Field(FLAG, "whether the counts are those of the reviewed drawing"),
        **ENDS,
    },
    "groups": {
        "name": NAME,
        "date": DATE,
        "time": TIME,
        "number": Field(WHOLE, "number of the group on its drawing"),
        "spots": Field(WHOLE, "number of spots"),
        **POSITION,
        "extent_deg": Field(REAL, "extent in longitude, degrees"),
        "length_deg": Field(REAL, "distance of the most distant points, degrees"),
        "area_msh": Field(REAL, "umbrae, millionths of the hemisphere"),
        "whole_msh": Field(
            REAL, "umbrae and penumbrae, millionths of the hemisphere, null if not looked for"
        ),
        "zurich": Field(TEXT, "Zürich type, ? if it is not known"),
        "mcintosh": Field(TEXT, "McIntosh type, ? for letters that are not known"),
        "typed": Field(FLAG, "whether a person chose the Zürich type; otherwise both are proposals"),
        "reviewed": Field(FLAG, "whether the drawing is reviewed"),
    },
    "spots": {
        "name": NAME,
        "date": DATE,
        "number": Field(WHOLE, "number of the spot on its drawing"),
        "spot_group": Field(WHOLE, "number of its group, null for an undated drawing"),
        "x": Field(REAL, "px of the drawing, to the right"),
        "y": Field(REAL, "px of the drawing, down"),
        "radius_fraction": Field(REAL, "distance from the disk centre over R"),
        "position_angle_deg": Field(REAL, "north through east, degrees"),
        **POSITION,
        "area_px": Field(REAL, "umbra, px²"),
        "area_msh": Field(REAL, "umbra, millionths of the hemisphere"),
        "confidence": Field(REAL, "of the model, 0 to 1"),
        "reviewed": Field(FLAG, "whether the drawing is reviewed"),
    },
    "numbers": {
        "date": DATE,
        "sunspot_number": Field(REAL, "mean of R of the day's drawings, k = 1"),
        "drawings": Field(WHOLE, "number of the day's drawings"),
    },
}
ABOUT = {
    "drawings": "Drawings with a result, and their counts",
    "groups": "Groups with position, area and types",
    "spots": "Counted spots",
    "numbers": "Sunspot number of each day with a drawing",
}
# Table and the columns that order its rows.
TABLES = {
    "drawings": ("result", "date, time, name"),
    "groups": ("spot_group", "date, time, key, number"),
    "spots": ("spot", "date, key, number"),
}


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        model: "" for the one with the newest results; counts: one of `sources.COUNTS`.
        period: first and last date, both included; an open period includes undated drawings.
        limit, offset: number of rows, and of those before.
    """

    model: str = ""
    counts: str = MODEL
    period: Period = ("", "")
    limit: int = USUAL_ROWS
    offset: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_ROWS:
            raise ParameterError(f"limit is {self.limit}, expected 1 to {MOST_ROWS}")
        if self.offset < 0:
            raise ParameterError(f"offset is {self.offset}, expected 0 or more")


def api_rows(catalogue: Catalogue, what: str, asked: Request) -> dict[str, Any]:
    """Return the answer: model, counts, total number of rows, and the rows of a page.

    Args:
        what: one of FIELDS.

    Raises:
        ParameterError: the model has no results.
    """
    models = catalogue.models()
    model = asked.model or next(iter(models), "")
    if model and model not in models:
        raise ParameterError(f"model '{model}' has no results: use one of {', '.join(models)}")
    source = source_of(model, asked.counts)
    total, rows = (
        _numbers(catalogue, source, asked)
        if what == "numbers"
        else _rows(catalogue, what, source, asked)
        if model
        else (0, [])
    )
    return {"model": model, "counts": asked.counts, "total": total, "offset": asked.offset, "rows": rows}


def _rows(catalogue: Catalogue, what: str, source: str, asked: Request) -> tuple[int, list[dict[str, Any]]]:
    table, order = TABLES[what]
    of_source, own = where_source(source, table)
    dated, values = where_period(asked.period)
    where = f"{of_source} and {dated}"
    total = catalogue.rows(f"select count(*) from {table} where {where}", [*own, *values])[0][0]
    name = (
        "" if table == "result" else f", (select name from drawing where drawing.key = {table}.key) as name"
    )
    found = catalogue.rows(
        f"select *{name} from {table} where {where} order by {order} limit ? offset ?",
        [*own, *values, asked.limit, asked.offset],
    )
    return total, [_row(what, dict(row)) for row in found]


def _row(what: str, row: dict[str, Any]) -> dict[str, Any]:
    row["reviewed"] = split_source(row["model"])[1] != MODEL
    if what == "drawings":
        groups = row["spot_groups"]
        row |= {
            "groups": groups,
            "sunspot_number": None if groups is None else float(wolf(groups, row["spots"])),
        }
    return {
        name: bool(row[name]) if field.type == FLAG else row[name] for name, field in FIELDS[what].items()
    }


def _numbers(catalogue: Catalogue, source: str, asked: Request) -> tuple[int, list[dict[str, Any]]]:
    if not source:
        return 0, []
    means = counted_drawings(catalogue, source, asked.period).means("disk", "day")
    page = slice(asked.offset, asked.offset + asked.limit)
    rows = zip(means.dates[page], means.values[page].tolist(), means.n[page].tolist(), strict=True)
    return len(means.dates), [
        {"date": str(date), "sunspot_number": value, "drawings": n} for date, value, n in rows
    ]
