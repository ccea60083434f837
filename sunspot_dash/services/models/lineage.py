"""Which model was retrained from which, by the names and hashes on their cards, and on which drawings."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sunspot_dash.errors import SunspotError
from sunspot_dash.ml.config import ModelCard, read_card
from sunspot_dash.workspace import Workspace

PRESENT, MISSING, REPLACED = "present", "missing", "replaced"
Cards = Mapping[str, ModelCard | None]


@dataclass(frozen=True)
class Ancestor:
    """A model from which another one was retrained.

    Attributes:
        state: PRESENT, MISSING if no model has this name, or REPLACED if it has other weights today.
    """

    name: str
    state: str


def ancestors(cards: Cards, name: str) -> list[Ancestor]:
    """Return the parent of a model, the parent of its parent, and so on; the last may be missing or replaced.

    Args:
        cards: the card of every model, by name; None for one without a readable card.
    """
    found: list[Ancestor] = []
    seen = {name}
    card = cards.get(name)
    while card is not None and card.parent and card.parent not in seen:
        seen.add(card.parent)
        state = _state(cards, card)
        found.append(Ancestor(card.parent, state))
        card = cards[card.parent] if state == PRESENT else None
    return found


def children(cards: Cards, name: str) -> list[str]:
    """Return the models that were retrained from the model that has this name today."""
    return sorted(
        child
        for child, card in cards.items()
        if card is not None and card.parent == name and _state(cards, card) != REPLACED
    )


def _state(cards: Cards, card: ModelCard) -> str:
    if card.parent not in cards:
        return MISSING
    parent = cards[card.parent]
    today = parent.weights_sha256 if parent else ""
    differs = card.parent_sha256 and today and card.parent_sha256 != today
    return REPLACED if differs else PRESENT


@dataclass(frozen=True)
class Lineage:
    """The cards of a model and its ancestors, the model first; an ancestor that was deleted ends it."""

    cards: tuple[ModelCard, ...] = ()

    @property
    def trained(self) -> set[str]:
        """Names of the drawings that any of them was trained on."""
        sides = [name for card in self.cards for name in card.split.get("training", [])]
        return {*sides, *(name for card in self.cards for name in card.corrected)}

    @property
    def validated(self) -> set[str]:
        """Names of the drawings that the choice of an epoch rested on, and that none of them was trained on."""
        return {name for card in self.cards for name in card.split.get("validation", [])} - self.trained

    @property
    def kept_apart(self) -> set[str]:
        """Names of the reviewed drawings that any of them kept apart."""
        return {name for card in self.cards for name in card.kept_apart}


def lineage_of(workspace: Workspace, model: str) -> Lineage:
    """Return the lineage of a model; parents are found by the hash of their weights, or else by name.

    Raises:
        ModelError: the model does not exist, or its card is damaged.
    """
    card = read_card(workspace.find_model(model))
    found: list[ModelCard] = []
    known = _cards(workspace)
    by_hash = {one.weights_sha256: one for one in known if one.weights_sha256}
    by_name = {one.name: one for one in known}
    while card is not None and card not in found:
        found.append(card)
        card = by_hash.get(card.parent_sha256) or by_name.get(card.parent)
    return Lineage(tuple(found))


def _cards(workspace: Workspace) -> list[ModelCard]:
    cards = []
    for name in workspace.known_models():
        with suppress(SunspotError):  # a damaged card, or a name that no model can have
            cards.append(read_card(workspace.find_model(name)))
    return [card for card in cards if card is not None]
