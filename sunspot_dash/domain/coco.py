"""COCO labels as CVAT exports them, checked item by item before anything is made from them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any

import numpy as np
from pycocotools import mask as coco_mask
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sunspot_dash.domain.polygons import area_and_centroid
from sunspot_dash.errors import CocoError

# The whole archive's labels (26 000 drawings, 50 polygons each) stay below this.
MAX_BYTES = 1_000_000_000
MAX_SIDE = 100_000
FRAME_SLACK_PX = 1.0

Number = Annotated[float, Field(allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False, extra="ignore")


class _ImageEntry(_Strict):
    id: int
    file_name: str = Field(min_length=1, max_length=1000)
    width: int = Field(ge=1, le=MAX_SIDE)
    height: int = Field(ge=1, le=MAX_SIDE)


class _RleEntry(_Strict):
    size: tuple[int, int]
    counts: list[int] | str


class _AnnotationEntry(_Strict):
    id: int
    image_id: int
    segmentation: list[list[Number]] | _RleEntry


@dataclass(frozen=True)
class CocoImage:
    """A labelled image: its file name without folders, and its size in px."""

    id: int
    file_name: str
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Annotation:
    """One label: its polygons, (n, 2) float64 in page px, or the run lengths of its mask (column by column)."""

    id: int
    image_id: int
    polygons: tuple[np.ndarray, ...] = ()
    rle: dict[str, Any] | None = None


@dataclass(frozen=True)
class Problem:
    """Something left out: what kind of item, its id, and why."""

    kind: str
    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}: {self.reason}"


@dataclass(frozen=True)
class Coco:
    """The usable part of an annotation file, by file name, and what was left out."""

    images: dict[str, CocoImage] = field(default_factory=dict)
    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def load_coco(path: Path) -> Coco:
    """Read an annotation file.

    Items with a fault are left out one by one and told in `problems`; an image without any label stays: it
    is a blank disk.

    Raises:
        CocoError: the file as a whole is no COCO file.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CocoError(f"{path.name} has {size / 1e6:.0f} MB, more than the limit of {MAX_BYTES / 1e6:.0f}: split it")
        content = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except FileNotFoundError as error:
        raise CocoError(f"there is no annotation file {path}") from error
    except OSError as error:
        raise CocoError(f"{path.name} cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise CocoError(f"{path.name} is nested too deeply to be a COCO file") from error
    except ValueError as error:
        raise CocoError(f"{path.name} is no valid JSON ({error}): export it again as 'COCO 1.0'") from error
    return parse_coco(content, path.name)


def parse_coco(content: Any, what: str = "the annotation file") -> Coco:
    """Check the parsed JSON of an annotation file.

    Raises:
        CocoError: it lacks the lists `images` or `annotations`.
    """
    for key in ("images", "annotations"):
        if not isinstance(content, dict) or not isinstance(content.get(key), list):
            raise CocoError(f"{what} has no list '{key}': export it as 'COCO 1.0' (instances_default.json)")
    coco = Coco()
    by_id = _images(content["images"], coco)
    seen: set[int] = set()
    for number, raw in enumerate(content["annotations"]):
        try:
            entry = _AnnotationEntry.model_validate(raw)
        except (ValidationError, RecursionError) as error:
            coco.problems.append(Problem("annotation", _id(raw, number), _first(error)))
            continue
        if entry.id in seen:
            coco.problems.append(Problem("annotation", str(entry.id), "its id was used before"))
            continue
        seen.add(entry.id)
        image = by_id.get(entry.image_id)
        if image is None:
            coco.problems.append(Problem("annotation", str(entry.id), f"there is no image {entry.image_id}"))
            continue
        try:
            annotation = _annotation(entry, image)
        except ValueError as error:
            coco.problems.append(Problem("annotation", str(entry.id), str(error)))
            continue
        coco.annotations.setdefault(image.file_name, []).append(annotation)
    return coco


def spot_polygons(annotations: Iterable[Annotation]) -> list[np.ndarray]:
    """The outlines of all labels, one (n, 2) polygon a spot; of an RLE label the outline of its pixels."""
    return [outline for annotation in annotations for outline in outlines(annotation)]


def outlines(annotation: Annotation) -> tuple[np.ndarray, ...]:
    """The polygons of a label in page px; those of an RLE run along its pixels' centres' hull."""
    if annotation.rle is None:
        return annotation.polygons
    import cv2

    pixels = coco_mask.decode(annotation.rle)
    contours, _ = cv2.findContours(pixels, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return tuple(contour[:, 0].astype(float) + 0.5 for contour in contours)


def _images(raw_images: list[Any], coco: Coco) -> dict[int, CocoImage]:
    by_id: dict[int, CocoImage] = {}
    for number, raw in enumerate(raw_images):
        try:
            entry = _ImageEntry.model_validate(raw)
            name = safe_file_name(entry.file_name)
        except (ValidationError, ValueError, RecursionError) as error:
            coco.problems.append(Problem("image", _id(raw, number), _first(error)))
            continue
        if entry.id in by_id or name in coco.images:
            twice = "id" if entry.id in by_id else f"name {name}"
            coco.problems.append(Problem("image", str(entry.id), f"its {twice} was used before"))
            continue
        by_id[entry.id] = coco.images[name] = CocoImage(entry.id, name, entry.width, entry.height)
    return by_id


def safe_file_name(file_name: str) -> str:
    """The name without the folders that some tools write before it.

    Raises:
        ValueError: it leads out of its folder, or cannot name a file.
    """
    parts = PurePosixPath(file_name).parts
    absolute = PurePosixPath(file_name).is_absolute() or PureWindowsPath(file_name).drive
    if absolute or ".." in parts or "\\" in file_name or not file_name.isprintable() or not parts:
        raise ValueError(f"file_name {file_name[:80]!r} is not a plain file name")
    return parts[-1]


def _annotation(entry: _AnnotationEntry, image: CocoImage) -> Annotation:
    if isinstance(entry.segmentation, _RleEntry):
        return Annotation(entry.id, entry.image_id, rle=_rle(entry.segmentation, image))
    if not entry.segmentation:
        raise ValueError("it has no polygon")
    polygons = tuple(_polygon(values, image) for values in entry.segmentation)
    return Annotation(entry.id, entry.image_id, polygons)


def _polygon(values: list[float], image: CocoImage) -> np.ndarray:
    if len(values) % 2 or len(values) < 6:
        raise ValueError(f"a polygon has {len(values)} numbers, expected an even number of at least 6")
    points = np.array(values, np.float64).reshape(-1, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    if (low < -FRAME_SLACK_PX).any() or (high > np.array([image.width, image.height]) + FRAME_SLACK_PX).any():
        raise ValueError(
            f"a polygon reaches from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}), out of the image of "
            f"{image.width}x{image.height} px"
        )
    if area_and_centroid(points)[0] <= 0:
        raise ValueError("a polygon has no area")
    return points


def _rle(entry: _RleEntry, image: CocoImage) -> dict[str, Any]:
    """Checked run lengths, compressed. pycocotools trusts them blindly and reads beyond its memory if wrong."""
    height, width = entry.size
    if (height, width) != (image.height, image.width):
        raise ValueError(f"its RLE is of {width}x{height} px, the image of {image.width}x{image.height}")
    counts = _decode_counts(entry.counts) if isinstance(entry.counts, str) else entry.counts
    if any(count < 0 for count in counts) or sum(counts) != height * width:
        raise ValueError(f"its RLE counts sum to {sum(counts)}, expected {height * width}")
    return dict(coco_mask.frPyObjects({"size": [height, width], "counts": counts}, height, width))


def _decode_counts(text: str) -> list[int]:
    """Run lengths of COCO's compressed form: 5-bit groups, each run after the second a difference.

    Raises:
        ValueError: the text ends in the middle of a number, or holds other characters.
    """
    counts: list[int] = []
    position = 0
    while position < len(text):
        value = shift = 0
        more = True
        while more:
            if position >= len(text) or shift > 60:
                raise ValueError("its RLE counts are cut short")
            code = ord(text[position]) - 48
            if not 0 <= code < 64:
                raise ValueError("its RLE counts hold characters that do not belong there")
            value |= (code & 0x1F) << shift
            more = bool(code & 0x20)
            position += 1
            shift += 5
            if not more and code & 0x10:
                value |= -1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
    return counts


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _id(raw: Any, number: int) -> str:
    found = raw.get("id") if isinstance(raw, dict) else None
    return str(found) if isinstance(found, int) else f"number {number + 1} in the list"


def _first(error: Exception) -> str:
    """The first fault of a validation as a short reason."""
    if isinstance(error, ValidationError):
        item = error.errors()[0]
        where = ".".join(str(part) for part in item["loc"])
        return f"{where}: {item['msg']}"
    return str(error)
