"""The recipe of the shipped model, and the drawings that each of its networks is trained and tested on.

A network is first trained on synthetic drawings, then in cycles on the real drawings of its split and a few synthetic
ones. `benchmarks/uset.py` runs the splits, and `benchmarks/judge.py` judges them.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.domain.labels.split import too_close
from sunspot_dash.domain.scoring.pooling import era
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.ml.checkpoint import Checkpoint, copy_weights, read_weights, save_weights
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.ml.dataset import Labelled, prepare
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.train import fit
from sunspot_dash.services.models.labelled import prepare_labelled
from sunspot_dash.synthetic import make_drawing

HERE = Path(__file__).resolve().parent
# Beside the checkout, or in it on a machine that has nothing else.
SHARED = next(
    (folder for root in HERE.parents[:2] if (folder := root / "shared" / "uset").exists()),
    HERE.parents[1] / "shared" / "uset",
)
IMAGES = SHARED / "labelled" / "images"
ANNOTATIONS = SHARED / "labelled" / "annotations" / "instances_default.json"
UNLABELLED = SHARED / "unlabelled"
OUTPUT = HERE / "output"
FOLDS: list[list[str]] = json.loads((HERE / "folds.json").read_text())["folds"]
# Frequency of each style: more of those common in the archive, and of those with few labels.
STYLES = ("1941", "1941", "1954", "bmp", "modern", "1940", "1941", "bmp", "modern", "bmp")
# A step of 192-px tiles costs 0.56 of one of 256 px, which show more context.
TILE, LAST_TILE = 192, 256
PRETRAIN = TrainConfig(
    model_name="synthetic",
    epochs=4,
    learning_rate=1e-3,
    tile_size=TILE,
    encoder_weights="none",
    validation_share=0,
)
FINE_TUNE = TrainConfig(
    model_name=PRETRAINED,
    epochs=7,
    learning_rate=1e-3,
    tile_size=TILE,
    encoder_weights="synthetic.pth",
    validation_share=0,
)
# Restarting from a high learning rate finds spots missed before. On one fold, F1 of the network alone rose with each of
# five cycles: 0.776, 0.788, 0.795, 0.839, 0.852.
CYCLES = (
    FINE_TUNE,
    *(
        FINE_TUNE.model_copy(update={"learning_rate": 7e-4, "seed": seed, "tile_size": LAST_TILE})
        for seed in range(1, 5)
    ),
)
# Synthetic drawings before the real ones, and in each cycle, so that rare styles are not forgotten.
PRETRAIN_DRAWINGS, SYNTHETIC = 80, 10
PRETRAIN_SEED, CYCLE_SEED = 3000, 5000
COARSE_FORM = "1110 px"
COARSE_SUFFIX = ".bmp"  # of the scans with 1110 px
CURVE = (5, 10, 20)  # drawings of the learning curve, which is measured on the last fold


@dataclass(frozen=True)
class Split:
    """The names of the real drawings that a network is trained on, and of those that it is tested on."""

    name: str
    training: list[str]
    test: list[str]

    @property
    def weights(self) -> Path:
        return OUTPUT / f"{self.name}.pth"

    @property
    def folder(self) -> Path:
        """Folder of the maps of the test drawings."""
        return OUTPUT / self.name


def form_of(name: str) -> str:
    """Return the form of a labelled drawing: its era, or COARSE_FORM."""
    return COARSE_FORM if name.endswith(COARSE_SUFFIX) else era(time_in_name(name))


def splits(coco: Coco) -> dict[str, Split]:
    """Return all splits by name: the folds, one without each form, and those of the learning curve."""
    names = sorted(coco.images)
    tests = {f"fold{number}": fold for number, fold in enumerate(FOLDS)}
    for form in sorted({form_of(name) for name in names}):
        tests[f"without-{form.replace(' ', '-')}"] = [name for name in names if form_of(name) == form]
    found = {name: Split(name, apart_from(test, names), test) for name, test in tests.items()}
    last = found[f"fold{len(FOLDS) - 1}"]
    mixed = np.random.default_rng(0).permutation(last.training).tolist()
    for count in CURVE:
        name = f"curve-{count}"
        found[name] = Split(name, sorted(mixed[:count]), last.test)
    return found


def apart_from(test: list[str], names: Iterable[str]) -> list[str]:
    """Return the drawings that are not in `test` and not within the embargo of one that is."""
    return [name for name in names if name not in test and not too_close(name, test)]


def synthetic(count: int, first_seed: int) -> list[Labelled]:
    """Return synthetic drawings at the model's scale."""
    with ProcessPoolExecutor(min(count, os.cpu_count() or 1)) as pool:
        return list(pool.map(_synthetic, range(count), [first_seed] * count))


def _synthetic(number: int, first_seed: int) -> Labelled:
    from sunspot_dash.domain.drawing.disk import fit_limb

    made = make_drawing(first_seed + number, STYLES[number % len(STYLES)])
    return prepare(made.name, made.image, fit_limb(made.image), made.polygons, FINE_TUNE.radius)


def learn(config: TrainConfig, drawings: list[Labelled], start: Path | None, weights: Path) -> None:
    """Train one cycle from some weights, and write its own; a checkpoint beside them lasts until then."""
    model = build_model(config.encoder, seed=config.seed)
    if start:
        copy_weights(model, read_weights(start)["state"], start.name)
    began = time.monotonic()

    def report(event: dict[str, Any]) -> None:
        if event["kind"] == "epoch" or event["step"] % 20 == 0:
            print(f"{time.monotonic() - began:6.0f} s  {event}", flush=True)

    checkpoint = Checkpoint(weights.with_suffix(".checkpoint"))
    state = fit(model, config, (drawings, []), checkpoint, report)
    assert state.best is not None
    save_weights(state.best, config.encoder, config.radius, weights)
    checkpoint.path.unlink()


def pretrain(device: str) -> Path:
    """Return the weights trained on synthetic drawings, training them if they are missing."""
    weights = OUTPUT / "synthetic.pth"
    if not weights.exists():
        OUTPUT.mkdir(exist_ok=True)
        config = PRETRAIN.model_copy(update={"device": device})
        learn(config, synthetic(PRETRAIN_DRAWINGS, PRETRAIN_SEED), None, weights)
    return weights


def fine_tune(names: list[str], weights: Path, device: str) -> None:
    """Train on the named drawings and a few synthetic ones, in cycles; those that are done are not repeated.

    The weights of each cycle are kept beside those of the last.
    """
    if weights.exists():
        return
    coco = load_coco(ANNOTATIONS)
    real = [prepare_labelled(IMAGES, name, coco, FINE_TUNE.radius) for name in names]
    start = pretrain(device)
    for cycle, config in enumerate(CYCLES):
        done = weights if cycle == len(CYCLES) - 1 else weights.with_suffix(f".{cycle}.pth")
        if not done.exists():
            drawings = real + synthetic(SYNTHETIC, CYCLE_SEED + SYNTHETIC * cycle)
            learn(config.model_copy(update={"device": device}), drawings, start, done)
        start = done
