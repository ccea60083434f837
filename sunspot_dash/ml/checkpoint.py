"""Weights and training states on disk: written beside and renamed, read without unpickling code."""

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
    """What a weights file and its card hold: the network, ready to predict, and perhaps a second look."""

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
    """Write a model: convolutions in half precision, the rest (norms, biases) in full."""
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
    """The content of a weights file: format, encoder, radius, state (float32 tensors), second_look.

    Raises:
        ModelError: the file is missing, is no weights file, or holds anything but tensors and plain values.
    """
    if not path.is_file():
        raise ModelError(f"there is no model at '{path}'")
    if not zipfile.is_zipfile(path):
        raise ModelError(
            f"'{path.name}' is not a model file of this program (no archive header, or truncated)"
        )
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(
            f"'{path.name}' was refused: it holds more than weights, or is damaged ({type(error).__name__}); "
            "only files written by 'train' are loaded"
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or "state" not in content:
        raise ModelError(f"'{path.name}' holds no model of format {FORMAT}: train it anew with this program")
    content["state"] = {
        name: value.float() if value.is_floating_point() else value
        for name, value in content["state"].items()
    }
    content["second_look"] = _forest(content.get("second_look"), path.name)
    return content


def _forest(arrays: dict[str, torch.Tensor] | None, name: str) -> TreeEnsemble | None:
    try:
        return TreeEnsemble(**{key: value.numpy() for key, value in arrays.items()}) if arrays else None
    except (AttributeError, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"the second look in '{name}' is damaged: {error}") from error


def load_model(path: Path) -> Model:
    """A model and its card (rebuilt from the weights file where the card is missing)."""
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
        ModelError: they are of another architecture.
    """
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ModelError(f"the weights in '{name}' do not fit this network: {str(error)[:300]}") from error


@dataclass(frozen=True)
class Checkpoint:
    """All that is needed to go on with a training.

    Attributes:
        path: its file.
        fence: called before each write; raises when another attempt at this training has taken over.
    """

    path: Path
    fence: Callable[[], None] = lambda: None

    def exists(self) -> bool:
        return self.path.exists()

    def save(self, state: dict[str, Any]) -> None:
        """Replace the file, whole or not at all."""
        self.fence()
        atomic_write(self.path, lambda temporary: torch.save(state, temporary))

    def load(self) -> dict[str, Any]:
        """Read the state.

        Raises:
            ModelError: it is damaged.
        """
        try:
            return torch.load(self.path, map_location="cpu", weights_only=True)
        except Exception as error:
            raise ModelError(
                f"the checkpoint '{self.path}' cannot be read ({type(error).__name__}): start the training anew"
            ) from error
