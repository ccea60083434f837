"""The selection on the Explore page, converted from and to its controls and its URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sunspot_dash.domain.sun.region import Region
from sunspot_dash.figures.polar import COLOURED
from sunspot_dash.figures.spot_counts import AUTO, BINS
from sunspot_dash.file_names import MODEL_NAME
from sunspot_dash.services.catalogue.query import WHOLE
from sunspot_dash.services.catalogue.sources import COUNTS, MODEL, REVIEWED, source_of
from sunspot_dash.web.components.dates import in_order
from sunspot_dash.web.ids import Explore

# Query key in the URL -> id of the control.
FIELDS = {
    "model": Explore.MODEL,
    "counts": Explore.COUNTS,
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
POSITION = ("r_from", "r_to", "pa_from", "pa_to", "b_from", "b_to")
APPEARANCE = ("counts", "bin", "colour", "east", "view", "frame", "rotation", "by", "parts", "reference")
FILTERS = ("from", "to", *POSITION)
# Name of a filter that can be removed -> its fields.
CHIP_FIELDS = {
    "period": ("from", "to"),
    "counts": ("counts",),
    "radius": ("r_from", "r_to"),
    "angle": ("pa_from", "pa_to"),
    "latitude": ("b_from", "b_to"),
}
VIEWS = {
    "counts": "Counts and disk",
    "number": "Sunspot number",
    "sun": "Latitudes and sizes",
    "groups": "Tracked groups",
}
FRAMES = {"disk": "disk", "sun": "heliographic"}
BY = {
    AUTO: "suited to the period",
    "day": "daily",
    "drawing": "every drawing",
    "month": "monthly",
    "smoothed": "13-month smoothed",
}
PARTS = {"disk": "whole disk", "halves": "north and south"}
EAST = {"right": "right (mirrored)", "left": "left (as in the sky)"}


@dataclass(frozen=True)
class Choice:
    """The selection.

    Attributes:
        models: names; figures of a single model show the first. counts: one of `COUNTS`.
        bin, colour, east, frame: options of the figures of counts and of the disk; view: one of VIEWS.
        period: dates, "" for an open end; region: of the disk or in heliographic latitude.
        rotation: Carrington rotation of the map, None for the last one of the period.
        by, parts: options of the sunspot number; reference: the series to compare with, "" for none.
    """

    models: tuple[str, ...]
    counts: str
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
        """Read untrusted values of FIELDS; invalid ones are replaced by the default."""
        models = values.get("model") or []
        models = models if isinstance(models, list | tuple) else [models]
        return cls(
            tuple(
                dict.fromkeys(name for name in models if isinstance(name, str) and MODEL_NAME.fullmatch(name))
            ),
            _one_of(COUNTS, values.get("counts")),
            _one_of(BINS, values.get("bin")),
            _one_of(COLOURED, values.get("colour")),
            _one_of(EAST, values.get("east")),
            in_order(values.get("from"), values.get("to")),
            Region.read(*(values.get(name) for name in POSITION)),
            _one_of(VIEWS, values.get("view")),
            _one_of(FRAMES, values.get("frame")),
            _whole(values.get("rotation")),
            _one_of(BY, values.get("by")),
            _one_of(PARTS, values.get("parts")),
            str(values.get("reference") or "")[:64],
        )

    @property
    def model(self) -> str:
        """The first chosen model, "" if none is chosen."""
        return self.models[0] if self.models else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The source of each chosen model (see `services.catalogue.sources`)."""
        return tuple(source_of(model, self.counts) for model in self.models)

    @property
    def source(self) -> str:
        """The source of the first chosen model, "" if none is chosen."""
        return self.sources[0] if self.models else ""

    @property
    def colours(self) -> tuple[str, ...]:
        """The colour of each model in figures (see `figures.time_series.TimeSeries`): reviewed counts are green."""
        if len(self.models) != 1:
            return ("",) * len(self.models)
        return ("reviewed" if self.counts == REVIEWED else "model",)

    @property
    def counted(self) -> str:
        """A sentence about what is counted, after a space; "" for counts of the model."""
        return "" if self.counts == MODEL else f" Counts: {COUNTS[self.counts]}."

    @property
    def values(self) -> dict[str, Any]:
        """The values of FIELDS for the controls."""
        region = self.region
        filters = (*self.period, *(getattr(region, name) for name in POSITION))
        appearance = {name: getattr(self, name) for name in APPEARANCE}
        return {"model": list(self.models)} | appearance | dict(zip(FILTERS, filters, strict=True))

    def query(self) -> str:
        """Return the query of the URL, without the question mark."""
        chosen = {name: value for name, value in self.values.items() if value not in ("", None)}
        return urlencode(chosen, doseq=True)

    def chips(self) -> dict[str, str]:
        """Return what is chosen and can be removed, in words: name of the filter -> text."""
        first, last = self.period
        period = f"{first} to {last}" if first and last else f"from {first}" if first else f"up to {last}"
        parts = {
            "period": period if first or last else "",
            "counts": "" if self.counts == MODEL else f"Counts: {COUNTS[self.counts]}",
        } | {
            name: replace(WHOLE, **{field: getattr(self.region, field) for field in fields}).describe()
            for name, fields in CHIP_FIELDS.items()
            if set(fields) <= set(POSITION)
        }
        return {name: text for name, text in parts.items() if text}


def _one_of(names: Mapping[str, str], value: Any) -> str:
    """Return the value if it is one of the names, else the first name."""
    return value if isinstance(value, str) and value in names else next(iter(names))


def _whole(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if -1000 < number < 10_000 else None
