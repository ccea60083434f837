"""The records of a COCO file: their fields and ranges, and whole numbers in every notation."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from sunspot_dash.settings import LIMITS

WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}(\.0*)?\s*", re.ASCII)


def whole(value: Any) -> int | None:
    """Return a whole number that is written as 7, 7.0 or "7"; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return int(value.partition(".")[0]) if isinstance(value, str) and WHOLE.fullmatch(value) else None


def _checked_whole(value: Any) -> int:
    number = whole(value)
    if number is None:
        raise ValueError("expected a whole number")
    return number


Whole = Annotated[int, BeforeValidator(_checked_whole)]
Side = Annotated[Whole, Field(ge=1, le=LIMITS.max_pixels)]
# Report the first fault only: a list with a million faults must not produce a million reports.
_FIRST = Field(fail_fast=True)
_Ints = Annotated[list[int], _FIRST]
_Polygons = Annotated[list[Annotated[list[float], _FIRST]], _FIRST]


class Entry(BaseModel):
    """A record with an id."""

    model_config = ConfigDict(allow_inf_nan=False, extra="ignore")

    id: Whole


class ImageEntry(Entry):
    """A record of the list `images`."""

    file_name: str = Field(min_length=1, max_length=1000)
    width: Side
    height: Side


class RleEntry(BaseModel):
    """A mask as run lengths."""

    size: _Ints
    counts: _Ints | str


SHAPES = ("polygons", "rle")


def _segmentation_kind(segmentation: Any) -> str:
    return SHAPES[isinstance(segmentation, dict | RleEntry)]


class AnnotationEntry(Entry):
    """A record of the list `annotations`."""

    image_id: Whole
    segmentation: Annotated[
        Annotated[_Polygons, Tag(SHAPES[0])] | Annotated[RleEntry, Tag(SHAPES[1])],
        Discriminator(_segmentation_kind),
    ]


def category_names(content: Any) -> dict[int, str]:
    """Return the names of the list `categories` by id; a missing or damaged list has no names."""
    listed = content.get("categories")
    names: dict[int, str] = {}
    for record in listed if isinstance(listed, list) else []:
        number = whole(record.get("id")) if isinstance(record, dict) else None
        if number is not None:
            name = record.get("name")
            names[number] = (name.strip() if isinstance(name, str) else "") or f"category {number}"
    return names
