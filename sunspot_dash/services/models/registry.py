"""The models of a workspace: shipped and trained, with their cards, notes and places in the lineage."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sunspot_dash.errors import ModelError, ParameterError, SunspotError
from sunspot_dash.ml.config import ModelCard, read_card
from sunspot_dash.services.models.default import default_model
from sunspot_dash.services.models.known import faults
from sunspot_dash.services.models.notes import change_notes, read_notes
from sunspot_dash.text import counted
from sunspot_dash.workspace import Workspace, pretrained_dir


@dataclass(frozen=True)
class RegisteredModel:
    """A model of a workspace.

    Attributes:
        weights: its file; card: None if it has none, or a damaged one.
        fault: why it cannot be used, "" if nothing is known against it.
        notes: of people; archived: whether it is left out where a model is chosen.
        default: whether it runs if no other is chosen.
    """

    name: str
    weights: Path
    card: ModelCard | None
    fault: str
    notes: str
    archived: bool
    default: bool

    @property
    def shipped(self) -> bool:
        """Whether it belongs to the program, which then never changes it."""
        return self.weights.parent == pretrained_dir()

    @property
    def size_bytes(self) -> int:
        """Size of its weights; 0 if they are gone."""
        with suppress(OSError):
            return self.weights.stat().st_size
        return 0

    @property
    def date(self) -> str:
        """Day of its training (UT), of the copying of its file if the card has none; "" for a shipped model."""
        if self.card and self.card.trained_at:
            return self.card.trained_at[:10]
        if not self.shipped:
            with suppress(OSError):
                return f"{datetime.fromtimestamp(self.weights.stat().st_mtime, UTC):%Y-%m-%d}"
        return ""

    @property
    def parent(self) -> str:
        """Name of the model that it was retrained from, "" if none."""
        return self.card.parent if self.card else ""

    @property
    def score(self) -> tuple[float | None, str]:
        """Spot F1 on the card, and the drawings that it was measured on; None and "" without one."""
        return score_of(self.card) if self.card else (None, "")


def registered(workspace: Workspace) -> list[RegisteredModel]:
    """Return all models: the default first, then the others by name, archived ones last.

    Raises:
        WorkspaceError: the choice of the default cannot be read.
    """
    default = default_model(workspace)
    found = [_model(workspace, name, fault, default) for name, fault in faults(workspace).items()]
    return sorted(found, key=lambda model: (not model.default, model.archived, model.name))


def registered_model(workspace: Workspace, name: str) -> RegisteredModel:
    """Return one model.

    Raises:
        ModelError: the model does not exist.
    """
    found = next((model for model in registered(workspace) if model.name == name), None)
    if found is None:
        raise ModelError(f"there is no model '{name}': it was renamed or deleted, or never existed")
    return found


def cards_of(workspace: Workspace) -> dict[str, ModelCard | None]:
    """Return the card of every model by name; None for one without a readable card."""
    return {model.name: model.card for model in registered(workspace)}


def to_choose(workspace: Workspace) -> dict[str, str]:
    """Return the models to choose from, each with the reason why it cannot be used ("" if it can)."""
    return {model.name: model.fault for model in registered(workspace) if model.default or not model.archived}


def set_notes(workspace: Workspace, name: str, text: str) -> None:
    """Replace the notes on a model.

    Raises:
        ModelError: the model does not exist.
        ParameterError: the text is too long.
    """
    change_notes(workspace, registered_model(workspace, name).name, text=text.strip())


def archive(workspace: Workspace, name: str, archived: bool = True) -> None:
    """Hide a model where one is chosen, or show it again; its files and results stay.

    Raises:
        ModelError: the model does not exist.
        ParameterError: it is the default.
    """
    if registered_model(workspace, name).default and archived:
        raise ParameterError(f"'{name}' is the default model: make another one the default first")
    change_notes(workspace, name, archived=archived)


def score_of(card: ModelCard) -> tuple[float | None, str]:
    """Return the F1 of spots on a card, and what it was measured on; None and "" without one."""
    apart = card.metrics.get("out_of_fold")
    if isinstance(apart, dict) and isinstance(f1 := apart.get("f1"), int | float):
        return float(
            f1
        ), f"{apart.get('drawings', 'all')} labelled drawings, each by a model that never saw it"
    if isinstance(f1 := card.metrics.get("f1"), int | float):
        number = len(card.split.get("validation", []))
        return float(f1), counted(number, "validation drawing")
    return None, ""


def _model(workspace: Workspace, name: str, fault: str, default: str) -> RegisteredModel:
    card, notes, archived = None, "", False
    weights = workspace.trained_models / f"{name}.pth"
    with suppress(SunspotError):
        weights = workspace.find_model(name)
        card = read_card(weights)
    try:
        found = read_notes(workspace, name)
        notes, archived = found.text, found.archived
    except SunspotError as error:
        fault = fault or str(error)
    return RegisteredModel(name, weights, card, fault, notes, archived, name == default)
