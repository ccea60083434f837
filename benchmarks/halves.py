"""Train two small networks, each without one half of the date blocks, and run them on the half they never saw.

    python benchmarks/halves.py FOLDER        about 30 minutes on two CPU cores

They stand in for the five networks of `benchmarks/uset.py fold`, which take hours: weaker, without synthetic drawings
and without a candidate classifier, but every result in FOLDER/results is out of fold.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.uset import ANNOTATIONS, FOLDS, IMAGES, detect_all
from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.labels.split import too_close
from sunspot_dash.ml.checkpoint import Checkpoint, save_weights
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.train import fit
from sunspot_dash.services.models.labelled import prepare_labelled

HALVES = ((0, 4), (1, 2, 3))  # folds held out; both sides of each have old, white and 1110-px forms
CONFIG = TrainConfig(
    model_name="half", epochs=3, tile_size=192, radius=740, encoder_weights="none", validation_share=0
)


def main(folder: Path) -> None:
    """Train and run both networks; a network that is already in the folder is not trained again."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, folds in enumerate(HALVES):
        held_out = [name for fold in folds for name in FOLDS[fold]]
        weights = folder / f"half{number}.pth"
        if not weights.exists():
            train(weights, held_out)
        detect_all(weights, [IMAGES / name for name in held_out], folder / "results")


def train(weights: Path, held_out: list[str]) -> None:
    """Train on the drawings that are not held out, nor within the embargo of one that is."""
    coco = load_coco(ANNOTATIONS)
    names = [n for n in sorted(coco.images) if n not in held_out and not too_close(n, held_out)]
    drawings = [prepare_labelled(IMAGES, name, coco, CONFIG.radius) for name in names]

    def report(event: dict[str, Any]) -> None:
        if event["kind"] == "epoch":
            print(f"{weights.stem}, {len(names)} drawings: {event}", flush=True)

    model = build_model(CONFIG.encoder, seed=CONFIG.seed)
    state = fit(model, CONFIG, (drawings, []), Checkpoint(weights.with_suffix(".checkpoint")), report)
    assert state.best is not None
    save_weights(state.best, CONFIG.encoder, CONFIG.radius, weights)


if __name__ == "__main__":
    typer.run(main)
