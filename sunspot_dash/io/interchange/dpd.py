"""The Debrecen Photoheliographic Data (DPD): columns between blanks, a line for each group ("g") and spot ("s").

Columns: kind; year, month, day, hour, minute, second (UT); number of the group (NOAA); in lines of spots the number of
the spot; areas of umbra and whole spot in millionths of the disk, then in millionths of the hemisphere; latitude,
Carrington longitude, central meridian distance (west positive), position angle; distance from the disk centre over R.
MISSING stands for a value that is not known. In lines of spots, a negative area is the number of the spot that has the
common one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sunspot_dash.errors import ParameterError
from sunspot_dash.io.interchange.records import Areas, Record

MISSING = "999999"
GROUP, SPOT, DAY = "g", "s", "d"  # lines of days have no positions


def read_dpd(text: str) -> Iterator[Record]:
    """Yield the groups and spots of a file.

    Raises:
        ParameterError: a line is not one of this format; its number is named.
    """
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if not fields or fields[0] == DAY or fields[0].startswith("#"):
            continue
        try:
            if fields[0] not in (GROUP, SPOT):
                raise ValueError(f"it begins with {fields[0]!r}, not with g or s")
            yield _record(fields)
        except (ValueError, IndexError) as error:
            raise ParameterError(f"line {number} is not a line of the Debrecen format ({error})") from error


def _record(fields: list[str]) -> Record:
    year, month, day, hour, minute = (int(value) for value in fields[1:6])
    time = np.datetime64(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}", "s")
    time += np.timedelta64(round(float(fields[6])), "s")
    is_spot = fields[0] == SPOT
    values = [_value(text) for text in fields[8 + is_spot : 17 + is_spot]]
    if len(values) < 9:
        raise ValueError(f"{len(fields)} columns, expected {17 + is_spot}")
    # A negative area refers to another spot of the group.
    areas = Areas(*(None if area is None or area < 0 else area for area in values[:4]))
    latitude, longitude, cmd, angle, radius = values[4:]
    if latitude is None or longitude is None or cmd is None:
        raise ValueError("it has no position")
    spot = int(fields[8]) if is_spot else 0
    return Record(time, fields[7], latitude, longitude % 360, cmd, areas, angle, radius, spot)


def _value(text: str) -> float | None:
    return None if text.split(".")[0] == MISSING else float(text)


def write_dpd(records: Iterable[Record]) -> Iterator[str]:
    """Yield a line for each group and spot, a group before its spots."""
    for one in records:
        date, clock = str(one.time.astype("datetime64[s]")).split("T")
        areas = (one.areas.projected_umbra, one.areas.projected_whole, one.areas.umbra, one.areas.whole)
        fields = [
            SPOT if one.spot else GROUP,
            *date.split("-"),
            *clock.split(":"),
            f"{one.group or '0':>5}",
            *([f"{one.spot:>3}"] if one.spot else []),
            *(f"{MISSING if area is None else round(area):>6}" for area in areas),
            f"{one.latitude_deg:6.2f}",
            f"{one.longitude_deg:6.2f}",
            f"{one.cmd_deg:6.2f}",
            MISSING if one.position_angle_deg is None else f"{one.position_angle_deg:6.2f}",
            MISSING if one.radius_fraction is None else f"{one.radius_fraction:6.4f}",
        ]
        yield " ".join(fields) + "\n"
