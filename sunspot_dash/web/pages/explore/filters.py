"""What is chosen on the explore page: read from its address and its controls, written to its address, told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.polar import COLOURED
from sunspot_dash.figures.series import BINS
from sunspot_dash.web.ids import Explore

# The name in the address -> the control.
FIELDS = {
    "model": Explore.MODEL,
    "bin": Explore.BIN,
    "colour": Explore.COLOUR,
    "east": Explore.EAST,
    "from": Explore.FROM,
    "to": Explore.TO,
    "r_from": Explore.R_FROM,
    "r_to": Explore.R_TO,
    "pa_from": Explore.PA_FROM,
    "pa_to": Explore.PA_TO,
    "b_from": Explore.B_FROM,
    "b_to": Explore.B_TO,
    "view": Explore.VIEW,
    "frame": Explore.FRAME,
    "rotation": Explore.ROTATION,
    "by": Explore.BY,
    "parts": Explore.PARTS,
    "reference": Explore.REFERENCE,
}
FIRST_YEAR = 1000
PLACES = ("r_from", "r_to", "pa_from", "pa_to", "b_from", "b_to")
LOOKS = ("bin", "colour", "east", "view", "frame", "rotation", "by", "parts", "reference")
FILTERS = ("from", "to", *PLACES)
VIEWS = {
    "counts": "Counts and disk",
    "number": "Sunspot number",
    "sun": "Latitudes and sizes",
    "groups": "Groups over days",
}
FRAMES = {"disk": "as seen (disk)", "sun": "on the Sun (heliographic)"}
BY = {"day": "daily", "drawing": "every drawing", "month": "monthly", "smoothed": "13-month smoothed"}
PARTS = {"disk": "whole disk", "halves": "north and south"}
EAST = {"right": "right (sheet)", "left": "left (sky)"}


@dataclass(frozen=True)
class Choice:
    """What is chosen.

    Attributes:
        models: of which the first is on the disk.
        bin, colour, east, frame: the look of the figures; view: which of VIEWS is shown.
        period: dates, "" for an open end; region: of the disk or the Sun.
        rotation: Carrington rotation of the map; None: the last of the period.
        by, parts: how the sunspot number is shown; reference: what it is compared with, "" for nothing.
    """

    models: tuple[str, ...]
    bin: str
    colour: str
    east: str
    period: tuple[str, str]
    region: Region
    view: str
    frame: str
    rotation: int | None
    by: str
    parts: str
    reference: str

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Choice:
        """A choice from the values of FIELDS, which are not to be trusted: what makes no sense is left out."""
        models = values.get("model") or []
        models = models if isinstance(models, list | tuple) else [models]
        return cls(
            tuple(dict.fromkeys(name for name in models if isinstance(name, str))),
            _one_of(BINS, values.get("bin")),
            _one_of(COLOURED, values.get("colour")),
            _one_of(EAST, values.get("east")),
            in_order(values.get("from"), values.get("to")),
            Region.read(*(values.get(name) for name in PLACES)),
            _one_of(VIEWS, values.get("view")),
            _one_of(FRAMES, values.get("frame")),
            _whole(values.get("rotation")),
            _one_of(BY, values.get("by")),
            _one_of(PARTS, values.get("parts")),
            str(values.get("reference") or "")[:64],
        )

    @property
    def values(self) -> dict[str, Any]:
        """The values of FIELDS, as controls show them."""
        region = self.region
        places = (*self.period, *(getattr(region, name) for name in PLACES))
        look = {name: getattr(self, name) for name in LOOKS}
        return {"model": list(self.models)} | look | dict(zip(FILTERS, places, strict=True))

    def query(self) -> str:
        """The address' part after '?'."""
        chosen = {name: value for name, value in self.values.items() if value not in ("", None)}
        return urlencode(chosen, doseq=True)

    def filters(self) -> str:
        """The filters that are on, in words; '' where there is none."""
        first, last = self.period
        told = f"{first} to {last}" if first and last else f"from {first}" if first else f"up to {last}"
        return "; ".join(part for part in (told if first or last else "", self.region.describe()) if part)


def _one_of(names: Mapping[str, str], value: Any) -> str:
    """A value that is one of the names, else the first of them."""
    return value if isinstance(value, str) and value in names else next(iter(names))


def _whole(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if -1000 < number < 10_000 else None


def in_order(first: Any, last: Any) -> tuple[str, str]:
    """The dates of a period, the earlier one first; "" for what is none."""
    ends = _date(first), _date(last)
    return (min(ends), max(ends)) if all(ends) else ends


def _date(value: Any) -> str:
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        return ""
    # While a year is typed a browser gives 2 and 20 on the way to 2024.
    return found.isoformat() if found.year >= FIRST_YEAR else ""
