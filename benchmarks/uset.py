"""Train the shipped model, and judge its recipe on drawings that were held out.

    python benchmarks/uset.py folds           all five folds, one after the other on a CPU, at once on a GPU
    python benchmarks/uset.py extra           as many networks without a form, and with fewer drawings
    python benchmarks/uset.py split NAME      one of these networks, trained and run on its held-out drawings
    python benchmarks/uset.py train           the network that is shipped, on all labelled drawings
    python benchmarks/uset.py ship            the model with a candidate classifier from the folds, and its card
    python benchmarks/uset.py report          every figure of the accuracy, from what has been trained
    python benchmarks/uset.py all             all of these

Each step leaves its results in benchmarks/output (not tracked) and is left out if they are there. The real drawings are
read from the folder `shared/uset` beside the checkout, or in it. Nothing is downloaded. Every score is from drawings
not used for the network, the candidate classifier or the threshold.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.candidates import Folds, keep_maps
from benchmarks.judge import Report, judge
from benchmarks.recipe import (
    ANNOTATIONS,
    CYCLES,
    FINE_TUNE,
    FOLDS,
    IMAGES,
    OUTPUT,
    SHARED,
    UNLABELLED,
    fine_tune,
    pretrain,
    splits,
)
from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.files import atomic_write_text, file_sha256
from sunspot_dash.io.folders import list_folder
from sunspot_dash.io.images import read_rgb
from sunspot_dash.io.results import write_result
from sunspot_dash.ml.checkpoint import read_weights, save_weights
from sunspot_dash.ml.config import FLOOR, ModelCard
from sunspot_dash.ml.validate import object_scores
from sunspot_dash.services.models.detector import LoadedModel, analyse
from sunspot_dash.services.models.labelled import prepare_labelled
from sunspot_dash.services.models.training_outputs import PACKAGES
from sunspot_dash.workspace import pretrained_dir

NETWORK = OUTPUT / f"{PRETRAINED}.pth"
WEIGHTS = pretrained_dir() / f"{PRETRAINED}.pth"
ON_UNLABELLED = OUTPUT / "unlabelled"
TERMS = (
    "Trained on scans of the Uccle Solar Equatorial Table (USET), Royal Observatory of Belgium, Brussels: "
    "private, educational and scientific use with the source named, no commercial use."
)
Device = Annotated[str, typer.Option(help="auto, cpu or cuda")]
AtOnce = Annotated[int, typer.Option(help="networks trained at the same time; 0: all on a GPU, one on a CPU")]
app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.command()
def split(name: str, device: Device = "auto") -> None:
    """Train one network without its test drawings, and run it on them; the maps go to output/NAME."""
    coco = load_coco(ANNOTATIONS)
    one = splits(coco)[name]
    print(f"{name}: {len(one.training)} drawings to train on, {len(one.test)} held out", flush=True)
    fine_tune(one.training, one.weights, device)
    keep_maps(one.weights, [IMAGES / test for test in one.test], one.folder, coco, device)


@app.command()
def folds(device: Device = "auto", at_once: AtOnce = 0) -> None:
    """Train the networks of all folds, and run each on its fold."""
    run([name for name in splits(load_coco(ANNOTATIONS)) if name.startswith("fold")], device, at_once)


@app.command()
def extra(device: Device = "auto", at_once: AtOnce = 0) -> None:
    """Train the networks without a form and with fewer drawings, and run each on its test drawings."""
    run([name for name in splits(load_coco(ANNOTATIONS)) if not name.startswith("fold")], device, at_once)


def run(names: list[str], device: str, at_once: int) -> None:
    """Train the networks of splits that have no maps yet, each in a process of its own."""
    import torch

    on_gpu = device.startswith("cuda") or (device == "auto" and torch.cuda.is_available())
    began = time.monotonic()
    pretrain(device)
    known = splits(load_coco(ANNOTATIONS))
    todo = [name for name in names if len(list(known[name].folder.glob("*.npz"))) < len(known[name].test)]

    def one(name: str) -> None:
        with (OUTPUT / f"{name}.log").open("w") as log:
            command = [sys.executable, __file__, "split", name, "--device", device]
            subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=True)
        print(f"{time.monotonic() - began:6.0f} s  {name}", flush=True)

    with ThreadPoolExecutor(at_once or (len(names) if on_gpu else 1)) as pool:
        list(pool.map(one, todo))


@app.command()
def train(device: Device = "auto") -> None:
    """Train on every labelled drawing; the weights go to output/uset.pth."""
    fine_tune(sorted(load_coco(ANNOTATIONS).images), NETWORK, device)


@app.command()
def ship(device: Device = "auto") -> None:
    """Write the shipped model and its card, with threshold, calibration and scores from the folds."""
    weights = WEIGHTS
    weights.parent.mkdir(parents=True, exist_ok=True)
    coco = load_coco(ANNOTATIONS)
    ensemble = Folds.read(OUTPUT, len(FOLDS), IMAGES, coco, FINE_TUNE.radius).ensemble()
    save_weights(read_weights(NETWORK)["state"], FINE_TUNE.encoder, FINE_TUNE.radius, weights, ensemble)
    write_card(weights, None)
    model = LoadedModel.load(weights, device)
    for path in list_folder(UNLABELLED).images:
        # Every candidate above the floor; the report chooses thresholds.
        write_result(ON_UNLABELLED, analyse(model, path.name, read_rgb(path), file_sha256(path), FLOOR))
    found = report()
    found.figures["proposed"] = proposed_share(model)
    write_card(weights, found)


@app.command()
def report(json_file: Path = OUTPUT / "report.json") -> Report:
    """Print every figure of the accuracy, and write them as JSON."""
    found = judge(OUTPUT, ON_UNLABELLED, SHARED, WEIGHTS)
    print(found.text)
    json_file.write_text(json.dumps(found.figures, indent=1) + "\n")
    return found


@app.command(name="all")
def everything(device: Device = "auto", at_once: AtOnce = 0) -> None:
    """Train, ship and report."""
    folds(device, at_once)
    extra(device, at_once)
    train(device)
    ship(device)


def proposed_share(model: LoadedModel) -> float:
    """Return the share of the model's candidates on the labelled drawings that the small network proposes."""
    coco = load_coco(ANNOTATIONS)
    drawings = [prepare_labelled(IMAGES, name, coco, FINE_TUNE.radius) for name in sorted(coco.images)]
    return object_scores(model.network, None, drawings, FINE_TUNE.radius, model.device)["proposed"]


def write_card(weights: Path, found: Report | None) -> None:
    """Write the model card beside the weights; without a report only what inference needs."""
    labels = load_coco(ANNOTATIONS).annotations
    spots = sum(len(on_drawing) for on_drawing in labels.values())
    measured: dict[str, Any] = {}
    if found is not None:
        measured = {
            "threshold": found.threshold,
            "calibration": found.calibration,
            "metrics": found.figures,
        }
    content = ModelCard(
        name=PRETRAINED,
        encoder=FINE_TUNE.encoder,
        radius=FINE_TUNE.radius,
        parameters={**FINE_TUNE.model_dump(), "cycles": [cycle.model_dump() for cycle in CYCLES]},
        split={"training": sorted(labels), "validation": []},
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        weights_sha256=file_sha256(weights),
        trained_on=f"{len(labels)} labelled USET drawings of 1940-2024 ({spots} spots) and synthetic drawings; the "
        "metrics are of models trained alike on four fifths of them, on the drawings they never saw",
        terms=TERMS,
        **measured,
    )
    atomic_write_text(weights.with_suffix(".json"), content.model_dump_json(indent=1) + "\n")


if __name__ == "__main__":
    app()
