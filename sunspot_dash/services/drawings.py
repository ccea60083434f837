"""The drawings of a workspace as a list, and what is known of one."""

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
from sunspot_dash.services.viewing import original
from sunspot_dash.workspace import Workspace

ORDER = {"name": "drawing.name", "date": "drawing.date", "labels": "labels", "spots": "result.spots"}


def page_of_drawings(
    catalogue: Catalogue, span: tuple[int, int], order: list[tuple[str, str]], name: str
) -> tuple[list[dict[str, Any]], int]:
    """Some rows of the list of drawings, with what the last model found, and how many there are in all.

    Args:
        span: first row, and the one after the last.
        order: (column, "asc" or "desc"); by date where empty.
        name: only drawings whose name holds this.
    """
    words = [
        f"{ORDER[column]} {'desc' if way == 'desc' else 'asc'}" for column, way in order if column in ORDER
    ]
    like = f"%{name.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    where = (
        "from drawing left join result on result.key = drawing.key and result.model = ? "
        "where drawing.name like ? escape '!'"
    )
    values = [catalogue.last_model(), like]
    total = catalogue.rows(f"select count(*) {where}", values)[0][0]
    sql = (
        f"select drawing.key, drawing.name, drawing.date, drawing.time, labels, result.spots as spots {where} "
        f"order by {', '.join([*words, 'drawing.date', 'drawing.time', 'drawing.name'])} limit ? offset ?"
    )
    rows = catalogue.rows(sql, [*values, max(0, span[1] - span[0]), span[0]])
    return [dict(row) for row in rows], total


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
    """The limb of a drawing, or why there is none.

    Raises:
        ImageError: there is no such drawing, or it cannot be read.
    """
    path = original(catalogue, key)
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
