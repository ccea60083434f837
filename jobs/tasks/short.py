"""The short jobs other than inference: evaluate, compare, convert, filter, import, tables, and a probe of the queue."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

from jobs.tasks.checks import portable
from jobs.tasks.context import Context, Params
from sunspot_dash.errors import ParameterError, Stopped
from sunspot_dash.eta import RemainingTime
from sunspot_dash.files import atomic_write_text
from sunspot_dash.ml.config import CompareConfig, InferConfig

if TYPE_CHECKING:
    from sunspot_dash.services.dataset.label_choice import LabelChoice


def evaluate_job(context: Context) -> Params:
    """Score a model against labels and save the scores."""
    from sunspot_dash.services.models.evaluation import Truth, evaluate_model, table

    values, root = context.params, context.workspace.root
    config = InferConfig(threshold=values["threshold"], device=values["device"])
    weights = context.workspace.find_model(values["model"])
    files = (root / values["images_dir"], root / values["annotations_path"])
    kept = context.folder / "drawings"
    truth = Truth.with_corrections(context.workspace, *files, _choice(context))
    evaluation = evaluate_model(weights, truth, config, context.report, context.should_stop, kept)
    print(table(evaluation))
    figures = evaluation.as_dict()
    path = context.workspace.evaluations / f"{evaluation.model}_{context.folder.name}.json"
    atomic_write_text(path, json.dumps(figures, indent=1, allow_nan=False) + "\n")
    shutil.rmtree(kept, ignore_errors=True)
    pooled = figures["pooled"]
    return {
        "evaluation": portable(context.workspace, path),
        "drawings": len(evaluation.drawings),
        **({"left_out": len(evaluation.failed)} if evaluation.failed else {}),
        **{key: pooled[key] for key in ("precision", "recall", "f1")},
    }


def compare_job(context: Context) -> Params:
    """Compare two models and store the comparison."""
    from sunspot_dash.services.models.compare import compare_models
    from sunspot_dash.services.models.comparison_text import table, verdict

    values = dict(context.params)
    first, second = values.pop("first"), values.pop("second")
    config = CompareConfig(**values)
    found = compare_models(
        context.workspace, first, second, config, context.report, context.should_stop, context.fence
    )
    print(table(found))
    return {
        "drawings": len(found.drawings),
        **({"left_out": len(found.failed)} if found.failed else {}),
        "notes": [verdict(found)],
    }


def convert_job(context: Context) -> Params:
    """Turn labels into masks."""
    from sunspot_dash.services.dataset.convert import convert_annotations

    root = context.workspace.root
    images, labels, masks = (
        root / context.params[key] for key in ("images_dir", "annotations_path", "masks_dir")
    )
    choice = _choice(context)
    outcome = convert_annotations(images, labels, masks, context.report, context.should_stop, choice)
    print(outcome)
    if outcome.problems and not outcome.images + outcome.blank:
        raise ParameterError(f"no mask could be made: {outcome.problems[-1]}")
    return {"masks": outcome.images + outcome.blank, "problems": len(outcome.problems)}


def filter_job(context: Context) -> Params:
    """Export the labelled drawings to a folder."""
    from sunspot_dash.services.dataset.convert import filter_labelled

    images, labels = (
        context.workspace.root / context.params[key] for key in ("images_dir", "annotations_path")
    )
    outcome = filter_labelled(images, labels, context.workspace, context.report, _choice(context))
    print(outcome)
    return {"images": outcome.images, "labels": outcome.annotations, "problems": len(outcome.problems)}


def _choice(context: Context) -> LabelChoice:
    """Return the labels that a job asks for; a job of an earlier version of the program has no such parameters."""
    from sunspot_dash.services.dataset.label_choice import label_choice

    values = context.params
    return label_choice(
        context.workspace, values.get("category", ()), values.get("keep_partly_labelled", False)
    )


def tables_job(context: Context) -> Params:
    """Rebuild the tables of one model, or of all models with results."""
    from sunspot_dash.services.models.publish import publish_all

    models = [context.params["model"]] if context.params["model"] else None
    return {"models": publish_all(context.workspace, context.report, models)}


def import_job(context: Context) -> Params:
    """Import an archive: list the drawings of a folder without copying them."""
    from sunspot_dash.services.dataset.archives import import_folder

    folder = context.workspace.root / context.params["images"]
    name = context.params["name"]
    outcome = import_folder(context.workspace, folder, name, context.report, context.should_stop)
    print(outcome)
    return {"archive": name, **outcome.counts, "undated": len(outcome.undated), "notes": outcome.notes()}


def probe(context: Context) -> Params:
    """Count steps with a pause before each, to test the queue itself."""
    checkpoint = context.folder / "probe.json"
    done = json.loads(checkpoint.read_text("utf-8")) if context.resumed and checkpoint.exists() else 0
    steps, seconds = context.params["steps"], context.params["seconds"]
    remaining = RemainingTime()
    while done < steps:
        time.sleep(seconds)
        context.fence()
        done += 1
        atomic_write_text(checkpoint, str(done))
        left = remaining.left(done, steps)
        # Like an epoch, so that a probe in the training lane yields as a training does.
        context.report({"kind": "unit", "done": done, "of": steps, "seconds_left": left})
        if context.should_stop() and done < steps:
            raise Stopped(f"stopped after {done} of {steps} steps")
    if context.params["fail"]:
        raise ParameterError(context.params["fail"])
    return {"steps": done}
