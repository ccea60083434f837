"""A model over a folder of drawings: result files, tables, masks and overlays."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.crop import darken_outside, square_crop
from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.drawing.names import date_and_time
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.spots.latitude_limit import limit_latitude
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import ImageError, NoDiskError, ParameterError, SunspotError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.files import file_sha256
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.images import content_hash, list_images, read_rgb, to_grey, write_png
from sunspot_dash.io.pictures import picture_stems, write_pictures
from sunspot_dash.io.results import (
    read_result,
    result_path,
    write_result,
)
from sunspot_dash.ml.config import InferConfig, ModelCard
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    import torch
    from torch import nn
from sunspot_dash.services.dataset.orientation import check_orientation
from sunspot_dash.services.models.publish import publish, write_failed

Report = Callable[[dict[str, Any]], None]


@dataclass
class Outcome:
    """What a run did: names done, skipped because done before, and failed with the reason."""

    folder: Path
    done: list[str] = field(default_factory=list)
    skipped: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    spots: int = 0
    stopped: bool = False

    def add(self, other: Outcome) -> None:
        """Take up what another part of the same run did."""
        self.done += other.done
        self.failed += other.failed
        self.skipped += other.skipped
        self.spots += other.spots
        self.stopped |= other.stopped


@dataclass(frozen=True)
class LoadedModel:
    """A model on its device, ready for one drawing after the other."""

    network: nn.Module
    candidate_classifier: TreeEnsemble | None
    card: ModelCard
    sha256: str
    device: torch.device

    @classmethod
    def load(cls, path: Path, device: str) -> LoadedModel:
        """Read a model.

        Raises:
            ModelError: it is missing, damaged, or no model.
            ParameterError: the device is not there.
        """
        from sunspot_dash.ml import device as devices
        from sunspot_dash.ml.checkpoint import load_model

        where = devices.choose(device)
        model = load_model(path)
        return cls(model.network.to(where), model.candidate_classifier, model.card, file_sha256(path), where)


def analyse(
    model: LoadedModel,
    name: str,
    rgb: np.ndarray,
    image_sha256: str,
    threshold: float,
    disk: Disk | None = None,
) -> DrawingResult:
    """Find the limb, unless it is given, and the spots of one page (H, W, 3) uint8.

    Candidates beyond the latitude limit (`domain.spots.latitude_limit`), at the time in the name, keep at most the
    model's floor as confidence: they are shown, and not counted.

    Raises:
        NoDiskError: the page shows no solar disk.
    """
    from sunspot_dash.ml.infer import detect

    began = time.monotonic()
    grey = to_grey(rgb)
    disk = disk or fit_limb(grey)
    spots = detect(
        model.network,
        model.candidate_classifier,
        grey,
        disk,
        model.card.radius,
        model.card.floor,
        model.device,
    )
    return DrawingResult(
        name=name,
        width=rgb.shape[1],
        height=rgb.shape[0],
        disk=disk,
        spots=tuple(limit_latitude(spots, disk, observation_time(*date_and_time(name)), model.card.floor)),
        model=model.card.name,
        model_hash=model.sha256,
        image_hash=image_sha256,
        threshold=threshold,
        seconds=time.monotonic() - began,
    )


def infer_folder(
    workspace: Workspace,
    model_name: str,
    images: Path,
    config: InferConfig = InferConfig(),
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run a model over every drawing of a folder, one in memory at a time.

    A drawing whose result is there, by the same weights from the same bytes, is not run again (a new
    threshold only recounts it). One that fails is listed with its reason in `failed.csv`; the rest go on.

    Raises:
        ModelError, ParameterError: there is no such model, or nothing to run it on.
        WorkspaceError: the disk is full, ...; drawings done so far are kept.
    """
    inference = Inference.begin(workspace, model_name, config)
    paths, refused = drawings_of(images)
    outcome = inference.run(paths, picture_stems(path.name for path in paths), report, should_stop)
    outcome.failed = refused + outcome.failed
    publish(workspace, inference.name, config.orientation)
    write_failed(outcome.folder, outcome.failed)
    return outcome


def drawings_of(images: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """The drawings of a folder in the order of their names, and (name, reason) of what was refused.

    Raises:
        ParameterError: there is none.
    """
    refused: list[tuple[str, str]] = []
    paths = list_images(images, refused)
    if not paths:
        raise ParameterError(f"there is no image in {images}: put drawings there, or name another folder")
    return paths, refused


@dataclass(frozen=True)
class Inference:
    """A model at work in this process, for as many drawings as it is given."""

    workspace: Workspace
    model: LoadedModel
    config: InferConfig
    corrections: dict[str, Correction] = field(default_factory=dict)

    @classmethod
    def begin(cls, workspace: Workspace, model_name: str, config: InferConfig) -> Inference:
        """Load the model.

        Raises:
            ModelError, ParameterError: there is no such model, device or orientation.
            WorkspaceError: the corrections cannot be read.
        """
        check_orientation(config.orientation)
        model = LoadedModel.load(workspace.find_model(model_name), config.device)
        return cls(workspace, model, config, read_corrections(workspace.corrections_file))

    @property
    def name(self) -> str:
        """The model's name, under which its results lie."""
        return self.model.card.name

    @property
    def threshold(self) -> float:
        return self.model.card.threshold if self.config.threshold is None else self.config.threshold

    def run(
        self,
        paths: list[Path],
        stems: dict[str, str],
        report: Report = lambda event: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Run, recount or skip each drawing; `stems` names their pictures. The tables are left as they are.

        Args:
            report: receives {"kind": "drawing", "name", "done", "of", "worked", "seconds_left"} after each drawing;
                `worked` counts those done that were not skipped.
            should_stop: asked before each drawing.
        """
        outcome = Outcome(self.workspace.inference_results / self.name)
        remaining = RemainingTime()
        for number, path in enumerate(paths, start=1):
            if should_stop():
                outcome.stopped = True
                break
            try:
                self._one(path, stems[path.name], outcome)
            except (ImageError, NoDiskError) as error:
                outcome.failed.append((path.name, error.reason))
            worked = len(outcome.done) + len(outcome.failed)
            left = remaining.left(worked, worked + len(paths) - number) if worked else None
            event = {"kind": "drawing", "name": path.name, "done": number, "of": len(paths), "worked": worked}
            report({**event, "seconds_left": left})
        return outcome

    def _one(self, path: Path, stem: str, outcome: Outcome) -> None:
        drawings = self.workspace.results_of(self.name)
        pictures = self.workspace.segmented / self.name
        image_hash = content_hash(path)
        disk = self.corrections.get(path.name, NONE).disk
        before = result_of(drawings, path.name, self.model.sha256, image_hash)
        if before and (before.disk != disk if disk else before.disk.by_hand):
            before = None  # the limb was set by hand since, or is no longer
        if before and before.threshold == self.threshold and not self.config.force:
            outcome.skipped += 1
            outcome.spots += len(before.counted())
            return
        rgb = read_rgb(path)
        if before and not self.config.force:
            result = before.recounted(self.threshold)
        else:
            result = analyse(self.model, path.name, rgb, image_hash, self.threshold, disk)
        write_pictures(pictures, result, rgb, stem=stem)
        if self.config.save_crops:
            crop = square_crop(rgb, result.disk)
            middle = crop.shape[0] / 2
            write_png(pictures / f"{stem}_crop.png", crop)
            write_png(
                pictures / f"{stem}_disk.png", darken_outside(crop, (middle, middle), result.disk.radius)
            )
        # The result comes last: a drawing that has one has its pictures too.
        write_result(drawings, result)
        outcome.done.append(path.name)
        outcome.spots += len(result.counted())


def result_of(drawings: Path, name: str, model_hash: str, image_hash: str) -> DrawingResult | None:
    """The result in a folder that this very model gave for this very drawing; None when there is none."""
    try:
        result = read_result(result_path(drawings, name))
    except SunspotError:
        return None
    return result if (result.model_hash, result.image_hash) == (model_hash, image_hash) else None
