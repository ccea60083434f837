"""Train the shipped model, and evaluate its recipe on held-out drawings.

    python benchmarks/uset.py pretrain        synthetic drawings only: starting point of every fold
    python benchmarks/uset.py fold K          K = 0..4: train without the fold's date blocks, then run on them
    python benchmarks/uset.py maps K          repeat the second half: run on the fold
    python benchmarks/uset.py train           all labelled drawings: the network that is shipped
    python benchmarks/uset.py ship            the model with a candidate classifier from the folds, and its card
    python benchmarks/uset.py report          the scores of the folds

The real drawings are read from the folder `shared/uset` beside the checkout. Weights and detections go to
benchmarks/output (not tracked). Every score is from drawings not used for the network, the candidate classifier or the
threshold.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.candidates import Folds, keep_maps
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.domain.labels.split import too_close
from sunspot_dash.domain.scoring.matching import DrawingScore
from sunspot_dash.domain.scoring.pooling import observer_agreement, pool
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.files import atomic_write_text, file_sha256
from sunspot_dash.io.folders import list_folder
from sunspot_dash.io.images import read_rgb
from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.ml.checkpoint import Checkpoint, copy_weights, read_weights, save_weights
from sunspot_dash.ml.config import FLOOR, ModelCard, TrainConfig
from sunspot_dash.ml.dataset import Labelled, prepare
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.train import State, fit
from sunspot_dash.services.models.detector import LoadedModel, analyse
from sunspot_dash.services.models.evaluation import Evaluation, score_result, table
from sunspot_dash.services.models.labelled import prepare_labelled
from sunspot_dash.services.models.training_outputs import PACKAGES
from sunspot_dash.synthetic import make_drawing
from sunspot_dash.workspace import pretrained_dir

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "uset"
IMAGES = SHARED / "labelled" / "images"
ANNOTATIONS = SHARED / "labelled" / "annotations" / "instances_default.json"
OUTPUT = HERE / "output"
NETWORK = OUTPUT / f"{PRETRAINED}.pth"
FAIR_BIAS = 0.03
THRESHOLDS = [round(0.01 * i, 2) for i in range(15, 90)]
FOLDS: list[list[str]] = json.loads((HERE / "folds.json").read_text())["folds"]
# Frequency of each style: more of those common in the archive, and of those with few labels.
STYLES = ("1941", "1941", "1954", "bmp", "modern", "1940", "1941", "bmp", "modern", "1941")
# A step of 192-px tiles costs 0.56 of one of 256 px; the last two cycles use large tiles for more context.
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
# Restarting from a high learning rate finds spots missed before.
CYCLES = (
    FINE_TUNE,
    FINE_TUNE.model_copy(update={"learning_rate": 7e-4, "seed": 1}),
    FINE_TUNE.model_copy(update={"learning_rate": 7e-4, "seed": 2, "tile_size": LAST_TILE}),
    FINE_TUNE.model_copy(update={"learning_rate": 7e-4, "seed": 3, "tile_size": LAST_TILE}),
)
# Synthetic drawings per cycle, so that rare styles are not forgotten.
SYNTHETIC = 8
TERMS = (
    "Trained on scans of the Uccle Solar Equatorial Table (USET), Royal Observatory of Belgium, Brussels: "
    "private, educational and scientific use with the source named, no commercial use."
)
app = typer.Typer(no_args_is_help=True, help=__doc__)


def synthetic(count: int, first_seed: int) -> list[Labelled]:
    """Return synthetic drawings at the model's scale."""
    from sunspot_dash.domain.drawing.disk import fit_limb

    drawings = [make_drawing(first_seed + i, STYLES[i % len(STYLES)]) for i in range(count)]
    return [prepare(d.name, d.image, fit_limb(d.image), d.polygons, FINE_TUNE.radius) for d in drawings]


def labelled(names: list[str], coco: Coco) -> list[Labelled]:
    """Return labelled drawings at the model's scale."""
    return [prepare_labelled(IMAGES, name, coco, FINE_TUNE.radius) for name in names]


def learn(config: TrainConfig, drawings: list[Labelled], start: Path | None, name: str) -> State:
    """Train one cycle, with a checkpoint."""
    model = build_model(config.encoder, seed=config.seed)
    if start:
        copy_weights(model, read_weights(start)["state"], start.name)
    began = time.monotonic()

    def report(event: dict[str, Any]) -> None:
        if event["kind"] == "epoch" or event["step"] % 20 == 0:
            print(f"{time.monotonic() - began:6.0f} s  {event}", flush=True)

    OUTPUT.mkdir(exist_ok=True)
    checkpoint = Checkpoint(OUTPUT / f"{name}.checkpoint")
    state = fit(model, config, (drawings, []), checkpoint, report)
    checkpoint.path.unlink()
    assert state.best is not None
    return state


@app.command()
def pretrain(drawings: int = 80) -> None:
    """Train on synthetic drawings only."""
    state = learn(PRETRAIN, synthetic(drawings, 3000), None, "synthetic")
    assert state.best is not None
    save_weights(state.best, PRETRAIN.encoder, PRETRAIN.radius, OUTPUT / "synthetic.pth")


def fine_tune(names: list[str], coco: Coco, weights: Path, first_cycle: int) -> None:
    """Train on the named drawings and a few synthetic ones, in cycles; write the weights after each."""
    start = weights if first_cycle else OUTPUT / "synthetic.pth"
    for cycle, config in list(enumerate(CYCLES))[first_cycle:]:
        drawings = labelled(names, coco) + synthetic(SYNTHETIC, 5000 + SYNTHETIC * cycle)
        state = learn(config, drawings, start, f"{weights.stem}-{cycle}")
        assert state.best is not None
        save_weights(state.best, config.encoder, config.radius, weights)
        start = weights


@app.command()
def fold(number: int, cycle: int = 0) -> None:
    """Train without one fold's date blocks, and run on them as `maps` does."""
    coco = load_coco(ANNOTATIONS)
    test = FOLDS[number]
    training = [name for name in sorted(coco.images) if name not in test and not too_close(name, test)]
    print(f"fold {number}: {len(training)} drawings to train on, {len(test)} held out")
    fine_tune(training, coco, OUTPUT / f"fold{number}.pth", cycle)
    maps(number)


@app.command()
def maps(number: int) -> None:
    """Run a fold's network on its held-out drawings; the maps go to output/fold{number}."""
    kept = OUTPUT / f"fold{number}"
    keep_maps(
        kept.with_suffix(".pth"), [IMAGES / name for name in FOLDS[number]], kept, load_coco(ANNOTATIONS)
    )


@app.command()
def train(cycle: int = 0) -> None:
    """Train on every labelled drawing, starting at a cycle; the weights go to output/uset.pth."""
    coco = load_coco(ANNOTATIONS)
    fine_tune(sorted(coco.images), coco, NETWORK, cycle)


@app.command()
def ship() -> None:
    """Write the shipped model and its card, with threshold and scores from the folds."""
    weights = pretrained_dir() / f"{PRETRAINED}.pth"
    weights.parent.mkdir(parents=True, exist_ok=True)
    folds = read_folds()
    save_weights(
        read_weights(NETWORK)["state"],
        FINE_TUNE.encoder,
        FINE_TUNE.radius,
        weights,
        folds.ensemble(),
    )
    write_card(weights, {})
    detect_all(weights, list_folder(SHARED / "unlabelled").images, OUTPUT / "unlabelled")
    write_card(weights, figures(folds, printed=True))


def write_card(weights: Path, measured: dict[str, Any]) -> None:
    """Write the model card beside the weights."""
    import platform
    from importlib.metadata import version

    labels = load_coco(ANNOTATIONS).annotations
    spots = sum(len(on_drawing) for on_drawing in labels.values())
    content = ModelCard(
        name=PRETRAINED,
        encoder=FINE_TUNE.encoder,
        radius=FINE_TUNE.radius,
        threshold=measured.get("threshold", ModelCard.model_fields["threshold"].default),
        parameters={**FINE_TUNE.model_dump(), "cycles": [cycle.model_dump() for cycle in CYCLES]},
        split={"training": sorted(labels), "validation": []},
        metrics=measured,
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        weights_sha256=file_sha256(weights),
        trained_on=f"{len(labels)} labelled USET drawings of 1940-2024 ({spots} spots) and synthetic drawings; the "
        "metrics are of models trained alike on four fifths of them, on the drawings they never saw",
        terms=TERMS,
    )
    atomic_write_text(weights.with_suffix(".json"), content.model_dump_json(indent=1) + "\n")


def detect_all(weights: Path, paths: list[Path], folder: Path) -> None:
    """Store every candidate above the floor; the report chooses thresholds."""
    model = LoadedModel.load(weights, "auto")
    for path in paths:
        write_result(folder, analyse(model, path.name, read_rgb(path), file_sha256(path), FLOOR))


def read_folds() -> Folds:
    """Read the maps of the folds that have been run."""
    return Folds.read(OUTPUT, len(FOLDS), IMAGES, load_coco(ANNOTATIONS), FINE_TUNE.radius)


@app.command()
def report(json_file: Path = OUTPUT / "report.json") -> None:
    """Print the held-out spot scores, and counts compared with the observers' totals."""
    content = figures(read_folds(), printed=True)
    json_file.write_text(json.dumps(content, indent=1) + "\n")


def figures(folds: Folds, printed: bool = False) -> dict[str, Any]:
    """Compute all scores: each fold with a classifier and threshold from the other folds."""
    numbers = sorted(folds.drawings)
    if len(numbers) < 3:
        raise typer.BadParameter(
            "run at least three folds first: the candidate classifier is fitted to all but two"
        )
    pairs = {frozenset(pair) for pair in combinations(numbers, 2)}
    ensembles = {without: folds.ensemble(without) for without in pairs | {frozenset({k}) for k in numbers}}

    def best(rescored: dict[int, list[DrawingResult]]) -> float:
        tallies = {
            t: pool(
                score_result(r.recounted(t), folds.coco, masks=False)
                for found in rescored.values()
                for r in found
            )
            for t in THRESHOLDS
        }
        # F1 is flat around its maximum: among those thresholds, use one with nearly unbiased counts.
        fair = [t for t in THRESHOLDS if abs(tallies[t].count_bias or 0) <= FAIR_BIAS]
        return max(fair or THRESHOLDS, key=lambda t: tallies[t].spots.f1 or 0)

    scores: list[DrawingScore] = []
    counts: dict[str, int] = {}
    thresholds: dict[int, float] = {}
    out_of_fold: dict[int, list[DrawingResult]] = {}
    for k in numbers:
        thresholds[k] = best({j: folds.rescored(j, ensembles[frozenset({j, k})]) for j in numbers if j != k})
        out_of_fold[k] = folds.rescored(k, ensembles[frozenset({k})])
        for result in out_of_fold[k]:
            scores.append(score_result(result.recounted(thresholds[k]), folds.coco))
            counts[result.name] = len(result.counted(thresholds[k]))
            write_result(OUTPUT / "judged", result.recounted(thresholds[k]))
    overall = best(out_of_fold)
    for result in stream_results(OUTPUT / "unlabelled"):
        counts[result.name] = len(result.counted(overall))
    rows = list(csv.DictReader((SHARED / "observer_totals.csv").open()))
    agreement = observer_agreement(counts, rows)
    blank_disks = {
        name: counts[name] for name in counts if any(r["file"] == name and r["spots"] == "0" for r in rows)
    }
    pooled = pool(scores)
    network_only = {k: folds.network_only(k) for k in numbers}
    network_threshold = best(network_only)
    network = pool(
        score_result(r.recounted(network_threshold), folds.coco, masks=False)
        for f in network_only.values()
        for r in f
    )
    if printed:
        print(table(Evaluation("out of fold", "-", overall, scores, pooled)))
        print(f"thresholds by fold {thresholds}; shipped {overall}")
        print(f"the network alone, at its own best threshold {network_threshold}: F1 {network.spots.f1:.3f}")
        print(f"against the observers' totals: {agreement}")
        print({row["file"]: (row["spots"], counts[row["file"]]) for row in rows if row["file"] in counts})
        print(f"blank disks: {blank_disks}")
    return {
        "threshold": overall,
        "thresholds_by_fold": thresholds,
        "out_of_fold": pooled.as_dict(),
        "network_alone_f1": network.spots.f1,
        "observers": vars(agreement),
        "blank_disks": blank_disks,
    }


if __name__ == "__main__":
    app()
