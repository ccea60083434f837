"""Labelled drawings for the workspaces of tests."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

from sunspot_dash.workspace import Workspace


def put_labelled(space: Workspace, archive: Path) -> Workspace:
    """Copy the images and labels of an archive made by `write_archive` to a workspace."""
    shutil.copytree(archive / "images", space.images, dirs_exist_ok=True)
    shutil.copyfile(archive / "annotations" / "instances_default.json", space.annotations_file)
    return space


def keep_drawings(space: Workspace, count: int) -> Workspace:
    """Keep only the drawings with the fewest labels, for short epochs."""
    content = json.loads(space.annotations_file.read_text())
    labels = Counter(label["image_id"] for label in content["annotations"])
    images = sorted(content["images"], key=lambda image: labels[image["id"]])
    for image in images[count:]:
        (space.images / image["file_name"]).unlink()
    return space
