"""What a measurement works on, read or prepared before anything is timed."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import torch

from sunspot_dash.domain.drawing.crop import model_image
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.ml.checkpoint import Model, load_model
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.ml.dataset import Labelled, Tiles, plan_epoch
from sunspot_dash.ml.inputs import drawing_input
from sunspot_dash.ml.model import library_unet
from sunspot_dash.services.models.labelled import prepare_labelled
from sunspot_dash.workspace import pretrained_weights

FEW = 3  # drawings, spread over the years, where each takes long
STEPS = 24  # of a training
Measured = tuple[float, str]  # seconds, and a note


def of_library(ours: torch.nn.Module, encoder: str) -> torch.nn.Module:
    """Return a network with the same parameters and the decoder of its library, which this program replaces."""
    network = library_unet(encoder)
    network.load_state_dict(ours.state_dict(), strict=False)  # ours lacks the stages that nothing depends on
    return network.to(memory_format=torch.channels_last)


@dataclass(frozen=True)
class Setting:
    """What a measurement works on."""

    drawings: Path
    device: torch.device
    kept: Path

    @cached_property
    def paths(self) -> list[Path]:
        return sorted(path for path in self.drawings.rglob("usd*") if path.is_file())

    @cached_property
    def few(self) -> list[Path]:
        return [path for path in self.paths if path.suffix == ".jpg"][:: max(1, len(self.paths) // FEW)][:FEW]

    @property
    def images(self) -> Path:
        return self.drawings / "labelled" / "images"

    @property
    def annotations(self) -> Path:
        return self.drawings / "labelled" / "annotations" / "instances_default.json"

    @cached_property
    def coco(self) -> Coco:
        return load_coco(self.annotations)

    @cached_property
    def names(self) -> list[str]:
        return sorted(self.coco.annotations)

    @cached_property
    def model(self) -> Model:
        return load_model(pretrained_weights())

    @cached_property
    def network(self) -> torch.nn.Module:
        return of_library(self.model.network, self.model.card.encoder).eval().to(self.device)

    @property
    def radius(self) -> int:
        return self.model.card.radius

    @cached_property
    def inputs(self) -> list[np.ndarray]:
        """The network's input of the few drawings, (4, S, S) float32."""
        found = []
        for path in self.few:
            grey = to_grey(read_rgb(path))
            found.append(drawing_input(model_image(grey, fit_limb(grey), self.radius), self.radius))
        return found

    @cached_property
    def labelled(self) -> list[Labelled]:
        """Labelled drawings at the model's scale, enough for the training steps."""
        store = self.kept / "labelled.pickle"
        if not store.exists():
            some = self.names[:: max(1, len(self.names) // 16)]
            store.write_bytes(
                pickle.dumps([prepare_labelled(self.images, name, self.coco, self.radius) for name in some])
            )
        found: list[Labelled] = pickle.loads(store.read_bytes())
        return found

    def config(self, batch: int) -> TrainConfig:
        return TrainConfig(
            model_name="peer",
            epochs=1,
            batch_size=batch,
            encoder_weights="none",
            validation_share=0,
            device=str(self.device),
        )

    def tiles(self, batch: int) -> Tiles:
        """Return the tiles of an epoch, as many as STEPS steps take."""
        config = self.config(batch)
        plans = list(
            islice(cycle(plan_epoch(self.labelled, config.tile_size, config.radius, 0, 0)), STEPS * batch)
        )
        return Tiles(self.labelled, plans, config.tile_size, config.radius)

    def wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()
