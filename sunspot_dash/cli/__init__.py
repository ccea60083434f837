"""The command line: parse, call one service, print. Errors become one sentence and an exit code here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from sunspot_dash.cli import export, jobs, series, serve, sun, worker
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.ml.config import ENCODERS, FLOOR, InferConfig, TrainConfig, explain
from sunspot_dash.progress import ProgressLines
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Find and count sunspots on scanned drawings. `serve`, or no command at all, shows the dashboard in the "
    "browser; `COMMAND --help` explains each.",
)
app.add_typer(jobs.app, name="jobs")
app.command("worker")(worker.worker)
app.command("serve")(serve.serve)
app.command("ephemeris")(sun.ephemeris)
app.command("check-orientation")(sun.check_orientation)
app.command("series")(series.series)
app.command("compare-silso")(series.compare_silso)
app.command("compare-observers")(series.compare_observers)
app.command("export")(export.export)
DEFAULTS = TrainConfig(model_name="default")


def main() -> None:
    """Run the command line; an error the user can act on is one sentence on stderr and exit code 1."""
    try:
        app(sys.argv[1:] or ["serve"])
    except ValidationError as error:
        asked = next(config for config in (TrainConfig, InferConfig) if config.__name__ == error.title)
        sys.exit(f"error: {explain(error, asked, prefix='--')}")
    except SunspotError as error:
        sys.exit(f"error: {error}")


@app.command("convert-annotations")
def convert_annotations(
    images_dir: Annotated[Path, typer.Option(help="folder of the labelled images")],
    annotations_path: Annotated[Path, typer.Option(help="COCO file (instances_default.json)")],
    masks_dir: Annotated[Path, typer.Option(help="folder for the masks; made if missing")],
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Turn COCO polygons and RLE into black and white masks, one a labelled image, of its size."""
    from sunspot_dash.services.dataset import convert

    outcome = convert.convert_annotations(images_dir, annotations_path, masks_dir, ProgressLines(typer.echo))
    typer.echo(str(outcome))
    if not outcome.images and not outcome.blank:
        raise typer.Exit(1)


@app.command("filter-labeled")
def filter_labeled(
    images_dir: Annotated[Path, typer.Option(help="folder of images, labelled and not")],
    annotations_path: Annotated[Path, typer.Option(help="COCO file (instances_default.json)")],
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Copy only the labelled images, with their annotations, to segmented_dataset/labelled."""
    from sunspot_dash.services.dataset import convert

    typer.echo(
        str(
            convert.filter_labelled(
                images_dir, annotations_path, Workspace(workspace).existing(), ProgressLines(typer.echo)
            )
        )
    )


@app.command()
def train(
    context: typer.Context,
    model_name: Annotated[str, typer.Option(help="name of the new model")],
    epochs: Annotated[int, typer.Option(help="passes over the tiles")] = DEFAULTS.epochs,
    batch_size: Annotated[int, typer.Option(help="tiles a step")] = DEFAULTS.batch_size,
    learning_rate: Annotated[float, typer.Option(help="peak step size")] = DEFAULTS.learning_rate,
    tile_size: Annotated[
        int, typer.Option(help="side of a tile in px, a multiple of 16")
    ] = DEFAULTS.tile_size,
    penalty_weight: Annotated[
        float, typer.Option(help="weight of class 1: missed sunspots")
    ] = DEFAULTS.penalty_weight,
    encoder: Annotated[str, typer.Option(help=f"one of {', '.join(ENCODERS)}")] = DEFAULTS.encoder,
    encoder_weights: Annotated[
        str, typer.Option(help="auto (the shipped model where it fits), none, imagenet, or a .pth file")
    ] = DEFAULTS.encoder_weights,
    radius: Annotated[int, typer.Option(help="disk radius in the network's eyes, px")] = DEFAULTS.radius,
    seed: Annotated[int, typer.Option(help="repeats a training exactly, on CPU")] = DEFAULTS.seed,
    validation_share: Annotated[
        float, typer.Option(help="share kept for validation, by date block")
    ] = DEFAULTS.validation_share,
    patience: Annotated[
        int, typer.Option(help="stop after so many epochs without a better one; 0: never")
    ] = DEFAULTS.patience,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = DEFAULTS.device,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace a model of this name")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="go on from the last finished epoch, with the parameters it was started with"
        ),
    ] = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Train a U-Net on the drawings in dataset/images and their labels in dataset/annotations.

    Writes output/trained_models/NAME.pth and .json, output/logs/NAME_training.log and
    output/training_plots/NAME_learning_curve.png. Ctrl-C ends it; --resume goes on.
    """
    values = {key: value for key, value in locals().items() if key in TrainConfig.model_fields}
    from sunspot_dash.services.models.training import train_model
    from sunspot_dash.services.models.training_run import default_run, stored_config

    if resume and overwrite:
        raise ParameterError("--resume goes on with a training and --overwrite replaces it: give one of them")
    space = Workspace(workspace).existing().create()
    if resume:
        given = {key for key in values if _was_given(context, key)}
        values = stored_config(default_run(space, model_name).folder, model_name).model_dump() | {
            key: values[key] for key in given
        }
    mode = "resume" if resume else "overwrite" if overwrite else "new"
    outcome = train_model(space, TrainConfig(**values), mode, ProgressLines(typer.echo))
    typer.echo(
        f"{outcome.status} after {_count(outcome.epochs, 'epoch')}: {outcome.weights}\n"
        f"log  {outcome.log}\nplot {outcome.plot}"
    )


@app.command()
def infer(
    model: Annotated[str, typer.Option(help="name of a trained or shipped model, or a .pth file")] = "uset",
    images: Annotated[
        Path | None, typer.Option(help="folder of drawings; default: the workspace's images_to_run")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help=f"least confidence of a counted spot, {FLOOR:g} to 1; default: the model's own"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="repeat drawings that are done")] = False,
    save_crops: Annotated[
        bool, typer.Option("--save-crops", help="also keep the square and the darkened crop")
    ] = False,
    orientation: Annotated[
        str,
        typer.Option(
            help="how the drawings lie on the page: uset (mirrored), direct, with the Sun's own north up uset-solar, "
            "direct-solar; default: as the last time, at first uset"
        ),
    ] = "",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Find the spots on every drawing of a folder; drawings done before are skipped."""
    from sunspot_dash.services.models.inference import infer_folder

    config = InferConfig(
        threshold=threshold, force=force, save_crops=save_crops, orientation=orientation, device=device
    )
    space = Workspace(workspace).existing().create()
    outcome = infer_folder(space, model, images or space.images_to_run, config, ProgressLines(typer.echo))
    for name, reason in outcome.failed:
        typer.echo(f"failed: {name}: {reason}", err=True)
    typer.echo(
        f"{_count(len(outcome.done), 'drawing')} done, {outcome.skipped} done before, {len(outcome.failed)} failed; "
        f"{_count(outcome.spots, 'spot')}\n"
        f"table   {space.inference_results / 'sunspot_table.csv'}\npictures {space.segmented}"
    )
    if outcome.failed and not outcome.done and not outcome.skipped:
        raise typer.Exit(1)


@app.command()
def evaluate(
    images_dir: Annotated[Path, typer.Option(help="folder of labelled images")],
    annotations_path: Annotated[Path, typer.Option(help="COCO file (instances_default.json)")],
    model: Annotated[str, typer.Option(help="name of a trained or shipped model, or a .pth file")] = "uset",
    json_file: Annotated[Path | None, typer.Option("--json", help="write every figure there")] = None,
    threshold: Annotated[float | None, typer.Option(help="instead of the model's own")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Score a model against labels: precision, recall and F1 of spots, counts, and pixel IoU.

    Only drawings that the model was not trained on tell how good it is.
    """
    from sunspot_dash.services.models.evaluation import evaluate_model, table

    space = Workspace(workspace).existing()
    config = InferConfig(threshold=threshold, device=device)
    result = evaluate_model(
        space.find_model(model), images_dir, annotations_path, config, ProgressLines(typer.echo)
    )
    typer.echo(table(result))
    if json_file:
        json_file.write_text(json.dumps(result.as_dict(), indent=1, allow_nan=False) + "\n", "utf-8")


@app.command()
def demo(
    drawings: Annotated[int, typer.Option(help="how many to draw", min=1, max=200)] = 6,
    seed: Annotated[int, typer.Option(help="other seeds draw other suns")] = 1,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Draw a small synthetic archive with labels, run the shipped model over it, and say where to look."""
    from sunspot_dash.services.demo.run import run_demo

    typer.echo(run_demo(Workspace(workspace).create(), drawings, seed, ProgressLines(typer.echo)))


@app.command()
def doctor(workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """Check the installation, the workspace, and every model against its hash."""
    from sunspot_dash.services.doctor import examine

    findings = examine(Workspace(workspace))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _was_given(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _count(number: int, noun: str) -> str:
    """'1 epoch', '2 epochs'."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
