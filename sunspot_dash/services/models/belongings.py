"""The files and folders of a workspace that carry the name of a model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.errors import ParameterError
from sunspot_dash.file_names import FEATURES_SUFFIX
from sunspot_dash.services.models.comparison import comparisons_with
from sunspot_dash.services.models.training_run import default_run
from sunspot_dash.workspace import Workspace, pretrained_dir


@dataclass(frozen=True)
class Belongings:
    """What carries a model's name; not all of it need exist.

    Attributes:
        run: folder of a training outside the queue, from which it can be resumed.
        results: folders of its results, of its pictures, and of comparisons in which it is the first model.
        features: its features file, in the folder of its results and as published.
        evaluations: files of its scores, and of comparisons in which it is the second model.
    """

    run: Path
    results: tuple[Path, ...]
    features: tuple[Path, ...]
    evaluations: tuple[Path, ...]


def belongings(workspace: Workspace, name: str) -> Belongings:
    """Return what carries the name of a model, besides its own files (`Workspace.model`)."""
    results = workspace.inference_results
    # A job saves its scores as NAME_NUMBER.json; the name of another model may begin alike.
    of_model = re.compile(rf"{re.escape(name)}_\d+\.json")
    return Belongings(
        default_run(workspace, name).folder,
        (results / name, workspace.segmented / name, workspace.comparisons / name),
        (results / name / f"{name}{FEATURES_SUFFIX}", results / f"{name}{FEATURES_SUFFIX}"),
        (
            *sorted(path for path in workspace.evaluations.glob("*.json") if of_model.fullmatch(path.name)),
            *comparisons_with(workspace, name),
        ),
    )


def check_changeable(workspace: Workspace, name: str) -> None:
    """Check that a model exists and belongs to the workspace.

    Raises:
        ModelError: the model does not exist.
        ParameterError: it is shipped with the program.
    """
    if workspace.find_model(name).parent == pretrained_dir():
        raise ParameterError(
            f"'{name}' is shipped with the program and cannot be renamed or deleted: archive it to hide it"
        )
