"""Labelled and reviewed drawings at the scale of the model, ready for training."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.labels.coco import Coco, spot_polygons
from sunspot_dash.errors import ImageError, Stopped, SunspotError
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.services.models.preview import nothing_to_learn
from sunspot_dash.services.models.retraining import Lessons
from sunspot_dash.services.models.reviewed import image_fault
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np

    from sunspot_dash.domain.drawing.disk import Disk
    from sunspot_dash.ml.dataset import Labelled


def prepare_dataset(
    workspace: Workspace,
    lessons: Lessons,
    scale: tuple[int, Path],
    report: Callable[[dict[str, Any]], None],
    should_stop: Callable[[], bool],
    log: Callable[[str], object],
) -> tuple[list[Labelled], list[tuple[str, str]]]:
    """Scale every drawing of a training by its limb, fitted or set by hand; log and skip those that fail or are only
    partly labelled.

    Args:
        scale: the radius of the disk, px, and the folder for the scaled drawings.

    Returns:
        The drawings, and (name, reason) of those that were left out.

    Raises:
        ParameterError: no drawing can be used.
        Stopped: it was asked to stop.
    """
    corrections = read_corrections(workspace.corrections_file)
    labels = lessons.labels
    for line in labels.rejected():
        log(f"annotation left out: {line}")
    for line in labels.remarks():
        log(line)
    drawings: list[Labelled] = []
    failed = labels.failed(workspace.images) + list(lessons.left_out)
    for name, reason in failed:
        log(f"drawing left out: {name}: {reason}")
    names = lessons.names()
    for number, name in enumerate(names, start=1):
        try:
            limb = corrections.get(name, NONE).disk
            path, polygons = _source(workspace, lessons, name)
            drawings.append(_scaled(path, name, polygons, scale, limb))
        except SunspotError as error:
            failed.append((name, error.reason))
            log(f"drawing left out: {name}: {error.reason}")
        report({"kind": "prepare", "drawing": name, "done": number, "of": len(names)})
        if should_stop():
            raise Stopped(f"stopped after {number} of {len(names)} drawings were prepared")
    if not drawings or not any(drawing.polygons for drawing in drawings):
        raise nothing_to_learn(workspace, labels, failed)
    return drawings, failed


def _source(workspace: Workspace, lessons: Lessons, name: str) -> tuple[Path, list[np.ndarray]]:
    """Return the image of a drawing and its outlines, px: those of the review, or else the labels.

    Raises:
        ImageError: the image is not the one that was reviewed.
    """
    truth = lessons.truths.get(name)
    if truth is None:
        return workspace.images / name, spot_polygons(lessons.labels.coco.annotations.get(name, []))
    path = lessons.paths[name]
    if fault := image_fault(truth, path):
        raise ImageError(fault)
    return path, list(truth.outlines)


def prepare_labelled(
    folder: Path, name: str, coco: Coco, radius: int, cache: Path | None = None, limb: Disk | None = None
) -> Labelled:
    """Scale one labelled drawing so that its disk, fitted if no limb is given, has the model's radius (px)."""
    polygons = spot_polygons(coco.annotations.get(name, []))
    return _scaled(folder / name, name, polygons, (radius, cache), limb)


def _scaled(
    path: Path, name: str, polygons: list[np.ndarray], scale: tuple[int, Path | None], limb: Disk | None
) -> Labelled:
    from sunspot_dash.domain.drawing.disk import fit_limb
    from sunspot_dash.io.images import read_rgb, to_grey
    from sunspot_dash.ml.dataset import prepare

    grey = to_grey(read_rgb(path))
    return prepare(name, grey, limb or fit_limb(grey), polygons, *scale)


def dataset_hash(drawings: list[Labelled]) -> str:
    """Return the SHA-256 of the drawings' names, images and labels."""
    digest = hashlib.sha256()
    for drawing in drawings:
        digest.update(drawing.name.encode())
        digest.update(drawing.image.tobytes())
        for polygon in drawing.polygons:
            digest.update(polygon.tobytes())
    return digest.hexdigest()
