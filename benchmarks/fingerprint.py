"""Print hashes of a model's detections and of a training's weights and losses, to compare two versions of the code.

    python benchmarks/fingerprint.py IMAGES LABELLED > before.txt     # on the old commit
    python benchmarks/fingerprint.py IMAGES LABELLED | diff before.txt -

IMAGES is a folder of drawings for the shipped model; LABELLED contains images/ and annotations/instances_default.json,
on which a small model is trained for two epochs. Everything runs on the CPU. Recorded times are ignored.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.ml.checkpoint import read_weights
from sunspot_dash.ml.config import InferConfig, TrainConfig
from sunspot_dash.services.models.inference import infer_folder
from sunspot_dash.services.models.training import train_model
from sunspot_dash.workspace import Workspace

SMALL = {"epochs": 2, "radius": 256, "tile_size": 128, "encoder_weights": "none", "device": "cpu"}


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("images", type=Path)
    parser.add_argument("labelled", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder) / "data").create()
        for name, digest in {
            **inference(space, arguments.images),
            **training(space, arguments.labelled),
        }.items():
            print(f"{digest}  {name}")
    return 0


def inference(space: Workspace, images: Path) -> dict[str, str]:
    """Return hashes of the tables, features and masks from the shipped model."""
    infer_folder(space, "uset", images, InferConfig(device="cpu"))
    tables = sorted(path for path in space.inference_results.glob("*") if path.is_file())
    masks = sorted(space.segmented.glob("*_mask.png"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (*tables, *masks)}


def training(space: Workspace, labelled: Path) -> dict[str, str]:
    """Return hashes of the weights and losses of two epochs."""
    shutil.copytree(labelled / "images", space.images, dirs_exist_ok=True)
    shutil.copyfile(labelled / "annotations" / space.annotations_file.name, space.annotations_file)
    outcome = train_model(space, TrainConfig(model_name="fingerprint", **SMALL))
    digest = hashlib.sha256()
    for name, values in sorted(read_weights(outcome.weights)["state"].items()):
        digest.update(name.encode() + values.numpy().tobytes())
    losses = [{key: value for key, value in row.items() if key != "seconds"} for row in outcome.history]
    return {
        "weights": digest.hexdigest(),
        "losses": hashlib.sha256(json.dumps(losses).encode()).hexdigest(),
    }


if __name__ == "__main__":
    sys.exit(main())
