"""Labelled drawings with the results of two models, so that they can be compared without a network."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.files import file_sha256
from sunspot_dash.io.images import content_hash, write_png
from sunspot_dash.io.results import write_result
from sunspot_dash.workspace import Workspace
from tests.coco import encoded, image

PARENT, CHILD = "parent", "child"
THRESHOLD = 0.4
SIZE = 400
DISK = Disk(200, 200, 180, 0.9)
PLACES = (120, 160, 200, 240)  # centres of the labelled spots, px
FALSE_ALARM = 290
NAMES = [
    f"usd{day}0900.png" for day in ("19410301", "19410401", "19550301", "19550401", "20200301", "20200401")
]


def square(place: float) -> np.ndarray:
    """Return the outline of a spot of 10 x 10 px."""
    return np.array([[-5.0, -5], [5, -5], [5, 5], [-5, 5]]) + place


def put_models(space: Workspace, **card: Any) -> None:
    """Write the files of both models, whose networks cannot be loaded; `card` are fields of the child's card."""
    for name in (PARENT, CHILD):
        with zipfile.ZipFile(space.model(name).weights, "w") as file:
            file.writestr("name", name)
    about = {"encoder": "resnet18", "radius": 896, "threshold": THRESHOLD}
    parent = file_sha256(space.model(PARENT).weights)
    for name, more in ((PARENT, {}), (CHILD, {"parent": PARENT, "parent_sha256": parent, **card})):
        space.model(name).card.write_text(json.dumps({"name": name, **about, **more}))


def put_drawings(space: Workspace) -> None:
    """Write NAMES with a label at each of PLACES, and results of both models.

    The parent misses the last label (confidence 0.3) and has a false alarm (0.5). The child finds every label (0.9),
    but none on the last drawing; its false alarm has a confidence of 0.2.
    """
    images, labels = [], []
    for number, name in enumerate(NAMES, start=1):
        write_png(space.images / name, np.full((SIZE, SIZE, 3), 200 + number, np.uint8))
        images.append(image(number, name, width=SIZE, height=SIZE))
        for place in PLACES:
            shape = [square(place).ravel().tolist()]
            labels.append(
                {"id": len(labels) + 1, "image_id": number, "category_id": 1, "segmentation": shape}
            )
        found = [*(0.9 for _ in PLACES[1:]), 0.3, 0.5]
        put_result(space, PARENT, name, found)
        put_result(space, CHILD, name, [0.0] * 4 if name == NAMES[-1] else [*(0.9 for _ in PLACES), 0.2])
    found = {"images": images, "annotations": labels, "categories": [{"id": 1, "name": "sunspot"}]}
    space.annotations_file.write_bytes(encoded(found))


def put_result(space: Workspace, model: str, name: str, confidences: list[float]) -> None:
    """Write a result with spots at PLACES and FALSE_ALARM, in this order, with these confidences."""
    places = (*PLACES, FALSE_ALARM)
    spots = [Spot.from_outline(square(place), one) for place, one in zip(places, confidences, strict=False)]
    result = DrawingResult(
        name=name,
        width=SIZE,
        height=SIZE,
        disk=DISK,
        spots=tuple(spots),
        model=model,
        model_hash=file_sha256(space.model(model).weights),
        image_hash=content_hash(space.images / name),
        threshold=THRESHOLD,
        seconds=1.0,
    )
    write_result(space.results_of(model), result)
