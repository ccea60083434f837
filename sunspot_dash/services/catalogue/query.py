"""Conditions on the catalogue: a period, and a region of the disk."""

from __future__ import annotations

from typing import Any

from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.sun.region import Region

WHOLE = Region()


Period = tuple[str, str]  # dates, both ends included, "" for an open one


ALWAYS = ("", "")


LAST_DATE = "9999-12-31"  # for an open end, where a query needs one


def where_spots(model: str, period: Period, region: Region) -> tuple[str, list[Any]]:
    """The condition on the table `spot` for a model's spots of a period within a region, and its values."""
    parts, values = ["spot.model = ?"], [model]
    for column, sign, value in (
        ("date", ">=", period[0]),
        ("date", "<=", period[1]),
        ("radius_fraction", ">=", region.r_from),
        ("radius_fraction", "<=", region.r_to),
        ("latitude_deg", ">=", region.b_from),
        ("latitude_deg", "<=", region.b_to),
    ):
        if value not in ("", None):
            parts.append(f"spot.{column} {sign} ?")
            values.append(value)  # type: ignore[arg-type]
    if any(period):
        parts.append(f"spot.date <> '{UNDATED}'")
    angles = [
        (f"position_angle_deg {sign} ?", value)
        for sign, value in ((">=", region.pa_from), ("<=", region.pa_to))
        if value is not None
    ]
    if angles:
        parts.append(
            "(" + (" or " if region.through_north else " and ").join(text for text, _ in angles) + ")"
        )
    return " and ".join(parts), [*values, *(value for _, value in angles)]
