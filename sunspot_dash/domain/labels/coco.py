"""COCO labels as exported by CVAT, validated item by item."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sunspot_dash.domain.drawing.names import listed_name
from sunspot_dash.domain.labels.entries import (
    SHAPES,
    AnnotationEntry,
    ImageEntry,
    RleEntry,
    category_names,
    whole,
)
from sunspot_dash.domain.labels.segmentation import Rle, checked_polygon, checked_rle
from sunspot_dash.errors import CocoError, ParameterError
from sunspot_dash.parameters import plain_message
from sunspot_dash.settings import LIMITS

EXPORT_AGAIN = "export it as 'COCO 1.0' (instances_default.json)"
LISTS = ("images", "annotations", "categories")
NO_CATEGORY = "no category"  # of labels without a category id, unless the file has a single category
REPORT_EVERY = 2000  # labels


@dataclass(frozen=True)
class CocoImage:
    """A labelled image: its file name, with folders where the file names some, and its size in px."""

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
    category: str = NO_CATEGORY


@dataclass(frozen=True)
class Problem:
    """A rejected item.

    Attributes:
        kind: 'image' or 'annotation'; id: its id, or its index in the list; reason: why it was rejected.
        image: file name of the image of a rejected label, "" if unknown; category: the label's category.
        lost: whether a label is lost; not if the same label is listed twice.
    """

    kind: str
    id: str
    reason: str
    image: str = ""
    category: str = ""
    lost: bool = True

    def __str__(self) -> str:
        return f"{self.kind} {self.id}{f' of {self.image}' if self.image else ''}: {self.reason}"


@dataclass(frozen=True)
class Coco:
    """The usable images and annotations by file name, and the rejected items.

    An image without annotations is a blank disk, unless it has rejected ones (`domain.labels.usable`).

    Attributes:
        categories: number of labels by category, rejected ones included; listed categories without labels have 0.
    """

    images: dict[str, CocoImage] = field(default_factory=dict)
    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    categories: dict[str, int] = field(default_factory=dict)


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
        return json.loads(path.read_bytes(), parse_constant=lambda _: None, object_pairs_hook=_object)
    except FileNotFoundError as error:
        raise CocoError(f"annotation file {path} not found") from error
    except OSError as error:
        raise CocoError(f"{name} cannot be read ({error.strerror})") from error
    except RecursionError as error:
        raise CocoError(f"{name} is nested too deeply to be a COCO file: {EXPORT_AGAIN}") from error
    except ValueError as error:
        raise CocoError(f"{name} is not valid JSON ({error}): {EXPORT_AGAIN}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; raise ValueError if one of its lists stands twice, as JSON would use the last one only."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        if twice := [key for key in LISTS if keys.count(key) > 1]:
            raise ValueError(f"it has '{twice[0]}' twice")
    return found


def check_coco(
    content: Any, what: str = "the annotation file", report: Callable[[dict[str, int]], object] | None = None
) -> Coco:
    """Validate the parsed JSON of an annotation file item by item.

    Of labels with the same id on the same image, and of images with the same name, the first counts. Images with the
    same id are all rejected, because their labels cannot be assigned.

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
    names = category_names(content)
    coco = Coco(categories=dict.fromkeys(names.values(), 0))
    by_id = _images(content["images"], coco.problems)
    coco.images.update((image.file_name, image) for image in by_id.values())
    seen: dict[tuple[int, int], Any] = {}
    for number, raw in enumerate(content["annotations"]):
        if report is not None and number % REPORT_EVERY == 0:
            report({"done": number, "of": len(content["annotations"])})
        category = category_of(raw, names)
        coco.categories[category] = coco.categories.get(category, 0) + 1
        image = by_id.get(found) if (found := _number(raw, "image_id")) is not None else None
        name = image.file_name if image else ""
        try:
            annotation = _annotation(raw, image, seen, category)
        except _Repeated as error:
            coco.problems.append(_problem("annotation", raw, number, error, name, category, lost=False))
        except ValueError as error:
            coco.problems.append(_problem("annotation", raw, number, error, name, category))
        else:
            coco.annotations.setdefault(name, []).append(annotation)
    return coco


def category_of(raw: Any, names: dict[int, str]) -> str:
    """Return the name of the category of a raw label; `names` are those of the file by id."""
    number = _number(raw, "category_id")
    if number is not None:
        return names.get(number, f"category {number}")
    only = set(names.values())
    return only.pop() if len(only) == 1 else NO_CATEGORY


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
    entry = ImageEntry.model_validate(raw)
    if entry.width * entry.height > LIMITS.max_pixels:
        raise ValueError(
            f"it has {entry.width} x {entry.height} px, above the limit of {LIMITS.max_pixels / 1e6:g} megapixels"
        )
    return CocoImage(entry.id, listed_name(entry.file_name), entry.width, entry.height)


class _Repeated(ValueError):
    """The same label is listed twice."""


def _annotation(
    raw: Any, image: CocoImage | None, seen: dict[tuple[int, int], Any], category: str
) -> Annotation:
    """Validate one label of an image; the id of a faulty label counts as used."""
    number = _number(raw, "id")
    if number is not None and image is not None:
        if (key := (image.id, number)) in seen:
            if seen[key] == raw:
                raise _Repeated("it is listed twice")
            raise ValueError("its id was used before on this image")
        seen[key] = raw
    entry = AnnotationEntry.model_validate(raw)
    if image is None:
        raise ValueError(f"image {entry.image_id} is missing or was rejected")
    shape = entry.segmentation
    if isinstance(shape, RleEntry):
        rle = checked_rle(shape.size, shape.counts, image.width, image.height)
        return Annotation(entry.id, image.id, rle=rle, category=category)
    if not shape:
        raise ValueError("it has only a box, no polygon" if raw.get("bbox") else "it has no polygon")
    polygons = tuple(checked_polygon(values, image.width, image.height) for values in shape)
    return Annotation(entry.id, image.id, polygons, category=category)


def _number(raw: Any, key: str) -> int | None:
    return whole(raw.get(key)) if isinstance(raw, dict) else None


def _problem(
    kind: str, raw: Any, number: int, error: Exception, image: str = "", category: str = "", lost: bool = True
) -> Problem:
    found = _number(raw, "id")
    identity = str(found)[:40] if found is not None else f"number {number + 1} in the list"
    reason = str(error)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        # The place in a list of numbers helps nobody, and "polygons" and "rle" are our names.
        fields = [part for part in first["loc"] if isinstance(part, str) and part not in SHAPES]
        reason = ": ".join(filter(None, [".".join(fields), plain_message(first)]))
    return Problem(kind, identity, reason, image, category, lost)
