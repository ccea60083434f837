"""An archive as the labelled drawings of a workspace."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

from sunspot_dash.workspace import Workspace


def put_labelled(space: Workspace, archive: Path) -> Workspace:
    """Copy the images and the labels of an archive, as `write_archive` makes it, to where a workspace has its own."""
    shutil.copytree(archive / "images", space.images, dirs_exist_ok=True)
    shutil.copyfile(archive / "annotations" / "instances_default.json", space.annotations_file)
    return space


def keep_drawings(space: Workspace, count: int) -> Workspace:
    """Remove all drawings but those with the fewest labels: an epoch of them is over soon."""
    content = json.loads(space.annotations_file.read_text())
    labels = Counter(label["image_id"] for label in content["annotations"])
    images = sorted(content["images"], key=lambda image: labels[image["id"]])
    for image in images[count:]:
        (space.images / image["file_name"]).unlink()
    return space
