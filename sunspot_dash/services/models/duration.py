"""How long a training takes, told before it starts: from earlier ones in the workspace, or a measured pace."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

from sunspot_dash.domain.drawing.crop import crop_size
from sunspot_dash.domain.labels.tiles import tiles_of
from sunspot_dash.errors import SunspotError
from sunspot_dash.ml.config import ModelCard, TrainConfig
from sunspot_dash.workspace import Workspace

# Measured on 2 idle CPU cores: the seconds of an epoch that NAME_history.json tells after
#   python app.py train --model-name NAME --device cpu --epochs 3 [--encoder ENCODER] [--validation-share 0]
#   [--tile-size 64, 128 or 512]
# on eight synthetic drawings with 150 tiles; beside other work an epoch took up to 1.4 times as long.
SECONDS_A_MEGAPIXEL = 0.69  # of a resnet18's training
TILE_MEGAPIXELS = 0.0045  # what cutting and altering a tile costs besides, whatever its size
ENCODER_COST = {
    "resnet18": 1.0,
    "resnet34": 1.3,
    "resnet50": 2.1,
    "efficientnet-b0": 1.8,
    "mobilenet_v2": 1.3,
}
LOOK_SHARE = 1 / 3  # of a training step: the network only looks at validation tiles
WHOLE_SHARE = 1 / 9  # of a training step: validation drawings are looked at whole, blank paper is skipped
START_SECONDS = 10.0
PREPARE_SECONDS = 0.2  # of each drawing, once
NEWEST = 5

Sides = tuple[Iterable[str], Iterable[str]]


def epoch_work(config: TrainConfig, sides: Sides, spots: Mapping[str, int]) -> float:
    """The work of an epoch, in megapixels of a resnet18's training.

    Args:
        sides: names of the training and of the validation drawings.
        spots: how many labelled spots each drawing has.
    """
    training, validation = ([spots[name] for name in side] for side in sides)
    cost = ENCODER_COST[config.encoder]
    tile = config.tile_size**2 / 1e6
    whole = crop_size(config.radius) ** 2 / 1e6
    learn = sum(sum(tiles_of(count)) for count in training) * (tile * cost + TILE_MEGAPIXELS)
    look = sum(sum(tiles_of(count)) for count in validation) * (tile * cost * LOOK_SHARE + TILE_MEGAPIXELS)
    return learn + look + len(validation) * whole * cost * WHOLE_SHARE


def training_seconds(
    workspace: Workspace, config: TrainConfig, sides: Sides, spots: Mapping[str, int]
) -> tuple[float, int]:
    """How long a training will take, and from how many earlier ones that was told (0: from the measured pace).

    Earlier ones count that were asked for the same device; the newest few are taken, the middle one is believed.
    """
    paces = _earlier_paces(workspace, config.device, spots)
    pace = median(paces) if paces else SECONDS_A_MEGAPIXEL
    before = START_SECONDS + PREPARE_SECONDS * len(spots)
    return before + config.epochs * epoch_work(config, sides, spots) * pace, len(paces)


def _earlier_paces(workspace: Workspace, device: str, spots: Mapping[str, int]) -> list[float]:
    """Seconds a megapixel of the newest trained models whose drawings are all still there."""
    cards = sorted(
        workspace.trained_models.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True
    )
    paces: list[float] = []
    for card in cards:
        if len(paces) == NEWEST:
            break
        pace = _pace_of(workspace, card, device, spots)
        paces += [pace] if pace else []
    return paces


def _pace_of(workspace: Workspace, path: Path, device: str, spots: Mapping[str, int]) -> float | None:
    """Seconds a megapixel of one trained model; None where its files do not tell."""
    try:
        card = ModelCard.model_validate_json(path.read_bytes())
        config = TrainConfig(**card.parameters)
        history = json.loads(workspace.model(path.stem).history.read_text("utf-8"))
        seconds = median(row["seconds"] for row in history)
        work = epoch_work(config, (card.split["training"], card.split["validation"]), spots)
    except (OSError, ValueError, LookupError, TypeError, SunspotError):
        return None
    return seconds / work if config.device == device and work and seconds > 0 else None
