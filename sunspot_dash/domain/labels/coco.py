"""COCO labels as exported by CVAT, validated item by item."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictInt, Tag, ValidationError

from sunspot_dash.domain.drawing.names import base_name
from sunspot_dash.domain.labels.segmentation import Rle, checked_polygon, checked_rle
from sunspot_dash.errors import CocoError, ParameterError
from sunspot_dash.settings import LIMITS

EXPORT_AGAIN = "export it as 'COCO 1.0' (instances_default.json)"
REPORT_EVERY = 2000  # labels


class _Entry(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False, extra="ignore")

    id: StrictInt


class _ImageEntry(_Entry):
    file_name: str = Field(min_length=1, max_length=1000)
    width: int = Field(ge=1, le=LIMITS.max_pixels)
    height: int = Field(ge=1, le=LIMITS.max_pixels)


# Report the first fault only: a list with a million faults must not produce a million reports.
_FIRST = Field(fail_fast=True)
_Ints = Annotated[list[int], _FIRST]
_Polygons = Annotated[list[Annotated[list[float], _FIRST]], _FIRST]


class _RleEntry(BaseModel):
    size: _Ints
    counts: _Ints | str


def _segmentation_kind(segmentation: Any) -> str:
    return "rle" if isinstance(segmentation, dict | _RleEntry) else "polygons"


class _AnnotationEntry(_Entry):
    image_id: StrictInt
    segmentation: Annotated[
        Annotated[_Polygons, Tag("polygons")] | Annotated[_RleEntry, Tag("rle")],
        Discriminator(_segmentation_kind),
    ]


@dataclass(frozen=True)
class CocoImage:
    """A labelled image: its file name without folders, and its size in px."""

    id: int
    file_name: str
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Annotation:
    """One label: polygons, (n, 2) float64 in px of the drawing, or the run lengths of its mask."""

    id: int
    image_id: int
    polygons: tuple[np.ndarray, ...] = ()
    rle: Rle | None = None


@dataclass(frozen=True)
class Problem:
    """A rejected item: 'image' or 'annotation', its id (or index in the list), and the reason."""

    kind: str
    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}: {self.reason}"


@dataclass(frozen=True)
class Coco:
    """The usable images and annotations by file name (without annotations: a blank disk), and the rejected items."""

    images: dict[str, CocoImage] = field(default_factory=dict)
    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def load_coco(path: Path) -> Coco:
    """Read and validate an annotation file; faulty items are left out one by one and listed in `problems`.

    Raises:
        CocoError: the file as a whole is not a COCO file, or exceeds a limit.
    """
    return check_coco(read_coco(path), path.name)


def read_coco(path: Path, name: str = "") -> Any:
    """Read the JSON of an annotation file without validation; NaN and Infinity, which JSON does not allow, become None.

    Args:
        name: file name for messages, where the file is stored under a temporary name.

    Raises:
        CocoError: the file is missing, too large, nested too deeply, or not JSON.
    """
    name = name or path.name
    try:
        size = path.stat().st_size
        if size > LIMITS.max_coco_bytes:
            raise CocoError(
                f"{name} has {size / 2**20:.0f} MiB, above the limit of "
                f"{LIMITS.max_coco_bytes / 2**20:.0f}: split it"
            )
        return json.loads(path.read_bytes(), parse_constant=lambda _: None)
    except FileNotFoundError as error:
        raise CocoError(f"annotation file {path} not found") from error
    except OSError as error:
        raise CocoError(f"{name} cannot be read ({error.strerror})") from error
    except RecursionError as error:
        raise CocoError(f"{name} is nested too deeply to be a COCO file: {EXPORT_AGAIN}") from error
    except ValueError as error:
        raise CocoError(f"{name} is not valid JSON ({error}): {EXPORT_AGAIN}") from error


def check_coco(
    content: Any, what: str = "the annotation file", report: Callable[[dict[str, int]], object] | None = None
) -> Coco:
    """Validate the parsed JSON of an annotation file item by item.

    Of annotations with the same id, and of images with the same name, the first counts. Images with the same id are all
    rejected, because their labels cannot be assigned. An image none of whose labels is usable is rejected too,
    because it is not a blank disk.

    Args:
        report: receives {"done": ..., "of": ...}, in labels, now and then.

    Raises:
        CocoError: a list `images` or `annotations` is missing or exceeds its limit.
    """
    for key, limit in (("images", LIMITS.max_coco_images), ("annotations", LIMITS.max_coco_annotations)):
        if not isinstance(content, dict) or not isinstance(content.get(key), list):
            raise CocoError(f"{what} has no list '{key}': {EXPORT_AGAIN}")
        if len(content[key]) > limit:
            raise CocoError(f"{what} has {len(content[key])} {key}, above the limit of {limit}: split it")
    coco = Coco()
    by_id = _images(content["images"], coco.problems)
    seen: set[int] = set()
    faulty: set[int] = set()
    for number, raw in enumerate(content["annotations"]):
        if report is not None and number % REPORT_EVERY == 0:
            report({"done": number, "of": len(content["annotations"])})
        try:
            annotation = _annotation(raw, by_id, seen)
        except ValueError as error:
            coco.problems.append(_problem("annotation", raw, number, error))
            faulty.add(raw["image_id"] if isinstance(raw, dict) and _is_id(raw.get("image_id")) else -1)
        else:
            name = by_id[annotation.image_id].file_name
            coco.annotations.setdefault(name, []).append(annotation)
    for image in by_id.values():
        if image.id in faulty and image.file_name not in coco.annotations:
            coco.problems.append(Problem("image", str(image.id), "none of its labels is usable"))
        else:
            coco.images[image.file_name] = image
    return coco


def spot_polygons(annotations: Iterable[Annotation]) -> list[np.ndarray]:
    """Return the outlines of all labels, one (n, 2) polygon per spot; an RLE label gives one per connected part."""
    return [
        outline
        for annotation in annotations
        for outline in (annotation.rle.outlines() if annotation.rle else annotation.polygons)
    ]


def _images(raw_images: list[Any], problems: list[Problem]) -> dict[int, CocoImage]:
    images: dict[int, CocoImage] = {}
    names: set[str] = set()
    shared: set[int] = set()
    for number, raw in enumerate(raw_images):
        try:
            image = _image(raw)
            if image == images.get(image.id):
                raise ValueError("it is listed twice")
            if image.id in images:
                shared.add(image.id)
                raise ValueError(f"its id is also that of {images[image.id].file_name}")
            if image.file_name in names:
                raise ValueError(f"its name {image.file_name} was used before")
        except (ValueError, ParameterError) as error:
            problems.append(_problem("image", raw, number, error))
            continue
        images[image.id] = image
        names.add(image.file_name)
    for number in sorted(shared):
        name = images.pop(number).file_name
        problems.append(
            Problem("image", str(number), f"{name} shares its id, so its labels cannot be assigned")
        )
    return images


def _image(raw: Any) -> CocoImage:
    entry = _ImageEntry.model_validate(raw)
    if entry.width * entry.height > LIMITS.max_pixels:
        raise ValueError(
            f"it has {entry.width} x {entry.height} px, above the limit of {LIMITS.max_pixels / 1e6:g} megapixels"
        )
    return CocoImage(entry.id, base_name(entry.file_name), entry.width, entry.height)


def _annotation(raw: Any, images: dict[int, CocoImage], seen: set[int]) -> Annotation:
    """Validate one label; the id of a faulty label counts as used."""
    if isinstance(raw, dict) and _is_id(raw.get("id")):
        if raw["id"] in seen:
            raise ValueError("its id was used before")
        seen.add(raw["id"])
    entry = _AnnotationEntry.model_validate(raw)
    image = images.get(entry.image_id)
    if image is None:
        raise ValueError(f"image {entry.image_id} is missing or was rejected")
    shape = entry.segmentation
    if isinstance(shape, _RleEntry):
        rle = checked_rle(shape.size, shape.counts, image.width, image.height)
        return Annotation(entry.id, image.id, rle=rle)
    if not shape:
        raise ValueError("it has no polygon")
    polygons = tuple(checked_polygon(values, image.width, image.height) for values in shape)
    return Annotation(entry.id, image.id, polygons)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _problem(kind: str, raw: Any, number: int, error: Exception) -> Problem:
    found = raw.get("id") if isinstance(raw, dict) else None
    name = str(found)[:40] if _is_id(found) else f"number {number + 1} in the list"
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return Problem(kind, name, f"{where}: {first['msg']}" if where else "it is not a JSON object")
    return Problem(kind, name, str(error))
