"""Export a model as a file for another workspace or another program."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sunspot_dash.errors import ParameterError
from sunspot_dash.files import atomic_write
from sunspot_dash.services.models.known import check_model
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    from sunspot_dash.ml.checkpoint import Model


@dataclass(frozen=True)
class ModelFormat:
    """A form in which a model is exported.

    Attributes:
        suffix: ending of the file.
        description: what the file contains and is good for.
        write: writes the model of a weights file to a path.
    """

    suffix: str
    description: str
    write: Callable[[Path, Path], None]


def write_zip(weights: Path, target: Path) -> None:
    """Write the weights and, if there is one, the card as a ZIP; the weights do not compress."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in (weights, weights.with_suffix(".json")):
            if path.exists():
                archive.write(path, path.name)


def _safetensors(weights: Path, target: Path) -> None:
    from sunspot_dash.ml.formats import write_safetensors

    write_safetensors(_loaded(weights), target)


def _onnx(weights: Path, target: Path) -> None:
    from sunspot_dash.ml.formats import write_onnx

    write_onnx(_loaded(weights), target)


def _loaded(weights: Path) -> Model:
    from sunspot_dash.ml.checkpoint import load_model

    return load_model(weights)


FORMATS = {
    "zip": ModelFormat(".zip", "weights and card, for another workspace", write_zip),
    "safetensors": ModelFormat(".safetensors", "weights with the card in the metadata", _safetensors),
    "onnx": ModelFormat(".onnx", "the network alone: without the candidate classifier", _onnx),
}


def check_format(form: str) -> ModelFormat:
    """Return a form of export.

    Raises:
        ParameterError: the form is unknown.
    """
    if form not in FORMATS:
        raise ParameterError(f"unknown format '{form}': use one of {', '.join(FORMATS)}")
    return FORMATS[form]


def export_model(workspace: Workspace, name: str, form: str, target: Path) -> int:
    """Write a model to a file and return the size in bytes; except for a ZIP this loads torch.

    Raises:
        ParameterError: the form is unknown.
        ModelError: the model does not exist or cannot be used.
        WorkspaceError: the file cannot be written.
    """
    found = check_format(form)
    weights = workspace.find_model(name)
    check_model(weights)
    atomic_write(target, lambda temporary: found.write(weights, temporary))
    return target.stat().st_size
