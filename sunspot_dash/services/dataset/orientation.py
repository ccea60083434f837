"""The orientation of an archive's drawings, set per model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.errors import ParameterError
from sunspot_dash.file_names import check_model_name
from sunspot_dash.files import atomic_write_text
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    pass


def check_orientation(name: str) -> str:
    """The name of a preset, or "" for that of the last time.

    Raises:
        ParameterError: it is none.
    """
    if name and name not in PRESETS:
        raise ParameterError(f"unknown orientation '{name}': use one of {', '.join(PRESETS)}")
    return name


def set_orientation(workspace: Workspace, model: str, preset: str) -> bool:
    """Say how the drawings of a model's results lie; returns whether that is new, and the tables are to be made anew.

    Raises:
        ParameterError: there is no such preset, or the model has no results.
        WorkspaceError: it cannot be written.
    """
    folder = workspace.inference_results / check_model_name(model)
    if not preset or not folder.is_dir():
        raise ParameterError("choose a model that has results, and how its drawings lie")
    new = check_orientation(preset) != orientation_of(workspace, model)
    if new:
        atomic_write_text(orientation_file(workspace, model), f"{preset}\n")
    return new


def orientation_of(workspace: Workspace, model: str) -> str:
    """The preset by which a model's tables were made last."""
    path = orientation_file(workspace, model)
    name = path.read_text("utf-8").strip() if path.exists() else ""
    return name if name in PRESETS else "uset"


def orientation_file(workspace: Workspace, model: str) -> Path:
    return workspace.inference_results / model / "orientation.txt"
