"""The orientation of an archive's drawings, stored per model."""

from __future__ import annotations

from pathlib import Path

from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.errors import ParameterError
from sunspot_dash.file_names import MODEL_NAME, check_model_name
from sunspot_dash.files import atomic_write_text
from sunspot_dash.workspace import Workspace


def check_preset(name: str) -> str:
    """Return the name of an orientation preset, or "" for the one used last.

    Raises:
        ParameterError: there is no such preset.
    """
    if name and name not in PRESETS:
        raise ParameterError(f"unknown orientation '{name}': use one of {', '.join(PRESETS)}")
    return name


def set_orientation(workspace: Workspace, model: str, preset: str) -> bool:
    """Set the orientation of a model's drawings; return whether it changed, so that the tables must be rebuilt.

    Raises:
        ParameterError: there is no such preset, or the model has no results.
        WorkspaceError: the orientation cannot be written.
    """
    folder = workspace.inference_results / check_model_name(model)
    if not preset or not folder.is_dir():
        raise ParameterError("choose a model that has results, and the orientation of its drawings")
    new = check_preset(preset) != orientation_of(workspace, model)
    if new:
        atomic_write_text(orientation_file(workspace, model), f"{preset}\n")
    return new


def orientation_of(workspace: Workspace, model: str) -> str:
    """Return the name of the preset with which a model's tables were last built."""
    path = orientation_file(workspace, model)
    name = path.read_text("utf-8").strip() if MODEL_NAME.fullmatch(model) and path.exists() else ""
    return name if name in PRESETS else "uset"


def orientation_file(workspace: Workspace, model: str) -> Path:
    """Return the file that stores the orientation of a model's drawings."""
    return workspace.inference_results / model / "orientation.txt"
