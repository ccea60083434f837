"""Synthetic archive: drawings and labels in the layout of a CVAT export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sunspot_dash.errors import ParameterError
from sunspot_dash.files import atomic_write_bytes, atomic_write_text
from sunspot_dash.synthetic.drawing import SyntheticDrawing, make_drawing
from sunspot_dash.synthetic.styles import STYLES

QUALITY = 95  # of JPEG files


def write_archive(
    folder: Path,
    count: int,
    seed: int,
    labelled: bool = True,
    scale: float = 1.0,
    styles: Sequence[str] = tuple(STYLES),
) -> None:
    """Write `count` drawings into `folder`/images, cycling through the styles, each with a unique name.

    With `labelled`, the labels go into `folder`/annotations/instances_default.json, as in a CVAT COCO export.
    `scale` is passed to make_drawing.

    Raises:
        ParameterError: the count is below 1, or make_drawing rejects a value.
    """
    if count < 1 or not styles:
        raise ParameterError(f"got {count} drawings and {len(styles)} styles; expected at least 1 of each")
    coco = empty_labels()
    images = Path(folder) / "images"
    images.mkdir(parents=True, exist_ok=True)
    for drawing in _distinct(count, seed, scale, styles):
        atomic_write_bytes(images / drawing.name, encoded(drawing, QUALITY))
        add_labels(coco, drawing, drawing.name)
    if labelled:
        annotations = Path(folder) / "annotations"
        annotations.mkdir(parents=True, exist_ok=True)
        atomic_write_text(annotations / "instances_default.json", json.dumps(coco))


def _distinct(count: int, seed: int, scale: float, styles: Sequence[str]) -> Iterator[SyntheticDrawing]:
    """Make `count` drawings, each with a name of its own."""
    taken: set[str] = set()
    draw_seed = seed * 1_000_003
    while len(taken) < count:
        drawing = make_drawing(draw_seed, styles[len(taken) % len(styles)], scale=scale)
        draw_seed += 1
        if drawing.name not in taken:
            taken.add(drawing.name)
            yield drawing


def encoded(drawing: SyntheticDrawing, quality: int) -> bytes:
    """Return the image file of a drawing in the format of its name; `quality` is that of a JPEG, 0 to 100."""
    suffix = Path(drawing.name).suffix
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix == ".jpg" else []
    return cv2.imencode(suffix, drawing.image, options)[1].tobytes()


def empty_labels() -> dict[str, list[Any]]:
    """Return a COCO file of sunspots without drawings."""
    return {
        "images": [],
        "annotations": [],
        "categories": [{"id": 1, "name": "sunspot", "supercategory": ""}],
    }


def add_labels(coco: dict[str, list[Any]], drawing: SyntheticDrawing, name: str) -> None:
    """Add a drawing and its labels to a COCO file, under a file name."""
    image_id = len(coco["images"]) + 1
    height, width = drawing.image.shape[:2]
    image = {"id": image_id, "width": width, "height": height, "file_name": name}
    coco["images"].append(image | {"license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0})
    for polygon in drawing.polygons:
        corner = polygon.min(0)
        coco["annotations"].append(
            {
                "id": len(coco["annotations"]) + 1,
                "image_id": image_id,
                "category_id": 1,
                "segmentation": [np.round(polygon, 2).ravel().tolist()],
                "area": round(float(cv2.contourArea(polygon.astype(np.float32))), 2),
                "bbox": np.round([*corner, *(polygon.max(0) - corner)], 2).tolist(),
                "iscrowd": 0,
                "attributes": {"occluded": False},
            }
        )
