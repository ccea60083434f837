"""The groups and spots of a source as records for the catalogues of other observatories."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.sun.coordinates import disk_position
from sunspot_dash.domain.sun.ephemeris import Ephemeris, sun
from sunspot_dash.io.interchange.records import Areas, Record
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import Period, where_period
from sunspot_dash.services.catalogue.sources import where_source


def records(catalogue: Catalogue, source: str, period: Period) -> Iterator[Record]:
    """Yield each group with its spots, in order of time; undated drawings have none.

    A group's number is that on its drawing. Areas of whole spots are known for groups only.
    """
    of_source, own = where_source(source, "spot_group")
    where, values = where_period(period, "spot_group.date")
    sql = f"select * from spot_group where {of_source} and {where} order by date, time, key, number"
    spots = "select * from spot where model = ? and key = ? and spot_group = ? order by area_msh desc, number"
    with catalogue.open() as database:
        for group in database.execute(sql, [*own, *values]):
            when = observation_time(group["date"], group["time"])
            ephemeris = sun(when)
            yield _record(group, when, ephemeris, str(group["number"]), spots=group["spots"])
            members = database.execute(spots, [group["model"], group["key"], group["number"]])
            for number, spot in enumerate(members, 1):
                yield _record(spot, when, ephemeris, str(group["number"]), spot=number)


def _record(
    row: sqlite3.Row,
    when: np.datetime64,
    ephemeris: Ephemeris,
    group: str,
    spot: int = 0,
    spots: int | None = None,
) -> Record:
    # Angles count from the Sun's axis: P is 0.
    radius, angle, _ = disk_position(
        row["latitude_deg"], row["cmd_deg"], 0.0, ephemeris.b0_deg, ephemeris.semidiameter_deg
    )
    # A millionth of the hemisphere at the disk centre is two of the disk.
    seen = 2 * float(np.sqrt(max(0.0, 1 - float(radius) ** 2)))
    whole = None if spot else row["whole_msh"]
    areas = Areas(
        projected_umbra=row["area_msh"] * seen,
        projected_whole=None if whole is None else whole * seen,
        umbra=row["area_msh"],
        whole=whole,
    )
    types = {} if spot else {"zurich": row["zurich"], "mcintosh": row["mcintosh"]}
    return Record(
        time=when.astype("datetime64[s]"),
        group=group,
        latitude_deg=row["latitude_deg"],
        longitude_deg=row["longitude_deg"],
        cmd_deg=row["cmd_deg"],
        areas=areas,
        position_angle_deg=float(angle),
        radius_fraction=float(radius),
        spot=spot,
        spots=spots,
        latitude_sigma_deg=row["latitude_sigma_deg"],
        longitude_sigma_deg=row["longitude_sigma_deg"],
        **types,
    )
