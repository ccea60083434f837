"""Labelled drawings at the scale of the model, ready for training."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sunspot_dash.domain.labels.coco import Coco, load_coco, spot_polygons
from sunspot_dash.errors import Stopped, SunspotError
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.dataset.labels import listed_in
from sunspot_dash.services.models.preview import nothing_to_learn
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    from sunspot_dash.ml.dataset import Labelled


def prepare_dataset(
    workspace: Workspace,
    config: TrainConfig,
    cache: Path,
    report: Callable[[dict[str, Any]], None],
    should_stop: Callable[[], bool],
    log: Callable[[str], object],
) -> tuple[list[Labelled], list[tuple[str, str]]]:
    """Scale every labelled drawing of a workspace; log and skip those that fail.

    Returns:
        The drawings, and (name, reason) of those that were left out.

    Raises:
        ParameterError: no labelled drawing can be used.
        CocoError: the annotation file cannot be used.
        Stopped: it was asked to stop.
    """
    coco = load_coco(workspace.annotations_file)
    for problem in coco.problems:
        log(f"annotation left out: {problem}")
    drawings: list[Labelled] = []
    failed: list[tuple[str, str]] = []
    names, missing = listed_in(coco, workspace.images)
    for name in missing:
        failed.append((name, f"it is not in {workspace.images}"))
        log(f"drawing left out: {name}: {failed[-1][1]}")
    for number, name in enumerate(names, start=1):
        try:
            drawings.append(prepare_labelled(workspace.images / name, coco, config.radius, cache))
        except SunspotError as error:
            failed.append((name, error.reason))
            log(f"drawing left out: {name}: {error.reason}")
        report({"kind": "prepare", "drawing": name, "done": number, "of": len(names)})
        if should_stop():
            raise Stopped(f"stopped after {number} of {len(names)} drawings were prepared")
    if not drawings or not any(drawing.polygons for drawing in drawings):
        raise nothing_to_learn(workspace, len(coco.images), len(failed))
    return drawings, failed


def prepare_labelled(path: Path, coco: Coco, radius: int, cache: Path | None = None) -> Labelled:
    """Scale one labelled drawing so that its disk has the model's radius (px)."""
    from sunspot_dash.domain.drawing.disk import fit_limb
    from sunspot_dash.io.images import read_rgb, to_grey
    from sunspot_dash.ml.dataset import prepare

    grey = to_grey(read_rgb(path))
    polygons = spot_polygons(coco.annotations.get(path.name, []))
    return prepare(path.name, grey, fit_limb(grey), polygons, radius, cache)


def dataset_hash(drawings: list[Labelled]) -> str:
    """Return the SHA-256 of the drawings' names, images and labels."""
    digest = hashlib.sha256()
    for drawing in drawings:
        digest.update(drawing.name.encode())
        digest.update(drawing.image.tobytes())
        for polygon in drawing.polygons:
            digest.update(polygon.tobytes())
    return digest.hexdigest()
