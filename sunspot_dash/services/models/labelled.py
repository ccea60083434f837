"""Labelled drawings at the scale of the model, ready for training."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.labels.coco import Coco, spot_polygons
from sunspot_dash.domain.labels.usable import UsableLabels
from sunspot_dash.errors import Stopped, SunspotError
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.dataset.label_choice import dataset_labels, label_choice
from sunspot_dash.services.models.preview import nothing_to_learn
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    from sunspot_dash.domain.drawing.disk import Disk
    from sunspot_dash.ml.dataset import Labelled


def prepare_dataset(
    workspace: Workspace,
    config: TrainConfig,
    cache: Path,
    report: Callable[[dict[str, Any]], None],
    should_stop: Callable[[], bool],
    log: Callable[[str], object],
) -> tuple[list[Labelled], list[tuple[str, str]], UsableLabels]:
    """Scale every labelled drawing of a workspace by its limb, fitted or set by hand; log and skip those that fail or
    are only partly labelled.

    Returns:
        The drawings, (name, reason) of those that were left out, and the labels that were used and left out.

    Raises:
        ParameterError: no labelled drawing can be used, or it is not clear which labels are spots.
        CocoError: the annotation file cannot be used.
        Stopped: it was asked to stop.
    """
    choice = label_choice(workspace, config.category, config.keep_partly_labelled)
    corrections = read_corrections(workspace.corrections_file)
    labels = dataset_labels(workspace, choice)
    for line in labels.rejected():
        log(f"annotation left out: {line}")
    for line in labels.remarks():
        log(line)
    drawings: list[Labelled] = []
    failed = labels.failed(workspace.images)
    for name, reason in failed:
        log(f"drawing left out: {name}: {reason}")
    names = sorted(labels.coco.images)
    for number, name in enumerate(names, start=1):
        try:
            limb = corrections.get(name, NONE).disk
            drawings.append(prepare_labelled(workspace.images, name, labels.coco, config.radius, cache, limb))
        except SunspotError as error:
            failed.append((name, error.reason))
            log(f"drawing left out: {name}: {error.reason}")
        report({"kind": "prepare", "drawing": name, "done": number, "of": len(names)})
        if should_stop():
            raise Stopped(f"stopped after {number} of {len(names)} drawings were prepared")
    if not drawings or not any(drawing.polygons for drawing in drawings):
        raise nothing_to_learn(workspace, labels, failed)
    return drawings, failed, labels


def prepare_labelled(
    folder: Path, name: str, coco: Coco, radius: int, cache: Path | None = None, limb: Disk | None = None
) -> Labelled:
    """Scale one labelled drawing so that its disk, fitted if no limb is given, has the model's radius (px)."""
    from sunspot_dash.domain.drawing.disk import fit_limb
    from sunspot_dash.io.images import read_rgb, to_grey
    from sunspot_dash.ml.dataset import prepare

    grey = to_grey(read_rgb(folder / name))
    polygons = spot_polygons(coco.annotations.get(name, []))
    return prepare(name, grey, limb or fit_limb(grey), polygons, radius, cache)


def dataset_hash(drawings: list[Labelled]) -> str:
    """Return the SHA-256 of the drawings' names, images and labels."""
    digest = hashlib.sha256()
    for drawing in drawings:
        digest.update(drawing.name.encode())
        digest.update(drawing.image.tobytes())
        for polygon in drawing.polygons:
            digest.update(polygon.tobytes())
    return digest.hexdigest()
