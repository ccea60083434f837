"""Train the shipped model, and measure its recipe on drawings that it never saw.

    python benchmarks/uset.py pretrain        synthetic drawings only: where every fold starts
    python benchmarks/uset.py fold K          K = 0..4: train without the fold's date blocks, run over them
    python benchmarks/uset.py ship            all labelled drawings: data/pretrained/uset.pth
    python benchmarks/uset.py report          the figures, from what the folds found
    python benchmarks/uset.py card            the same figures and threshold into the shipped card

The real drawings are read from ../shared/uset. Weights and detections go to benchmarks/output (not tracked).
"""

from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.blocks import too_close
from sunspot_dash.domain.coco import Coco, load_coco
from sunspot_dash.domain.matching import DrawingScore
from sunspot_dash.domain.pooling import observer_agreement, pool
from sunspot_dash.io.images import list_images, read_rgb
from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.ml.checkpoint import copy_weights, read_weights, save_weights
from sunspot_dash.ml.config import FLOOR, ModelCard, TrainConfig
from sunspot_dash.ml.dataset import Labelled, prepare
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.train import State, fit
from sunspot_dash.services.evaluation import Evaluation, score_result, table
from sunspot_dash.services.inference import LoadedModel, analyse
from sunspot_dash.services.training import PACKAGES, prepare_labelled
from sunspot_dash.synthetic import make_drawing
from sunspot_dash.workspace import PRETRAINED, atomic_write_text, file_sha256, pretrained_dir

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "uset"
LABELLED = SHARED / "labelled"
OUTPUT = HERE / "output"
FOLDS: list[list[str]] = json.loads((HERE / "folds.json").read_text())["folds"]
# How often each kind of sheet is drawn: what the real archive has most of, and what it has least labels of.
STYLES = ("1941", "1941", "1954", "bmp", "modern", "1940", "1941", "bmp", "modern", "1941")
PRETRAIN = TrainConfig(
    model_name="synthetic", epochs=4, learning_rate=1.5e-3, encoder_weights="none", validation_share=0
)
FINE_TUNE = TrainConfig(
    model_name=PRETRAINED, epochs=5, learning_rate=1e-3, encoder_weights="synthetic.pth", validation_share=0
)
# Synthetic drawings among the real ones of a fine-tuning: they keep rare kinds of sheets in sight.
SYNTHETIC = 8
TERMS = (
    "Trained on scans of the Uccle Solar Equatorial Table (USET), Royal Observatory of Belgium, Brussels: "
    "private, educational and scientific use with the source named, no commercial use."
)
app = typer.Typer(no_args_is_help=True, help=__doc__)


def synthetic(count: int, first_seed: int) -> list[Labelled]:
    """Synthetic drawings at the model's scale."""
    from sunspot_dash.domain.disk import fit_limb

    drawings = [make_drawing(first_seed + i, STYLES[i % len(STYLES)]) for i in range(count)]
    return [prepare(d.name, d.image, fit_limb(d.image), d.polygons, FINE_TUNE.radius) for d in drawings]


def labelled(names: list[str], coco: Coco) -> list[Labelled]:
    return [prepare_labelled(LABELLED / "images" / name, coco, FINE_TUNE.radius) for name in names]


def learn(config: TrainConfig, drawings: list[Labelled], start: Path | None, name: str) -> State:
    model = build_model(config.encoder, seed=config.seed)
    if start:
        copy_weights(model, read_weights(start)["state"], start.name)
    began = time.monotonic()

    def report(event: dict[str, Any]) -> None:
        if event["kind"] == "epoch" or event["step"] % 20 == 0:
            print(f"{time.monotonic() - began:6.0f} s  {event}", flush=True)

    OUTPUT.mkdir(exist_ok=True)
    checkpoint = OUTPUT / f"{name}.checkpoint"
    state = fit(model, config, (drawings, []), checkpoint, report)
    checkpoint.unlink()
    assert state.best is not None
    return state


@app.command()
def pretrain(drawings: int = 90) -> None:
    """Learn from synthetic drawings only."""
    state = learn(PRETRAIN, synthetic(drawings, 1000), None, "synthetic")
    save_weights(state.best, PRETRAIN.encoder, PRETRAIN.radius, OUTPUT / "synthetic.pth")


@app.command()
def fold(number: int) -> None:
    """Train without one fold's date blocks and run over them; candidates go to output/fold{number}."""
    coco = load_coco(LABELLED / "annotations" / "instances_default.json")
    test = FOLDS[number]
    training = [name for name in sorted(coco.images) if name not in test and not too_close(name, test)]
    print(f"fold {number}: {len(training)} drawings to train on, {len(test)} held out")
    drawings = labelled(training, coco) + synthetic(SYNTHETIC, 5000)
    state = learn(FINE_TUNE, drawings, OUTPUT / "synthetic.pth", f"fold{number}")
    weights = OUTPUT / f"fold{number}.pth"
    save_weights(state.best, FINE_TUNE.encoder, FINE_TUNE.radius, weights)
    detect_all(weights, [LABELLED / "images" / name for name in test], OUTPUT / f"fold{number}")


@app.command()
def ship() -> None:
    """Train on every labelled drawing and a few synthetic ones; write the shipped model and its card."""
    coco = load_coco(LABELLED / "annotations" / "instances_default.json")
    real = labelled(sorted(coco.images), coco)
    state = learn(FINE_TUNE, real + synthetic(SYNTHETIC, 5000), OUTPUT / "synthetic.pth", PRETRAINED)
    weights = pretrained_dir() / f"{PRETRAINED}.pth"
    weights.parent.mkdir(parents=True, exist_ok=True)
    save_weights(state.best, FINE_TUNE.encoder, FINE_TUNE.radius, weights)
    card()
    detect_all(weights, list_images(SHARED / "unlabelled"), OUTPUT / "unlabelled")


@app.command()
def card() -> None:
    """Write the shipped model's card; its threshold and figures are those of the folds that have run."""
    import platform
    from importlib.metadata import version

    weights = pretrained_dir() / f"{PRETRAINED}.pth"
    labels = load_coco(LABELLED / "annotations" / "instances_default.json").annotations
    spots = sum(len(on_drawing) for on_drawing in labels.values())
    measured = figures()
    content = ModelCard(
        name=PRETRAINED,
        encoder=FINE_TUNE.encoder,
        radius=FINE_TUNE.radius,
        threshold=measured.get("threshold", ModelCard.model_fields["threshold"].default),
        parameters=FINE_TUNE.model_dump(),
        metrics=measured,
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        weights_sha256=file_sha256(weights),
        trained_on=f"{len(labels)} labelled USET drawings of 1940-2024 ({spots} spots) and synthetic drawings; the "
        "metrics are of models trained alike on four fifths of them, on the drawings they never saw",
        terms=TERMS,
    )
    atomic_write_text(weights.with_suffix(".json"), content.model_dump_json(indent=1) + "\n")


def detect_all(weights: Path, paths: list[Path], folder: Path) -> None:
    """Keep every candidate above the floor; the report chooses thresholds."""
    model = LoadedModel.load(weights, "auto")
    for path in paths:
        write_result(folder, analyse(model, path.name, read_rgb(path), file_sha256(path), FLOOR))


@app.command()
def report(json_file: Path = OUTPUT / "report.json") -> None:
    """Print what the folds found: spot scores out of fold, and counts against the observers' totals."""
    content = figures(printed=True)
    json_file.write_text(json.dumps(content, indent=1) + "\n")


def figures(printed: bool = False) -> dict[str, Any]:
    """Every figure of the folds. Each fold's threshold is the best of the other folds, never its own."""
    coco = load_coco(LABELLED / "annotations" / "instances_default.json")
    results = {k: list(stream_results(OUTPUT / f"fold{k}")) for k in range(len(FOLDS))}
    results = {k: found for k, found in results.items() if found}
    if not results:
        return {}
    steps = [round(0.01 * i, 2) for i in range(15, 90)]
    quick = {
        (k, t): pool(score_result(r.recounted(t), coco, masks=False) for r in found).spots
        for k, found in results.items()
        for t in steps
    }

    def best(folds: list[int]) -> float:
        return max(steps, key=lambda t: sum((quick[k, t] for k in folds[1:]), quick[folds[0], t]).f1 or 0)

    scores: list[DrawingScore] = []
    counts: dict[str, int] = {}
    thresholds: dict[int, float] = {}
    for k, found in results.items():
        others = [other for other in results if other != k]
        thresholds[k] = best(others or [k])
        for result in found:
            scores.append(score_result(result.recounted(thresholds[k]), coco))
            counts[result.name] = len(result.counted(thresholds[k]))
    overall = best(list(results))
    for result in stream_results(OUTPUT / "unlabelled"):
        counts[result.name] = len(result.counted(overall))
    rows = list(csv.DictReader((SHARED / "observer_totals.csv").open()))
    agreement = observer_agreement(counts, rows)
    blank = {
        name: counts[name] for name in counts if any(r["file"] == name and r["spots"] == "0" for r in rows)
    }
    pooled = pool(scores)
    if printed:
        print(table(Evaluation("out of fold", "-", overall, scores, pooled)))
        print(f"thresholds by fold {thresholds}; shipped {overall}")
        print(f"against the observers' totals: {agreement}")
        print({row["file"]: (row["spots"], counts[row["file"]]) for row in rows if row["file"] in counts})
        print(f"blank disks: {blank}")
    return {
        "threshold": overall,
        "thresholds_by_fold": thresholds,
        "out_of_fold": pooled.as_dict(),
        "observers": vars(agreement),
        "blank_disks": blank,
    }


if __name__ == "__main__":
    app()
