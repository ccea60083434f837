"""An archive as the labelled drawings of a workspace."""

from __future__ import annotations

import shutil
from pathlib import Path

from sunspot_dash.workspace import Workspace


def put_labelled(space: Workspace, archive: Path) -> Workspace:
    """Copy the images and the labels of an archive, as `write_archive` makes it, to where a workspace has its own."""
    shutil.copytree(archive / "images", space.images, dirs_exist_ok=True)
    shutil.copyfile(archive / "annotations" / "instances_default.json", space.annotations_file)
    return space
