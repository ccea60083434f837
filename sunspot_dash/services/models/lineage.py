"""The lineage of a model: the model that it was retrained from, that model's own parent, and so on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sunspot_dash.errors import SunspotError
from sunspot_dash.ml.config import ModelCard, read_card
from sunspot_dash.workspace import Workspace


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
        ModelError: there is no such model, or its card is damaged.
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
