"""Find the spots on one drawing with a loaded model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.crop import model_image
from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.spots.latitude_limit import limit_latitude
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.domain.spots.whole_spots import whole_spots
from sunspot_dash.errors import SunspotError
from sunspot_dash.files import file_sha256
from sunspot_dash.io.images import to_grey
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.ml.config import ModelCard

if TYPE_CHECKING:
    import torch
    from torch import nn


@dataclass(frozen=True)
class LoadedModel:
    """A model in the memory of its device; `proposals` says where the network looks, None for the whole disk."""

    network: nn.Module
    candidate_classifier: TreeEnsemble | None
    card: ModelCard
    sha256: str
    device: torch.device
    proposals: nn.Module | None = None

    @classmethod
    def load(cls, path: Path, device: str) -> LoadedModel:
        """Load a model onto a device.

        Raises:
            ModelError: the file is missing, damaged, or not a model.
            ParameterError: the device is not available.
        """
        from sunspot_dash.ml import device as devices
        from sunspot_dash.ml.checkpoint import load_model
        from sunspot_dash.ml.proposals import proposals_for

        where = devices.choose(device)
        model = load_model(path)
        return cls(
            model.network.to(where),
            model.candidate_classifier,
            model.card,
            file_sha256(path),
            where,
            proposals_for(model.card, where),
        )


class Analysis:
    """One drawing on its way through a model, in three stages, so that several drawings can be in different ones.

    `prepare` needs no GPU, `look` runs the network, and `conclude` needs no GPU again.
    """

    def __init__(
        self, model: LoadedModel, name: str, rgb: np.ndarray, image_sha256: str, correction: Correction = NONE
    ) -> None:
        """Begin with a drawing (H, W, 3) uint8."""
        self.model, self.name, self.rgb = model, name, rgb
        self.image_sha256, self.correction = image_sha256, correction
        self.seconds = 0.0
        self.disk: Disk
        self.image: np.ndarray
        self.maps: np.ndarray

    def prepare(self) -> None:
        """Fit the limb, unless it was corrected, and bring the disk to the model's scale.

        Raises:
            NoDiskError: the drawing shows no solar disk.
        """
        with self._timed():
            grey = to_grey(self.rgb)
            self.disk = self.correction.disk or fit_limb(grey)
            self.image = model_image(grey, self.disk, self.model.card.radius)

    def look(self) -> None:
        """Run the network."""
        from sunspot_dash.ml.infer import probability_maps

        with self._timed():
            model = self.model
            self.maps = probability_maps(
                model.network, self.image, model.card.radius, model.device, model.proposals
            )

    def conclude(self, threshold: float) -> DrawingResult:
        """Return the result, with the spots of at least that confidence counted.

        Candidates beyond the latitude limit (`domain.spots.latitude_limit`) at the corrected time, or that in the name,
        get at most the model's floor as confidence: they are shown, but not counted.
        """
        from sunspot_dash.ml.infer import find_candidates, to_spots

        with self._timed():
            card = self.model.card
            classifier = self.model.candidate_classifier
            candidates = find_candidates(self.maps, self.image, card.radius, card.floor, classifier)
            when = observation_time(*self.correction.date_and_time(self.name))
            spots = limit_latitude(to_spots(candidates, self.disk, card.radius), self.disk, when, card.floor)
            wholes = whole_spots(self.image, card.radius, self.disk, [spot.outline for spot in spots])
        return DrawingResult(
            name=self.name,
            width=self.rgb.shape[1],
            height=self.rgb.shape[0],
            disk=self.disk,
            spots=tuple(spots),
            model=card.name,
            model_hash=self.model.sha256,
            image_hash=self.image_sha256,
            threshold=threshold,
            seconds=self.seconds,
            calibration=card.calibration,
            whole_spots=tuple(wholes),
        )

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds += time.monotonic() - began


def analyse(
    model: LoadedModel,
    name: str,
    rgb: np.ndarray,
    image_sha256: str,
    threshold: float,
    correction: Correction = NONE,
) -> DrawingResult:
    """Detect the spots on a drawing (H, W, 3) uint8.

    Raises:
        NoDiskError: the drawing shows no solar disk.
    """
    analysis = Analysis(model, name, rgb, image_sha256, correction)
    analysis.prepare()
    analysis.look()
    return analysis.conclude(threshold)


def stored_result(
    drawings: Path, name: str, model_hash: str, image_hash: str, correction: Correction = NONE
) -> DrawingResult | None:
    """Return the result in a folder if the same weights made it from the same image and limb, else None."""
    try:
        result = read_result(result_path(drawings, name))
    except SunspotError:
        return None
    if (result.model_hash, result.image_hash) != (model_hash, image_hash):
        return None
    disk = correction.disk
    same_limb = result.disk == disk if disk else not result.disk.by_hand
    return result if same_limb else None
