"""From a workspace's labelled drawings to a model, its card, log, plot and history."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sunspot_dash.domain.labels.coco import Coco, load_coco, spot_polygons
from sunspot_dash.domain.labels.split import split
from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import ParameterError, Stopped, SunspotError, TrainingError
from sunspot_dash.files import atomic_write_text, file_sha256
from sunspot_dash.io.learning_curve import write_learning_curve
from sunspot_dash.ml.config import ModelCard, TrainConfig
from sunspot_dash.services.dataset.labels import listed_in
from sunspot_dash.services.models.preview import nothing_to_learn, too_few
from sunspot_dash.workspace import Workspace, pretrained_dir

if TYPE_CHECKING:
    from sunspot_dash.ml.dataset import Labelled

Report = Callable[[dict[str, Any]], None]
CHECKPOINT, PARAMETERS = "checkpoint.pt", "training.json"
PACKAGES = ("torch", "segmentation_models_pytorch", "albumentations", "opencv-python-headless", "numpy")


@dataclass(frozen=True)
class Run:
    """Where a training keeps what it needs to go on, and whether it still may.

    Attributes:
        folder: holds its parameters and its checkpoint.
        fence: called before each write; raises when another attempt has taken over.
        keep_stopped: whether a training that was stopped leaves its best model so far; not when it soon goes on.
    """

    folder: Path
    fence: Callable[[], None] = lambda: None
    keep_stopped: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Outcome:
    """How a training ended: 'done', 'stopped' (resumable), with the files it wrote."""

    status: str
    epochs: int
    weights: Path
    card: Path
    log: Path
    plot: Path
    history: list[dict[str, float]]
    failed: list[tuple[str, str]]

    @property
    def f1(self) -> float | None:
        """Spot F1 of the kept epoch; None without an epoch or without validation drawings."""
        return best_epoch(self.history).get("f1") if self.history else None


class Log:
    """A training's log: lines with the time, on disk as soon as they are written."""

    def __init__(self, path: Path, append: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a" if append else "w", encoding="utf-8", buffering=1)

    def __call__(self, line: str) -> None:
        self._file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {line}\n")

    def close(self) -> None:
        self._file.close()


def train_model(
    workspace: Workspace,
    config: TrainConfig,
    mode: str = "new",
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
    run: Run | None = None,
) -> Outcome:
    """Train a model on the labelled drawings of a workspace's dataset.

    Args:
        workspace: where the dataset is read and the outputs are written.
        config: the parameters.
        mode: 'new' refuses a name that exists, 'overwrite' replaces it, 'resume' goes on from the checkpoint.
        report: receives {"kind": "prepare" | "plan" | "step" | "epoch" | "done", ...}; the plan tells what repeats the
            training besides its parameters: the split, a hash of the data, the versions.
        should_stop: asked after every drawing that is prepared or validated on, and after every step.
        run: by default a folder of the model's name; a job brings its own.

    Raises:
        ParameterError: the name exists, there is nothing to resume, or starting weights do not fit.
        SunspotError: no usable drawing, a full disk, ...
        Stopped: it was asked to stop before the first step.
        TrainingError: the loss became NaN; the best weights so far are kept.
    """
    from sunspot_dash.ml import train  # torch is loaded only where a training runs
    from sunspot_dash.ml.checkpoint import Checkpoint

    files = workspace.model(config.model_name)
    run = run or default_run(workspace, config.model_name)
    checkpoint = Checkpoint(run.folder / CHECKPOINT, run.fence)
    _check_mode(mode, workspace, run.folder, config)
    if mode != "resume":
        checkpoint.path.unlink(missing_ok=True)
    cache = run.folder / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir(parents=True)
    log = Log(files.log, append=mode == "resume")
    try:
        atomic_write_text(run.folder / PARAMETERS, config.model_dump_json(indent=1))
        _log_parameters(log, config, files)
        drawings, failed = _prepare(workspace, config, cache, report, should_stop, log)
        names = {drawing.name: len(drawing.polygons) for drawing in drawings}
        training, validation = split(names, config.validation_share, config.seed)
        if config.validation_share and not validation:
            log(too_few(names))
        model, candidate_classifier, origin = _start(config)
        log(f"starting weights: {origin}")
        log(
            f"training drawings: {len(training)}, validation drawings: {len(validation)} (split by date block)"
        )
        data_hash = _data_hash(drawings)
        plan = {"training": training, "validation": validation, "start": origin}
        report({"kind": "plan", **plan, "data_hash": data_hash, "versions": _versions()})
        by_name = {drawing.name: drawing for drawing in drawings}
        sides = ([by_name[name] for name in training], [by_name[name] for name in validation])

        def relay(event: dict[str, Any]) -> None:
            if event["kind"] == "epoch":
                log("  ".join(f"{k} {v:.5g}" for k, v in event.items() if isinstance(v, int | float)))
            report(event)

        problem: TrainingError | None = None
        try:
            state = train.fit(model, config, sides, checkpoint, relay, should_stop, candidate_classifier)
        except TrainingError as error:
            if not checkpoint.exists():
                raise
            problem = error
            state = train.begin(model, config, checkpoint)
        stopped = problem is None and state.epoch < config.epochs and not _gave_up(state, config)
        run.fence()
        if state.best is not None and (not stopped or run.keep_stopped()):
            _write_outputs(files, config, state, candidate_classifier, (training, validation), data_hash)
        if problem is not None:
            log(f"status: failed: {problem}")
            raise problem
        status = "stopped" if stopped else "done"
        log(f"status: {status} after {state.epoch} of {config.epochs} epochs; kept epoch {state.best_epoch}")
        report({"kind": "done", "status": status, "epochs": state.epoch})
        return Outcome(
            status, state.epoch, files.weights, files.card, files.log, files.plot, state.history, failed
        )
    except SunspotError as error:
        log(f"status: {'stopped' if isinstance(error, Stopped) else 'failed'}: {error}")
        raise
    finally:
        shutil.rmtree(cache, ignore_errors=True)
        log.close()


def default_run(workspace: Workspace, model_name: str) -> Run:
    """The run of a training that no job carries."""
    workspace.model(model_name)
    return Run(workspace.runs / f"train-{model_name}")


def stored_config(folder: Path, model_name: str) -> TrainConfig:
    """The parameters that the training in a run folder was started with.

    Raises:
        ParameterError: there is no training of this name, or its record is damaged.
    """
    path = folder / PARAMETERS
    try:
        return TrainConfig.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ParameterError(f"there is no training of '{model_name}' to resume") from None
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"{path} cannot be read: start the training of '{model_name}' anew with --overwrite"
        ) from error


def check_name(workspace: Workspace, model_name: str, overwrite: bool) -> None:
    """Refuse the name of a shipped model, and that of a trained one unless it is to be replaced.

    Raises:
        ParameterError: it is one of these, or no name for a model at all.
    """
    weights = workspace.model(model_name).weights
    if (pretrained_dir() / weights.name).exists():
        raise ParameterError(
            f"'{model_name}' is the name of a shipped model: choose another model name, or nobody could "
            "tell which of the two is used"
        )
    if weights.exists() and not overwrite:
        raise ParameterError(
            f"a model named '{model_name}' exists: choose another model name, replace it (--overwrite, or of a job "
            "overwrite=true), or go on with its training (--resume, or `jobs retry`)"
        )


def _check_mode(mode: str, workspace: Workspace, folder: Path, config: TrainConfig) -> None:
    checkpoint = folder / CHECKPOINT
    check_name(workspace, config.model_name, overwrite=mode != "new")
    if mode == "new" and checkpoint.exists():
        raise ParameterError(
            f"a training named '{config.model_name}' was begun: choose another --model-name, replace it "
            "with --overwrite, or go on with it by --resume"
        )
    if mode == "resume":
        before = stored_config(folder, config.model_name)
        if not checkpoint.exists():
            raise ParameterError(
                f"the training of '{config.model_name}' ended before its first epoch: start it with --overwrite"
            )
        # More epochs would change the learning-rate schedule of those already done.
        if before != config:
            changed = [k for k, v in before.model_dump().items() if v != getattr(config, k)]
            raise ParameterError(
                f"'{config.model_name}' was started with other values of {', '.join(changed)}: resume with the "
                "same parameters, or start a training of another name"
            )


def _gave_up(state: Any, config: TrainConfig) -> bool:
    return bool(config.patience) and state.epoch - state.best_epoch >= config.patience


def _log_parameters(log: Log, config: TrainConfig, files: Any) -> None:
    log(f"model: {config.model_name}")
    for key, value in config.model_dump(exclude={"model_name"}).items():
        log(f"{key}: {value}")
    for what in ("weights", "log", "plot"):
        log(f"{what} file: {getattr(files, what)}")


def _prepare(
    workspace: Workspace,
    config: TrainConfig,
    cache: Path,
    report: Report,
    should_stop: Callable[[], bool],
    log: Log,
) -> tuple[list[Labelled], list[tuple[str, str]]]:
    """Bring every labelled drawing to the model's scale; those that fail are told and left out."""
    coco = load_coco(workspace.annotations_file)
    for problem in coco.problems:
        log(f"annotation left out: {problem}")
    drawings: list[Labelled] = []
    failed: list[tuple[str, str]] = []
    names, missing = listed_in(coco, workspace.images)
    for name in missing:
        failed.append((name, f"it is not in {workspace.images}"))
        log(f"drawing left out: {name}: {failed[-1][1]}")
    for number, name in enumerate(names, start=1):
        try:
            drawings.append(prepare_labelled(workspace.images / name, coco, config.radius, cache))
        except SunspotError as error:
            failed.append((name, error.reason))
            log(f"drawing left out: {name}: {error.reason}")
        report({"kind": "prepare", "drawing": name, "done": number, "of": len(names)})
        if should_stop():
            raise Stopped(f"stopped after {number} of {len(names)} drawings were prepared")
    if not drawings or not any(drawing.polygons for drawing in drawings):
        raise nothing_to_learn(workspace, len(coco.images), len(failed))
    return drawings, failed


def prepare_labelled(path: Path, coco: Coco, radius: int, cache: Path | None = None) -> Labelled:
    """One labelled drawing at the model's scale."""
    from sunspot_dash.domain.drawing.disk import fit_limb
    from sunspot_dash.io.images import read_rgb, to_grey
    from sunspot_dash.ml.dataset import prepare

    grey = to_grey(read_rgb(path))
    polygons = spot_polygons(coco.annotations.get(path.name, []))
    return prepare(path.name, grey, fit_limb(grey), polygons, radius, cache)


def _start(config: TrainConfig) -> tuple[Any, TreeEnsemble | None, str]:
    """The network to begin with, the second look that stays with it, and where both come from."""
    from sunspot_dash.ml.checkpoint import copy_weights, read_weights
    from sunspot_dash.ml.model import build_model
    from sunspot_dash.workspace import pretrained_weights

    wanted = config.encoder_weights
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
    copy_weights(model, content["state"], path.name)
    return model, content["second_look"], path.name


def _data_hash(drawings: list[Labelled]) -> str:
    digest = hashlib.sha256()
    for drawing in drawings:
        digest.update(drawing.name.encode())
        digest.update(drawing.image.tobytes())
        for polygon in drawing.polygons:
            digest.update(polygon.tobytes())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _write_outputs(
    files: Any,
    config: TrainConfig,
    state: Any,
    candidate_classifier: TreeEnsemble | None,
    sides: tuple[list[str], list[str]],
    data_hash: str,
) -> None:
    from sunspot_dash.ml.checkpoint import save_weights

    save_weights(state.best, config.encoder, config.radius, files.weights, candidate_classifier)
    row = state.history[state.best_epoch - 1]
    card = ModelCard(
        name=config.model_name,
        encoder=config.encoder,
        radius=config.radius,
        parameters=config.model_dump(),
        data_hash=data_hash,
        split={"training": sides[0], "validation": sides[1]},
        metrics={key: row[key] for key in row if key != "seconds"},
        versions=_versions(),
        weights_sha256=file_sha256(files.weights),
        trained_on=f"{len(sides[0])} labelled drawings of this workspace",
    )
    atomic_write_text(files.card, card.model_dump_json(indent=1) + "\n")
    atomic_write_text(files.history, json.dumps(state.history, indent=1) + "\n")
    write_learning_curve(state.history, f"{config.model_name}: learning curve", state.best_epoch, files.plot)
