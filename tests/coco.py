"""Small COCO files for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 30, 20


def image(number: int, name: str, **values: Any) -> dict[str, Any]:
    return {"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT, **values}


def label(
    number: int, image_id: int, size: float = 4, category: int | None = 1, **values: Any
) -> dict[str, Any]:
    """Return a label: a triangle with legs of `size` px."""
    shape = [[2, 2, 2 + size, 2, 2, 2 + size]]
    found = {"id": number, "image_id": image_id, "category_id": category, "segmentation": shape, **values}
    return {key: value for key, value in found.items() if value is not None}


def content(
    labels: Mapping[str, int], categories: Sequence[str] = ("sunspot",), size: float = 4
) -> dict[str, Any]:
    """Return a COCO file with a number of labels per image, of the first category."""
    names = list(labels)
    owners = [number for number, name in enumerate(names, start=1) for _ in range(labels[name])]
    return {
        "images": [image(number, name) for number, name in enumerate(names, start=1)],
        "annotations": [label(number, owner, size) for number, owner in enumerate(owners, start=1)],
        "categories": [{"id": number, "name": name} for number, name in enumerate(categories, start=1)],
    }


def encoded(found: dict[str, Any]) -> bytes:
    return json.dumps(found).encode()
