"""Find the spots on one drawing with a loaded model."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.spots.latitude_limit import limit_latitude
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
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


def analyse(
    model: LoadedModel,
    name: str,
    rgb: np.ndarray,
    image_sha256: str,
    threshold: float,
    correction: Correction = NONE,
) -> DrawingResult:
    """Detect the spots on a drawing (H, W, 3) uint8, after fitting the limb unless it was corrected.

    Candidates beyond the latitude limit (`domain.spots.latitude_limit`) at the corrected time, or that in the name, get
    at most the model's floor as confidence: they are shown, but not counted.

    Raises:
        NoDiskError: the drawing shows no solar disk.
    """
    from sunspot_dash.ml.infer import detect

    began = time.monotonic()
    grey = to_grey(rgb)
    disk = correction.disk or fit_limb(grey)
    when = observation_time(*correction.date_and_time(name))
    spots = detect(
        model.network,
        model.candidate_classifier,
        grey,
        disk,
        model.card.radius,
        model.card.floor,
        model.device,
        model.proposals,
    )
    return DrawingResult(
        name=name,
        width=rgb.shape[1],
        height=rgb.shape[0],
        disk=disk,
        spots=tuple(limit_latitude(spots, disk, when, model.card.floor)),
        model=model.card.name,
        model_hash=model.sha256,
        image_hash=image_sha256,
        threshold=threshold,
        seconds=time.monotonic() - began,
    )


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
