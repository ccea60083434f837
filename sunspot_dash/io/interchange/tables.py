"""Groups and spots as VOTable and ECSV, with units and UCDs, written by astropy."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sunspot_dash.io.interchange.records import Record

if TYPE_CHECKING:
    from astropy.table import Table


class Column(NamedTuple):
    """A column: unit in the notation of the Virtual Observatory, UCD (IVOA UCD1+), and what it is."""

    unit: str
    ucd: str
    description: str


COLUMNS = {
    "time": Column("", "time.epoch", "time of the drawing, UT, ISO 8601"),
    "group": Column("", "meta.id.parent", "number of the group on its drawing"),
    "spot": Column("", "meta.id", "number of the spot in its group, 0 for the group itself"),
    "latitude": Column("deg", "pos.bodyrc.lat", "heliographic latitude, north positive"),
    "longitude": Column(
        "deg", "pos.bodyrc.lon", "Carrington longitude, 0 to 360, increasing westward on the disk"
    ),
    "cmd": Column("deg", "pos.bodyrc.lon;arith.diff", "distance from the central meridian, west positive"),
    "latitude_sigma": Column("deg", "stat.error;pos.bodyrc.lat", "standard deviation of the latitude"),
    "longitude_sigma": Column("deg", "stat.error;pos.bodyrc.lon", "standard deviation of the longitude"),
    "position_angle": Column("deg", "pos.posAng", "from the Sun's north pole through east"),
    "radius_fraction": Column(
        "", "pos.distance;arith.ratio", "distance from the disk centre over that of the limb"
    ),
    "projected_umbra": Column("", "phys.angArea;arith.ratio", "umbrae as seen, millionths of the disk"),
    "projected_whole": Column(
        "", "phys.angArea;arith.ratio", "umbrae and penumbrae as seen, millionths of the disk"
    ),
    "umbra": Column("", "phys.area;arith.ratio", "umbrae, millionths of the hemisphere"),
    "whole": Column("", "phys.area;arith.ratio", "umbrae and penumbrae, millionths of the hemisphere"),
    "spots": Column("", "meta.number", "spots of the group, -1 for a spot"),
    "zurich": Column("", "meta.code.class", "Zürich type, proposed unless a person chose it; ? is unknown"),
    "mcintosh": Column("", "meta.code.class", "McIntosh type, as the Zürich type"),
}


def votable(records: Iterable[Record], about: dict[str, str]) -> Iterator[bytes]:
    """Yield a VOTable 1.4 with one table; `about` has its descriptions by name."""
    from astropy.io.votable import from_table, writeto

    document = from_table(_table(records, about))
    document.version = "1.4"
    resource = document.resources[0]
    resource.description = "; ".join(f"{name}: {text}" for name, text in about.items())
    for field in resource.tables[0].fields:
        field.ucd = COLUMNS[field.name].ucd
    file = io.BytesIO()
    writeto(document, file)
    yield file.getvalue()


def ecsv(records: Iterable[Record], about: dict[str, str]) -> Iterator[bytes]:
    """Yield an ECSV table; `about` becomes its metadata."""
    table = _table(records, about)
    for name, column in COLUMNS.items():
        table[name].info.meta = {"ucd": column.ucd}
    file = io.StringIO()
    table.write(file, format="ascii.ecsv")
    yield file.getvalue().encode()


def _table(records: Iterable[Record], about: dict[str, str]) -> Table:
    from astropy.table import Table  # takes half a second to import and is rarely needed

    rows = [_values(one) for one in records]
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    table = Table(meta=dict(about))
    for (name, column), values in zip(COLUMNS.items(), columns, strict=True):
        kind = KINDS.get(name, np.float64)
        table[name] = np.array(values, kind) if kind is not str else np.array(values, dtype="U")
        table[name].unit = column.unit or None
        table[name].description = column.description
    return table


KINDS = {"time": str, "group": str, "zurich": str, "mcintosh": str, "spot": np.int32, "spots": np.int32}


def _values(one: Record) -> tuple[object, ...]:
    def known(value: float | None) -> float:
        return np.nan if value is None else value

    return (
        str(one.time),
        one.group,
        one.spot,
        one.latitude_deg,
        one.longitude_deg,
        one.cmd_deg,
        known(one.latitude_sigma_deg),
        known(one.longitude_sigma_deg),
        known(one.position_angle_deg),
        known(one.radius_fraction),
        *(known(area) for area in (one.areas.projected_umbra, one.areas.projected_whole)),
        *(known(area) for area in (one.areas.umbra, one.areas.whole)),
        -1 if one.spots is None else one.spots,
        one.zurich,
        one.mcintosh,
    )
