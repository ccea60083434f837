"""Estimate how long a training takes, from earlier trainings in the workspace or from a measured speed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

from sunspot_dash.domain.drawing.crop import crop_size
from sunspot_dash.domain.labels.tiles import tiles_of
from sunspot_dash.errors import SunspotError
from sunspot_dash.ml.config import TrainConfig, read_card
from sunspot_dash.progress import duration
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace

# Measured on 2 idle CPU cores: the seconds per epoch in NAME_history.json after
#   python app.py train --model-name NAME --device cpu --epochs 3 [--encoder ENCODER] [--validation-share 0]
#   [--tile-size 64, 128 or 512]
# on eight synthetic drawings with 150 tiles; with other programs running an epoch took up to 1.4 times as long.
SECONDS_PER_MEGAPIXEL = 0.69  # training a resnet18
TILE_MEGAPIXELS = 0.0045  # fixed effort of cutting and augmenting a tile, whatever its size
ENCODER_EFFORT = {
    "resnet18": 1.0,
    "resnet34": 1.3,
    "resnet50": 2.1,
    "efficientnet-b0": 1.8,
    "mobilenet_v2": 1.3,
}
VALIDATION_TILE_SHARE = 1 / 3  # of a training step: forward pass only
VALIDATION_DRAWING_SHARE = 1 / 9  # of a training step: whole drawings, blank paper skipped
START_SECONDS = 10.0
SLOW = 15  # slow CPU cores, or cores that others use too, take up to this many times as long
PREPARE_SECONDS = 0.2  # per drawing, once
NEWEST = 5

Sides = tuple[Iterable[str], Iterable[str]]


def tile_work(config: TrainConfig) -> float:
    """Return the work of training on one tile, in megapixels trained with a resnet18."""
    return config.tile_size**2 / 1e6 * ENCODER_EFFORT[config.encoder] + TILE_MEGAPIXELS


def epoch_work(config: TrainConfig, sides: Sides, spots: Mapping[str, int]) -> float:
    """Return the work of an epoch, in megapixels trained with a resnet18.

    Args:
        sides: names of the training and of the validation drawings.
        spots: number of labelled spots by drawing.
    """
    training, validation = ([spots[name] for name in side] for side in sides)
    effort = ENCODER_EFFORT[config.encoder]
    tile = config.tile_size**2 / 1e6
    whole = crop_size(config.radius) ** 2 / 1e6
    learn = sum(sum(tiles_of(count)) for count in training) * tile_work(config)
    look = sum(sum(tiles_of(count)) for count in validation) * (
        tile * effort * VALIDATION_TILE_SHARE + TILE_MEGAPIXELS
    )
    return learn + look + len(validation) * whole * effort * VALIDATION_DRAWING_SHARE


def validation_factor(config: TrainConfig, sides: Sides, spots: Mapping[str, int]) -> float:
    """Return the time of an epoch with validation in multiples of its training steps, from the work in both."""
    return epoch_work(config, sides, spots) / epoch_work(config, (sides[0], ()), spots)


def training_seconds(
    workspace: Workspace, config: TrainConfig, sides: Sides, spots: Mapping[str, int]
) -> tuple[float, int]:
    """Estimate the seconds of a training, and return the number of earlier ones it is based on (0: the measured speed).

    The estimate is the median of the newest few trainings on the same device.
    """
    rates = _earlier_rates(workspace, config.device)
    rate = median(rates) if rates else SECONDS_PER_MEGAPIXEL
    before = START_SECONDS + PREPARE_SECONDS * len(spots)
    return before + config.epochs * epoch_work(config, sides, spots) * rate, len(rates)


def in_words(seconds: float, earlier: int, device: str) -> str:
    """Return the duration of a training in words: a range if no earlier one shows how fast this machine is."""
    if earlier:
        return f"about {duration(seconds)}, as fast as {counted(earlier, 'earlier training')} here"
    faster = "; a GPU is much faster" if device == "cuda" else ""
    return (
        f"{duration(seconds)} on fast CPU cores to {duration(seconds * SLOW)} on slow ones{faster}; the first training "
        "here measures it"
    )


def _earlier_rates(workspace: Workspace, device: str) -> list[float]:
    """Return the seconds per megapixel of the newest models that were trained here."""
    cards = sorted(
        workspace.trained_models.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True
    )
    rates: list[float] = []
    for card in cards:
        if len(rates) == NEWEST:
            break
        rate = _rate_of(workspace, card, device)
        rates += [rate] if rate else []
    return rates


def _rate_of(workspace: Workspace, path: Path, device: str) -> float | None:
    """Return the seconds per megapixel of one trained model, None if its files do not record it."""
    try:
        card = read_card(path)
        if card is None:
            return None
        config = TrainConfig(**card.parameters)
        history = json.loads(workspace.model(path.stem).history.read_text("utf-8"))
        rate = median(row["tiles_seconds"] / (row["tiles"] * tile_work(config)) for row in history)
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, SunspotError):
        return None
    return rate if config.device == device and rate > 0 else None
