"""The facts of a model in plain words, for the page and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sunspot_dash.ml.config import DEFAULT_THRESHOLD, ModelCard
from sunspot_dash.services.models.lineage import MISSING, PRESENT, REPLACED, Ancestor
from sunspot_dash.services.models.registry import RegisteredModel
from sunspot_dash.text import counted

STATES = {PRESENT: "", MISSING: "no longer here", REPLACED: "now has other weights"}
PARAMETER_NAMES = {
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
    "tile_size": "Tile size (px)",
    "penalty_weight": "Penalty for missed spots",
}
MOST_LOG_BYTES = 20_000  # of a log on a page
NO_CARD = f"none: the model runs with the default threshold of {DEFAULT_THRESHOLD:g}"


def facts_of(model: RegisteredModel) -> list[tuple[str, str]]:
    """Return names and values of what is known about a model."""
    rows = [("Cannot be used", model.fault)] if model.fault else []
    rows.append(("Origin", "shipped with the program" if model.shipped else "trained or imported here"))
    if model.date:
        rows.append(("Date", model.date))
    rows.append(("Size", f"{model.size_bytes / 1e6:.1f} MB"))
    card = model.card
    if card is None:
        return rows if model.fault else [*rows, ("Card", NO_CARD)]
    f1, measured_on = model.score
    rows.append(("F1 of spots", "not measured" if f1 is None else f"{f1:.3f} on {measured_on}"))
    rows.append(("Trained on", card.trained_on or "unknown"))
    if epochs := _epochs(model):
        rows.append(("Epochs", epochs))
    if card.corrected:
        rows.append(("Corrections", f"{counted(len(card.corrected), 'reviewed drawing')} among them"))
        rows.append(("Hash of corrections", card.corrections_hash[:16]))
    if card.kept_apart:
        rows.append(
            ("Kept apart", f"{counted(len(card.kept_apart), 'reviewed drawing')}, for the comparison")
        )
    rows += [
        ("Encoder", card.encoder),
        ("Disk radius", f"{card.radius} px"),
        ("Threshold", f"{card.threshold:g}"),
        ("Looks at", _view(card)),
        ("Intervals of counts", _intervals(card)),
        *_parameters(card),
    ]
    if card.terms:
        rows.append(("Terms", card.terms))
    return [*rows, ("SHA-256", card.weights_sha256[:16] or "not on the card")]


def _parameters(card: ModelCard) -> list[tuple[str, str]]:
    given = ((name, card.parameters.get(key)) for key, name in PARAMETER_NAMES.items())
    return [(name, f"{value:g}") for name, value in given if isinstance(value, int | float)]


def _view(card: ModelCard) -> str:
    if card.looks_at_proposals:
        return f"places where a spot is possible ({100 * (card.proposed or 0):.1f} % of what it finds)"
    return "the whole disk"


def _intervals(card: ModelCard) -> str:
    found = card.calibration
    if found is None:
        return "none: its counts were not compared with those of observers"
    return f"{100 * found.level:.0f} %, from {counted(found.drawings, 'drawing')} with the observer's counts"


def ancestor_text(ancestor: Ancestor) -> str:
    """Return the name of a parent, and why it is not the one on the card if so."""
    state = STATES[ancestor.state]
    return f"{ancestor.name} ({state})" if state else ancestor.name


def lineage_text(name: str, ancestors: Sequence[Ancestor], children: Sequence[str]) -> str:
    """Return the lineage of a model in one line, oldest first."""
    chain = [*map(ancestor_text, reversed(ancestors)), name]
    return " → ".join([*chain, ", ".join(children)] if children else chain)


def end_of_log(path: Path) -> str:
    """Return the last lines of a training's log, "" if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - MOST_LOG_BYTES))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _epochs(model: RegisteredModel) -> str:
    """Return the kept epoch and how many were asked for; "" if the card does not say."""
    if model.card is None:
        return ""
    kept, asked = model.card.metrics.get("epoch"), model.card.parameters.get("epochs")
    if isinstance(kept, int) and isinstance(asked, int):
        return f"{asked}; the weights are those of epoch {kept}"
    return str(asked) if isinstance(asked, int) else ""
