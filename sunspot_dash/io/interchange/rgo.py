"""The Greenwich catalogue of sunspot groups (RGO 1874 to 1976, USAF/NOAA after it): one line of fixed width a group.

Columns: year, month, day (I4, 2I2), fraction of the day (F4.3), group (I8, to 1976 with two more digits that
distinguish groups with one number), type of Greenwich (I2) or magnetic class, areas (4I5: umbra and whole spot in
millionths of the disk, then in millionths of the hemisphere), distance from the disk centre over R (F6.3), position
angle from the Sun's north pole, Carrington longitude, latitude, central meridian distance, west positive (4F6.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sunspot_dash.errors import ParameterError
from sunspot_dash.io.interchange.records import Areas, Record

WIDTH = 74
DAY = 86_400  # s
AREAS = ((24, 29), (29, 34), (34, 39), (39, 44))


def read_rgo(text: str) -> Iterator[Record]:
    """Yield the groups of a file.

    Raises:
        ParameterError: a line is not one of this format; its number is named.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _record(line)
        except ValueError as error:
            raise ParameterError(
                f"line {number} is not a line of the Greenwich format ({error}): expected {WIDTH} columns with the "
                "date first"
            ) from error


def _record(line: str) -> Record:
    date = f"{int(line[:4]):04}-{int(line[4:6]):02}-{int(line[6:8]):02}"
    time = np.datetime64(date, "s") + np.timedelta64(round(float(line[8:12]) * DAY), "s")
    group, more = line[12:20].strip(), line[20:22].strip()
    areas = (float(line[start:end]) for start, end in AREAS)
    radius, angle, longitude, latitude, cmd = (
        float(line[start:end]) for start, end in ((44, 50), (50, 56), (56, 62), (62, 68), (68, 74))
    )
    name = group + (more if more.isdigit() and int(more) else "")
    return Record(time, name, latitude, longitude, cmd, Areas(*areas), angle, radius)


def write_rgo(records: Iterable[Record]) -> Iterator[str]:
    """Yield a line for each group; an area that is not known is 0, as in the catalogue."""
    for one in records:
        if one.spot:
            continue
        day = one.time.astype("datetime64[D]")
        seconds = int((one.time - day) / np.timedelta64(1, "s"))
        fraction = min(round(1000 * seconds / DAY), 999)
        year, month, date = str(day).split("-")
        areas = (one.areas.projected_umbra, one.areas.projected_whole, one.areas.umbra, one.areas.whole)
        digits = "".join(c for c in one.group if c.isdigit())[-8:] or "0"
        yield (
            f"{int(year):4}{int(month):2}{int(date):2}.{fraction:03}{digits:>8}00 0"
            + "".join(f"{round(area or 0):5}" for area in areas)
            + f"{one.radius_fraction or 0:6.3f}{one.position_angle_deg or 0:6.1f}{one.longitude_deg:6.1f}"
            f"{one.latitude_deg:6.1f}{one.cmd_deg:6.1f}\n"
        )
