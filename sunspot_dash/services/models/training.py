"""Train a model on a workspace's labelled drawings."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sunspot_dash.domain.drawing.corrections import observation_times
from sunspot_dash.domain.labels.split import Times, split
from sunspot_dash.domain.labels.usable import UsableLabels
from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import ParameterError, Stopped, SunspotError, TrainingError
from sunspot_dash.files import atomic_write_text, writing
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.models.duration import validation_factor
from sunspot_dash.services.models.labelled import dataset_hash, prepare_dataset
from sunspot_dash.services.models.preview import scale_warning, split_warning
from sunspot_dash.services.models.retraining import PLAN, check_corrections, lessons_of, retrain_warnings
from sunspot_dash.services.models.training_outputs import Source, TrainingLog, package_versions, write_outputs
from sunspot_dash.services.models.training_run import (
    CHECKPOINT,
    PARAMETERS,
    TrainingRun,
    check_mode,
    default_run,
    with_categories,
)
from sunspot_dash.workspace import Workspace, pretrained_weights

SPLIT = "split.json"  # in the run's folder: names of the training and the validation drawings
Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class TrainingOutcome:
    """The result of a training: 'done' or 'stopped' (resumable), and the files it wrote."""

    status: str
    epochs: int
    weights: Path
    card: Path
    log: Path
    plot: Path
    history: list[dict[str, float]]
    failed: list[tuple[str, str]]
    labels: UsableLabels

    def left_out(self) -> list[str]:
        """Return a line for each drawing, label or category that was left out, with the reason."""
        drawings = [f"left out: {name}: {reason}" for name, reason in self.failed]
        return [*drawings, *(f"left out: {line}" for line in self.labels.rejected()), *self.labels.remarks()]

    @property
    def f1(self) -> float | None:
        """Spot F1 of the kept epoch; None without an epoch or without validation drawings."""
        return best_epoch(self.history).get("f1") if self.history else None


def train_model(
    workspace: Workspace,
    config: TrainConfig,
    mode: str = "new",
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
    run: TrainingRun | None = None,
) -> TrainingOutcome:
    """Train a model on the labelled drawings of a workspace's dataset and, if asked to, on its reviewed drawings.

    Args:
        workspace: provides the dataset and receives the outputs.
        config: the parameters.
        mode: 'new' rejects a name that exists, 'overwrite' replaces it, 'resume' continues from the checkpoint.
        report: receives {"kind": "prepare" | "plan" | "step" | "epoch" | "done", ...}; the plan holds what is needed,
            besides the parameters, to repeat the training: the split, a hash of the data, the package versions.
        should_stop: asked after every drawing that is prepared or validated on, and after every step.
        run: by default a folder named after the model; a job brings its own.

    Raises:
        ParameterError: the name exists, there is nothing to resume, or the starting weights do not fit.
        SunspotError: no usable drawing, a full disk, ...
        Stopped: it was asked to stop before the first step.
        TrainingError: the loss became NaN; the best weights so far are kept.
    """
    from sunspot_dash.ml import train  # torch is loaded only where a training runs
    from sunspot_dash.ml.checkpoint import Checkpoint

    files = workspace.model(config.model_name)
    run = run or default_run(workspace, config.model_name)
    checkpoint = Checkpoint(run.folder / CHECKPOINT, run.fence)
    config = with_categories(workspace, config, mode, run.folder)
    check_mode(mode, workspace, run.folder, config)
    if mode != "resume":
        checkpoint.path.unlink(missing_ok=True)
    cache = run.folder / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    with writing(cache):
        cache.mkdir(parents=True)
    log = TrainingLog(files.log, append=mode == "resume")
    try:
        atomic_write_text(run.folder / PARAMETERS, config.model_dump_json(indent=1))
        log.parameters(config, files)
        if mode != "resume":
            (run.folder / PLAN).unlink(missing_ok=True)
        lessons = lessons_of(workspace, config, run.folder)
        if config.reviewed:
            check_corrections(lessons)
        for line in retrain_warnings(lessons):
            log(line)
        scale = (config.radius, cache)
        drawings, failed = prepare_dataset(workspace, lessons, scale, report, should_stop, log)
        names = {drawing.name: len(drawing.polygons) for drawing in drawings}
        times = observation_times(names, read_corrections(workspace.corrections_file))
        if mode != "resume":
            (run.folder / SPLIT).unlink(missing_ok=True)
        training, validation = _split(run.folder / SPLIT, names, config, times, lessons.validated)
        if config.validation_share and (warning := split_warning(times, validation)):
            log(warning)
        if warning := scale_warning(config):
            log(warning)
        model, candidate_classifier, origin = _starting_model(workspace, config)
        log(f"starting weights: {origin}")
        log(
            f"training drawings: {len(training)}, validation drawings: {len(validation)} (split by date block)"
        )
        data_hash = dataset_hash(drawings)
        plan = {"training": training, "validation": validation, "start": origin}
        report({"kind": "plan", **plan, "data_hash": data_hash, "versions": package_versions()})
        by_name = {drawing.name: drawing for drawing in drawings}
        sides = ([by_name[name] for name in training], [by_name[name] for name in validation])

        with_validation = validation_factor(config, (training, validation), names)

        def relay(event: dict[str, Any]) -> None:
            nonlocal with_validation
            if event["kind"] == "epoch":
                log.epoch(event)
                with_validation = 1.0  # from now on the time between steps contains it
            elif event.get("seconds_left"):
                event = {**event, "seconds_left": event["seconds_left"] * with_validation}
            report(event)

        problem: TrainingError | None = None
        try:
            state = train.fit(model, config, sides, checkpoint, relay, should_stop, candidate_classifier)
        except TrainingError as error:
            if not checkpoint.exists():
                raise
            problem = error
            state = train.begin(model, config, checkpoint)
        stopped = problem is None and state.epoch < config.epochs and not _out_of_patience(state, config)
        run.fence()
        if state.best is not None and (not stopped or run.keep_stopped()):
            source = Source((training, validation), data_hash, lessons, failed)
            write_outputs(files, config, state, candidate_classifier, source)
        if problem is not None:
            log(f"status: failed: {problem}")
            raise problem
        status = "stopped" if stopped else "done"
        log(f"status: {status} after {state.epoch} of {config.epochs} epochs; kept epoch {state.best_epoch}")
        report({"kind": "done", "status": status, "epochs": state.epoch})
        return TrainingOutcome(
            status,
            state.epoch,
            files.weights,
            files.card,
            files.log,
            files.plot,
            state.history,
            failed,
            lessons.labels,
        )
    except SunspotError as error:
        log(f"status: {'stopped' if isinstance(error, Stopped) else 'failed'}: {error}")
        raise
    finally:
        shutil.rmtree(cache, ignore_errors=True)
        log.close()


def follow_training(device: str) -> bool:
    """Train with the first of the processes that torchrun started, unless this is the first; return whether it did."""
    if int(os.environ.get("RANK", "0")) == 0:
        return False
    from sunspot_dash.ml.train import follow

    follow(device)
    return True


def _split(
    file: Path, spots: dict[str, int], config: TrainConfig, times: Times, validated: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """Return the training and validation drawings, the same ones when a training is resumed.

    If there are drawings that the parent was validated on, they are the validation.
    Dates may have been corrected since it began; another split would then validate on drawings that it has seen.
    """
    if file.exists():
        training, validation = json.loads(file.read_text("utf-8"))
        if sorted(training + validation) == sorted(spots):
            return training, validation
    if again := sorted(set(validated) & set(spots)):
        sides = sorted(set(spots) - set(again)), again
    else:
        sides = split(spots, config.validation_share, config.seed, times)
    atomic_write_text(file, json.dumps(sides) + "\n")
    return sides


def _out_of_patience(state: Any, config: TrainConfig) -> bool:
    return bool(config.patience) and state.epoch - state.best_epoch >= config.patience


def _starting_model(workspace: Workspace, config: TrainConfig) -> tuple[Any, TreeEnsemble | None, str]:
    """Return the initial network, the candidate classifier that comes with its weights, and the weights' origin."""
    from sunspot_dash.ml.checkpoint import copy_weights, read_weights
    from sunspot_dash.ml.model import build_model

    wanted = str(workspace.find_model(config.parent)) if config.parent else config.encoder_weights
    if wanted in ("none", "imagenet"):
        return build_model(config.encoder, imagenet=wanted == "imagenet", seed=config.seed), None, wanted
    model = build_model(config.encoder, seed=config.seed)
    path = pretrained_weights() if wanted == "auto" else Path(wanted)
    content = read_weights(path) if path.exists() or wanted != "auto" else None
    fits = content is not None and content["encoder"] == config.encoder
    if wanted == "auto" and not fits:
        return model, None, f"none (the shipped model has no encoder {config.encoder})"
    if content is None or not fits:
        other = content["encoder"] if content else "none"
        raise ParameterError(f"{path.name} has encoder {other}, not {config.encoder}: use --encoder {other}")
    if config.parent and content["radius"] != config.radius:
        raise ParameterError(
            f"{path.name} has radius {content['radius']}, not {config.radius}: use --radius {content['radius']}"
        )
    copy_weights(model, content["state"], path.name)
    return model, content["second_look"], path.name
