"""Model weights and training checkpoints on disk: written atomically, read without unpickling code."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from torch import nn

from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import ModelError
from sunspot_dash.files import atomic_write
from sunspot_dash.ml.config import ModelCard, read_card
from sunspot_dash.ml.model import build_model
from sunspot_dash.parameters import explain

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
    content: dict[str, Any] = {
        "format": FORMAT,
        "encoder": encoder,
        "radius": radius,
        "state": as_stored(state),
    }
    if candidate_classifier:
        content["second_look"] = as_tensors(candidate_classifier)
    atomic_write(path, lambda temporary: torch.save(content, temporary))


def as_stored(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return weights in the precision in which files hold them: convolutions in half, everything else in full."""
    return {
        name: (value.half() if value.ndim == 4 else value).detach().cpu().contiguous()
        for name, value in state.items()
    }


def as_tensors(candidate_classifier: TreeEnsemble) -> dict[str, torch.Tensor]:
    """Return the arrays of a candidate classifier as tensors, by their names."""
    return {
        field.name: torch.from_numpy(getattr(candidate_classifier, field.name))
        for field in fields(TreeEnsemble)
    }


def read_weights(path: Path) -> dict[str, Any]:
    """Read a weights file: format, encoder, radius, state (float32 tensors), second_look (the candidate classifier).

    Raises:
        ModelError: the file is missing, is not a weights file, contains more than tensors and plain values, or has
            weights or sizes that no training could have produced.
    """
    if not path.is_file():
        raise ModelError(f"model file '{path}' not found")
    if not zipfile.is_zipfile(path):
        raise ModelError(
            f"'{path.name}' is not a model file of this program (no archive header, or truncated)"
        )
    try:
        _check_sizes(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(
            f"'{path.name}' was rejected: it contains more than weights, or is damaged ({type(error).__name__}); "
            "only files written by 'train' are loaded"
        ) from error
    return checked_weights(content, path.name)


def checked_weights(content: Any, name: str) -> dict[str, Any]:
    """Return the content of a model file in the form of `read_weights`; `name` is the file's, for messages.

    Raises:
        ModelError: as `read_weights`.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT or "state" not in content:
        raise ModelError(f"'{name}' is not a model of format {FORMAT}: train it again with this program")
    try:
        ModelCard(name="model", encoder=content.get("encoder"), radius=content.get("radius"))
        content["state"] = _finite_weights(content["state"])
    except ValidationError as error:
        raise ModelError(f"'{name}' is damaged: {explain(error, ModelCard)}") from error
    except ValueError as error:
        raise ModelError(f"'{name}' is damaged: {error}. Restore it or train it again") from error
    content["second_look"] = _tree_ensemble(content.get("second_look"), name)
    return content


def _check_sizes(path: Path) -> None:
    """Reject an archive whose entries unpack to more than the file itself holds.

    Raises:
        ValueError: an entry is compressed; torch writes none.
    """
    with zipfile.ZipFile(path) as archive:
        if any(entry.file_size > entry.compress_size for entry in archive.infolist()):
            raise ValueError("compressed entries")


def _finite_weights(state: Any) -> dict[str, torch.Tensor]:
    """Return the weights in full precision.

    Raises:
        ValueError: they are not finite tensors that the file contains in full.
    """
    if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
        raise ValueError("its weights are not a table of tensors")
    for name, value in state.items():
        if not isinstance(value, torch.Tensor) or not _is_whole(value):
            raise ValueError(f"'{name[:100]}' is not a tensor that the file contains in full")
        if not torch.isfinite(value).all():
            raise ValueError(f"'{name[:100]}' has weights that are not finite")
    return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}


def _is_whole(value: torch.Tensor) -> bool:
    """Whether every element of a tensor is stored: a few bytes can pretend to be a tensor of any size."""
    if (
        value.layout != torch.strided
        or value.device.type != "cpu"
        or value.is_quantized
        or value.is_complex()
    ):
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()


def _tree_ensemble(arrays: Any, name: str) -> TreeEnsemble | None:
    if arrays is None:
        return None
    try:
        if not isinstance(arrays, dict) or not all(_is_whole(value) for value in arrays.values()):
            raise ValueError("an array of the tree ensemble is incomplete")
        return TreeEnsemble(**{key: value.numpy() for key, value in arrays.items()})
    except (AttributeError, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"the candidate classifier in '{name}' is damaged: {error}") from error


def load_model(path: Path) -> Model:
    """Load a model and its card (rebuilt from the weights file if the card is missing).

    Raises:
        ModelError: the weights or the card are missing, damaged, or do not belong together.
    """
    card = read_card(path)
    content = read_weights(path)
    trained = {key: content[key] for key in ("encoder", "radius")}
    card = card or ModelCard(name=path.stem, **trained)
    for key, value in trained.items():
        if getattr(card, key) != value:
            raise ModelError(
                f"the card '{path.with_suffix('.json').name}' says {key} {getattr(card, key)}, but the weights in "
                f"'{path.name}' have {key} {value}: restore the card that belongs to them, or delete it"
            )
    model = build_model(content["encoder"])
    copy_weights(model, content["state"], path.name)
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
