"""The run folder of a training: its parameters, its checkpoint, and whether it may start or resume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.errors import ParameterError
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.models.retraining import training_labels
from sunspot_dash.workspace import Workspace, pretrained_dir

CHECKPOINT, PARAMETERS = "checkpoint.pt", "training.json"


@dataclass(frozen=True)
class TrainingRun:
    """The folder in which a training keeps its state, and the hooks of whoever runs it.

    Attributes:
        folder: holds the parameters and the checkpoint.
        fence: called before each write; raises when another attempt has taken over.
        keep_stopped: whether a stopped training writes its best model so far; not needed if it resumes soon.
    """

    folder: Path
    fence: Callable[[], None] = lambda: None
    keep_stopped: Callable[[], bool] = lambda: True


def default_run(workspace: Workspace, model_name: str) -> TrainingRun:
    """Return the run of a training that is started outside the job queue."""
    workspace.model(model_name)
    return TrainingRun(workspace.runs / f"train-{model_name}")


def stored_config(folder: Path, model_name: str) -> TrainConfig:
    """Read the parameters with which the training in a run folder was started.

    Raises:
        ParameterError: there is no training of this name, or its parameter file is damaged.
    """
    path = folder / PARAMETERS
    try:
        return TrainConfig.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ParameterError(f"there is no training of '{model_name}' to resume") from None
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"{path} cannot be read: restart the training of '{model_name}' with --overwrite"
        ) from error


def with_categories(workspace: Workspace, config: TrainConfig, mode: str, folder: Path) -> TrainConfig:
    """Fill in the categories that are spots: those with which a resumed training was started, else the default now.

    A later choice in the workspace thereby does not change what a resumed training learns from.

    Raises:
        CocoError, ParameterError: as `usable_labels`; the training to resume does not exist.
        WorkspaceError: the choice of the workspace cannot be read.
    """
    if config.category:
        return config
    if mode == "resume":
        return config.model_copy(update={"category": stored_config(folder, config.model_name).category})
    return config.model_copy(update={"category": list(training_labels(workspace, config).spots)})


def check_name_available(workspace: Workspace, model_name: str, overwrite: bool) -> None:
    """Check that a training may use a model name.

    Raises:
        ParameterError: the name is invalid, belongs to a shipped model, or to a trained one and `overwrite` is False.
    """
    weights = workspace.model(model_name).weights
    if (pretrained_dir() / weights.name).exists():
        raise ParameterError(f"'{model_name}' is the name of a shipped model: choose another model name")
    if weights.exists() and not overwrite:
        raise ParameterError(
            f"a model named '{model_name}' exists: choose another model name, replace the model (--overwrite, or "
            "overwrite=true for a job), or resume its training (--resume, or `jobs retry`)"
        )


def check_mode(mode: str, workspace: Workspace, folder: Path, config: TrainConfig) -> None:
    """Check that a training may start in a mode ('new', 'overwrite' or 'resume').

    Raises:
        ParameterError: the name is taken, a training was already started, or there is nothing to resume.
    """
    checkpoint = folder / CHECKPOINT
    check_name_available(workspace, config.model_name, overwrite=mode != "new")
    if mode == "new" and checkpoint.exists():
        raise ParameterError(
            f"a training named '{config.model_name}' was already started: choose another --model-name, replace it "
            "with --overwrite, or continue it with --resume"
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
                "same parameters, or start a training with another name"
            )
