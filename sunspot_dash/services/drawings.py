"""What is known of one drawing: its labels and its limb."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.coco import load_coco, spot_polygons
from sunspot_dash.domain.disk import Disk, fit_limb
from sunspot_dash.errors import NoDiskError, SunspotError
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.catalogue import Catalogue
from sunspot_dash.services.corrections import correction_of
from sunspot_dash.services.viewing import original
from sunspot_dash.workspace import Workspace


def outlines_of(workspace: Workspace, name: str) -> list[np.ndarray]:
    """The labels of a drawing, (n, 2) px each; none where it is not listed."""
    path = workspace.annotations_file
    if not path.exists():
        return []
    try:
        return spot_polygons(_labels(path, path.stat().st_mtime_ns).get(name, []))
    except SunspotError:
        return []


def limb_of(catalogue: Catalogue, key: str) -> tuple[Disk | None, str]:
    """The limb of a drawing, as set by hand or fitted, or why there is none.

    Raises:
        ImageError: there is no such drawing, or it cannot be read.
        WorkspaceError: the corrections cannot be read.
    """
    path = original(catalogue, key)
    by_hand = correction_of(catalogue.workspace, path.name).disk
    if by_hand is not None:
        return by_hand, ""
    try:
        return _fitted(path, path.stat().st_mtime_ns), ""
    except NoDiskError as error:
        return None, error.reason


@lru_cache(maxsize=2)
def _labels(path: Path, stamp: int) -> dict[str, Any]:
    return dict(load_coco(path).annotations)


@lru_cache(maxsize=256)
def _fitted(path: Path, stamp: int) -> Disk:
    return fit_limb(to_grey(read_rgb(path)))
