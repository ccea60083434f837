"""SQL conditions for the catalogue: a period, and a region of the disk."""

from __future__ import annotations

from typing import Any

from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.sun.region import Region
from sunspot_dash.services.catalogue.sources import where_source

WHOLE = Region()
Period = tuple[str, str]  # first and last date, both included; "" leaves an end open
ALWAYS = ("", "")


def where_dated(period: Period = ALWAYS, column: str = "date") -> tuple[str, list[Any]]:
    """Return the SQL condition for dates within a period, and its values; undated drawings never match."""
    parts, values = [f"{column} <> '{UNDATED}'"], []
    for sign, end in zip((">=", "<="), period, strict=True):
        if end:
            parts.append(f"{column} {sign} ?")
            values.append(end)
    return " and ".join(parts), values


def where_period(period: Period, column: str = "date") -> tuple[str, list[Any]]:
    """Return the condition of `where_dated`; undated drawings match if the period is open at both ends."""
    return where_dated(period, column) if any(period) else ("true", [])


def where_spots(source: str, period: Period, region: Region) -> tuple[str, list[Any]]:
    """Return the condition on table `spot` for a source's spots in a period and a region, and its values."""
    of_source, values = where_source(source, "spot")
    dates, of_period = where_period(period, "spot.date")
    parts, values = [of_source, dates], [*values, *of_period]
    for column, sign, value in (
        ("radius_fraction", ">=", region.r_from),
        ("radius_fraction", "<=", region.r_to),
        ("latitude_deg", ">=", region.b_from),
        ("latitude_deg", "<=", region.b_to),
    ):
        if value is not None:
            parts.append(f"spot.{column} {sign} ?")
            values.append(value)
    angles = [
        (f"spot.position_angle_deg {sign} ?", value)
        for sign, value in ((">=", region.pa_from), ("<=", region.pa_to))
        if value is not None
    ]
    if angles:
        # A range through north, such as 350° to 20°, is a union: from 350° on, or up to 20°.
        word = " or " if region.through_north else " and "
        parts.append(f"({word.join(text for text, _ in angles)})")
    return " and ".join(parts), [*values, *(value for _, value in angles)]
