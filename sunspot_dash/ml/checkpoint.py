"""Model weights and training checkpoints on disk: written atomically, read without unpickling code."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn

from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import ModelError
from sunspot_dash.files import atomic_write
from sunspot_dash.ml.config import ModelCard
from sunspot_dash.ml.model import build_model

FORMAT = 2


@dataclass(frozen=True)
class Model:
    """Contents of a weights file and its card: the network in eval mode and, optionally, a candidate classifier."""

    network: nn.Module
    candidate_classifier: TreeEnsemble | None
    card: ModelCard


def save_weights(
    state: dict[str, torch.Tensor],
    encoder: str,
    radius: int,
    path: Path,
    candidate_classifier: TreeEnsemble | None = None,
) -> None:
    """Write a model: convolutions in half precision, everything else (norms, biases) in full precision."""
    half = {
        name: (value.half() if value.ndim == 4 else value).detach().cpu().contiguous()
        for name, value in state.items()
    }
    content: dict[str, Any] = {"format": FORMAT, "encoder": encoder, "radius": radius, "state": half}
    if candidate_classifier:
        content["second_look"] = {
            field.name: torch.from_numpy(getattr(candidate_classifier, field.name))
            for field in fields(TreeEnsemble)
        }
    atomic_write(path, lambda temporary: torch.save(content, temporary))


def read_weights(path: Path) -> dict[str, Any]:
    """Read a weights file: format, encoder, radius, state (float32 tensors), second_look (the candidate classifier).

    Raises:
        ModelError: the file is missing, is not a weights file, or contains more than tensors and plain values.
    """
    if not path.is_file():
        raise ModelError(f"model file '{path}' not found")
    if not zipfile.is_zipfile(path):
        raise ModelError(
            f"'{path.name}' is not a model file of this program (no archive header, or truncated)"
        )
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(
            f"'{path.name}' was rejected: it contains more than weights, or is damaged ({type(error).__name__}); "
            "only files written by 'train' are loaded"
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or "state" not in content:
        raise ModelError(f"'{path.name}' is not a model of format {FORMAT}: train it again with this program")
    content["state"] = {
        name: value.float() if value.is_floating_point() else value
        for name, value in content["state"].items()
    }
    content["second_look"] = _tree_ensemble(content.get("second_look"), path.name)
    return content


def _tree_ensemble(arrays: dict[str, torch.Tensor] | None, name: str) -> TreeEnsemble | None:
    try:
        return TreeEnsemble(**{key: value.numpy() for key, value in arrays.items()}) if arrays else None
    except (AttributeError, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"the candidate classifier in '{name}' is damaged: {error}") from error


def load_model(path: Path) -> Model:
    """Load a model and its card (rebuilt from the weights file if the card is missing)."""
    content = read_weights(path)
    model = build_model(content["encoder"])
    copy_weights(model, content["state"], path.name)
    card_path = path.with_suffix(".json")
    try:
        card = ModelCard.model_validate_json(card_path.read_bytes())
    except FileNotFoundError:
        card = ModelCard(name=path.stem, encoder=content["encoder"], radius=content["radius"])
    except ValueError as error:
        raise ModelError(f"the card '{card_path.name}' is damaged: {error}") from error
    return Model(model.eval(), content["second_look"], card)


def copy_weights(model: nn.Module, state: dict[str, torch.Tensor], name: str) -> None:
    """Load weights into a model.

    Raises:
        ModelError: the weights belong to another architecture.
    """
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ModelError(f"the weights in '{name}' do not fit this network: {str(error)[:300]}") from error


@dataclass(frozen=True)
class Checkpoint:
    """Checkpoint file from which a training resumes.

    Attributes:
        path: the file.
        fence: called before each write; raises if another attempt at this training has taken over.
    """

    path: Path
    fence: Callable[[], None] = lambda: None

    def exists(self) -> bool:
        """Return whether there is a checkpoint."""
        return self.path.exists()

    def save(self, state: dict[str, Any]) -> None:
        """Replace the file atomically."""
        self.fence()
        atomic_write(self.path, lambda temporary: torch.save(state, temporary))

    def load(self) -> dict[str, Any]:
        """Read the state.

        Raises:
            ModelError: the file is damaged.
        """
        try:
            return torch.load(self.path, map_location="cpu", weights_only=True)
        except Exception as error:
            raise ModelError(
                f"the checkpoint '{self.path}' cannot be read ({type(error).__name__}): restart the training"
            ) from error
