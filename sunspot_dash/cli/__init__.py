"""The command line: parse the options, call one service, print. Errors become one sentence and an exit code here."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from jobs.tasks.parameters import Convert, Evaluate, Filter, Infer, Train
from sunspot_dash.cli import (
    compare,
    dates,
    export,
    jobs,
    models,
    readers,
    review,
    series,
    serve,
    sun,
    watch,
    worker,
)
from sunspot_dash.cli.options import WorkspaceOption, help_of, options_of
from sunspot_dash.cli.output import progress
from sunspot_dash.domain.drawing.names import printable
from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.files import atomic_write_text, disk_fault
from sunspot_dash.ml.config import CompareConfig, InferConfig, TrainConfig
from sunspot_dash.parameters import explain
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace

WeightsOption = Annotated[
    str, typer.Option(help=f"{help_of(Infer, 'model')}; or a .pth file", show_default=False)
]
app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Find and count sunspots on scanned drawings. `serve`, the default command, runs the dashboard; "
    "`COMMAND --help` explains a command.",
)
app.add_typer(jobs.app, name="jobs")
app.add_typer(models.app, name="models")
app.add_typer(watch.app, name="watch")
app.command("worker")(worker.worker)
app.command("serve")(serve.serve)
app.command("ephemeris")(sun.ephemeris)
app.command("check-orientation")(sun.check_orientation)
app.command("series")(series.series)
app.command("compare")(compare.compare)
app.command("compare-silso")(series.compare_silso)
app.command("compare-observers")(series.compare_observers)
app.command("dates")(dates.dates)
app.command("review-labels")(review.review_labels)
app.command("agreement")(readers.agreement)
app.command("labels-to-check")(readers.labels_to_check)
app.command("export")(export.export)


def main() -> None:
    """Run the command line; an error that the user can fix is one sentence on stderr, with exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a path may hold bytes that are not UTF-8
    try:
        app(sys.argv[1:] or ["serve"])
    except ValidationError as error:
        asked = next(
            config for config in (TrainConfig, InferConfig, CompareConfig) if config.__name__ == error.title
        )
        sys.exit(f"error: {explain(error, asked, prefix='--')}")
    except SunspotError as error:
        sys.exit(f"error: {error}")
    except (OSError, sqlite3.Error) as error:
        if not (sentence := disk_fault(error)):
            raise
        sys.exit(f"error: {sentence}")


@app.command("convert-annotations")
@options_of(Convert, "category", "keep_partly_labelled")
def convert_annotations(
    images_dir: Annotated[Path, typer.Option(help=help_of(Convert, "images_dir"))],
    annotations_path: Annotated[Path, typer.Option(help=help_of(Convert, "annotations_path"))],
    masks_dir: Annotated[Path, typer.Option(help=help_of(Convert, "masks_dir"))],
    workspace: WorkspaceOption = DEFAULT_ROOT,
    **values: Any,
) -> None:
    """Convert COCO polygons and RLE to black-and-white masks, one per labelled image and of the same size."""
    from sunspot_dash.services.dataset import convert
    from sunspot_dash.services.dataset.label_choice import label_choice

    choice = label_choice(Workspace(workspace), **values)
    with progress() as report:
        outcome = convert.convert_annotations(images_dir, annotations_path, masks_dir, report, choice=choice)
    typer.echo(str(outcome))
    if not outcome.images and not outcome.blank:
        raise typer.Exit(1)


@app.command("filter-labeled")
@options_of(Filter, "category", "keep_partly_labelled")
def filter_labeled(
    images_dir: Annotated[Path, typer.Option(help="folder of images, labelled or not")],
    annotations_path: Annotated[Path, typer.Option(help=help_of(Filter, "annotations_path"))],
    workspace: WorkspaceOption = DEFAULT_ROOT,
    **values: Any,
) -> None:
    """Export the labelled images and their annotations to segmented_dataset/labelled."""
    from sunspot_dash.services.dataset import convert
    from sunspot_dash.services.dataset.label_choice import label_choice

    space = Workspace(workspace).existing()
    with progress() as report:
        outcome = convert.filter_labelled(
            images_dir, annotations_path, space, report, label_choice(space, **values)
        )
    typer.echo(str(outcome))


@app.command()
@options_of(TrainConfig)
def train(
    context: typer.Context,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=help_of(Train, "overwrite"))] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="continue after the last finished epoch, with the original parameters"),
    ] = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
    **values: Any,
) -> None:
    """Train a U-Net on the drawings in dataset/images and their labels in dataset/annotations.

    With --parent MODEL --reviewed a model is retrained with the corrections of the page Review: parameters that are not
    given are then those of the button there.

    Writes output/trained_models/NAME.pth and .json, output/logs/NAME_training.log and
    output/training_plots/NAME_learning_curve.png. Ctrl-C stops the training; --resume continues it.

    Several GPUs train one model with 'torchrun --nproc-per-node 2 app.py train ...'; the batch size is their total.
    """
    from sunspot_dash.services.models.retraining import retrain_config
    from sunspot_dash.services.models.training import follow_training, train_model
    from sunspot_dash.services.models.training_run import default_run, stored_config

    if follow_training(values["device"]):
        return
    if resume and overwrite:
        raise ParameterError(
            "--resume continues a training and --overwrite replaces it: use only one of them"
        )
    space = Workspace(workspace).existing().create()
    if resume:
        name = values["model_name"]
        given = {key: value for key, value in values.items() if _was_given(context, key)}
        values = stored_config(default_run(space, name).folder, name).model_dump() | given
    elif values["parent"] and values["reviewed"]:
        given = {key: value for key, value in values.items() if _was_given(context, key)}
        planned = retrain_config(space, values["parent"], values["model_name"])
        for line in (planned.text, *planned.warnings):
            typer.echo(line, err=True)
        values = planned.config.model_dump() | given
    mode = "resume" if resume else "overwrite" if overwrite else "new"
    config = TrainConfig(**values)
    with progress() as report:
        outcome = train_model(space, config, mode, report)
    for line in outcome.left_out():
        typer.echo(line, err=True)
    typer.echo(
        f"{outcome.status} after {counted(outcome.epochs, 'epoch')}: {outcome.weights}\n"
        f"log  {outcome.log}\nplot {outcome.plot}"
    )


@app.command()
@options_of(InferConfig)
def infer(
    model: WeightsOption = "",
    images: Annotated[
        Path | None, typer.Option(help="folder of drawings; default: images_to_run in the workspace")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_ROOT,
    **values: Any,
) -> None:
    """Find the spots on every drawing of a folder; drawings that are already done are skipped."""
    from sunspot_dash.services.models.default import default_model
    from sunspot_dash.services.models.inference import infer_folder

    config = InferConfig(**values)
    space = Workspace(workspace).existing().create()
    model = model or default_model(space)
    with progress() as report:
        outcome = infer_folder(space, model, images or space.images_to_run, config, report)
    for name, reason in outcome.failed:
        typer.echo(f"failed: {printable(name)}: {reason}", err=True)
    for note in outcome.notes:
        typer.echo(f"note: {note}", err=True)
    typer.echo(
        f"{counted(len(outcome.done), 'drawing')} done, {outcome.skipped} already done, {len(outcome.failed)} failed; "
        f"{counted(outcome.spots, 'spot')}\n"
        f"table  {space.inference_results / 'sunspot_table.csv'}\nimages {space.segmented}"
    )
    if outcome.failed and not outcome.done and not outcome.skipped:
        raise typer.Exit(1)


@app.command()
@options_of(Evaluate, "threshold", "device", "category", "keep_partly_labelled")
def evaluate(
    images_dir: Annotated[Path, typer.Option(help=help_of(Evaluate, "images_dir"))],
    annotations_path: Annotated[Path, typer.Option(help=help_of(Evaluate, "annotations_path"))],
    model: WeightsOption = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="write all scores to this file")] = None,
    workspace: WorkspaceOption = DEFAULT_ROOT,
    **values: Any,
) -> None:
    """Score a model against labels: precision, recall and F1 of spots, counts, and pixel IoU.

    Use drawings that the model was not trained on: only those show how good it is.
    """
    from sunspot_dash.services.dataset.label_choice import label_choice
    from sunspot_dash.services.models.default import default_model
    from sunspot_dash.services.models.evaluation import Truth, evaluate_model, table

    space = Workspace(workspace).existing()
    choice = label_choice(space, values.pop("category"), values.pop("keep_partly_labelled"))
    truth = Truth.with_corrections(space, images_dir, annotations_path, choice)
    weights, config = space.find_model(model or default_model(space)), InferConfig(**values)
    with progress() as report:
        result = evaluate_model(weights, truth, config, report)
    typer.echo(table(result))
    if json_file:
        atomic_write_text(json_file, json.dumps(result.as_dict(), indent=1, allow_nan=False) + "\n")


@app.command()
def demo(
    drawings: Annotated[int, typer.Option(help="number of drawings", min=1, max=200)] = 6,
    seed: Annotated[int, typer.Option(help="another seed gives other drawings")] = 1,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Create a small synthetic archive with labels, run the shipped model on it, and print where the results are."""
    from sunspot_dash.services.demo.run import run_demo

    space = Workspace(workspace).create()
    with progress() as report:
        text = run_demo(space, drawings, seed, report)
    typer.echo(text)


@app.command()
def doctor(workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """Check the installation, the workspace, and every model against its hash."""
    from sunspot_dash.services.doctor import examine

    findings = examine(Workspace(workspace))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.subject}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _was_given(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"
