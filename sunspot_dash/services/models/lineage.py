"""Which model was retrained from which, by the names and hashes on their cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sunspot_dash.ml.config import ModelCard

PRESENT, MISSING, REPLACED = "present", "missing", "replaced"
Cards = Mapping[str, ModelCard | None]


@dataclass(frozen=True)
class Ancestor:
    """A model from which another one was retrained.

    Attributes:
        state: PRESENT, MISSING if there is no model of this name, or REPLACED if it has other weights today.
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
