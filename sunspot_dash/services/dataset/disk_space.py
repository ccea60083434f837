"""The disk space that a model's results on a folder will take."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.files import is_there
from sunspot_dash.services.dataset.archives import drawings_in
from sunspot_dash.workspace import Workspace

# Size of the results, nearly all overlays; measured on eleven drawings of 1957 to 2024 (3 to 14 megapixels).
BYTES_PER_DRAWING = 1.9e6
MASK_AND_RESULT_BYTES = 70_000
SAMPLE = 50


@dataclass(frozen=True)
class DiskSpace:
    """Disk space for a model's results: number of images, bytes for each and for all, bytes free.

    `left_out` describes what else is in the folder, or is "".
    """

    files: int
    each: float
    needed: float
    free: int
    left_out: str = ""


def estimate_disk_space(workspace: Workspace, folder: Path) -> DiskSpace:
    """Estimate the disk space for a model's results on a folder, from the results in the workspace.

    Raises:
        ParameterError: the folder does not exist, or holds no image.
    """
    given, folder = folder, workspace.root / folder
    if not is_there(folder, folder=True):
        raise ParameterError(f"the server has no folder '{given}'")
    try:
        content = drawings_in(folder)
    except SunspotError as error:
        raise ParameterError(error.reason) from error
    files = len(content.images)
    overlays = islice(workspace.segmented.glob("*/*_overlay.png"), SAMPLE)
    sizes = [path.stat().st_size for path in overlays]
    each = sum(sizes) / len(sizes) + MASK_AND_RESULT_BYTES if sizes else BYTES_PER_DRAWING
    return DiskSpace(files, each, files * each, shutil.disk_usage(workspace.root).free, content.left_out())
