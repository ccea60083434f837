"""A comparison of two models: what it contains, and where it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sunspot_dash.domain.scoring.comparison import CurvePoint, Difference, DrawingPair, Row
from sunspot_dash.domain.scoring.matching import Tally
from sunspot_dash.errors import ModelError, ParameterError, WorkspaceError
from sunspot_dash.file_names import check_model_name
from sunspot_dash.files import atomic_write_bytes, file_sha256, state_of, writing
from sunspot_dash.ml.config import DEFAULT_THRESHOLD, ModelCard, TruthKind, read_card
from sunspot_dash.workspace import Workspace


@dataclass(frozen=True)
class Side:
    """One of the two models, and its pooled scores.

    Attributes:
        threshold: its own, at which it is scored.
        count_bias, count_mae: of the number of spots, relative to the true number.
        curve: pooled tallies over the thresholds, ascending.
        trained_on: the compared drawings on which it was trained; its scores on them are too high.
        corrected: number of drawings whose truth is a correction of its own result.
    """

    model: str
    sha256: str
    threshold: float
    spots: Tally
    count_bias: float | None
    count_mae: float | None
    curve: list[CurvePoint]
    trained_on: list[str]
    corrected: int


@dataclass(frozen=True)
class Comparison:
    """Two models on the same drawings.

    Attributes:
        made_at: time (UT), ISO.
        differences: second minus first, by score; see `domain.scoring.comparison.differences`.
        blocks: number of date blocks.
        drawings: those on which the models differ most first.
        failed: (name, reason) of drawings that could not be compared.
        left_out: drawings that were left out since one of the models was trained on them.
    """

    truth: TruthKind
    made_at: str
    first: Side
    second: Side
    differences: dict[str, Difference]
    blocks: int
    eras: list[Row]
    sizes: list[Row]
    drawings: list[DrawingPair]
    failed: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.first, self.second


STORED = TypeAdapter(Comparison)


def _file(workspace: Workspace, first: str, second: str, truth: TruthKind) -> Path:
    check_model_name(first)
    check_model_name(second)
    return workspace.comparisons / first / f"{second}.{truth}.json"


def store(workspace: Workspace, found: Comparison) -> None:
    """Store a comparison in place of the last one of the same models and the same kind of truth.

    Raises:
        WorkspaceError: it cannot be written; the last one is kept.
    """
    path = _file(workspace, found.first.model, found.second.model, found.truth)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_bytes(path, STORED.dump_json(found, indent=1) + b"\n")


def stored_comparison(workspace: Workspace, first: str, second: str, truth: TruthKind) -> Comparison | None:
    """Return the last comparison of two models, None if there is none; see `changed_since`.

    Raises:
        ParameterError: a name cannot name a model.
        WorkspaceError: it cannot be read.
    """
    path = _file(workspace, first, second, truth)
    try:
        found = STORED.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise WorkspaceError(f"{path} cannot be read: compare the models again") from error
    # A model may have been renamed since.
    return replace(found, first=replace(found.first, model=first), second=replace(found.second, model=second))


def comparisons_with(workspace: Workspace, second: str) -> list[Path]:
    """Return the files of the comparisons of other models with this one."""
    found = [path for truth in TruthKind for path in workspace.comparisons.glob(f"*/{second}.{truth}.json")]
    return sorted(path for path in found if path.parent.name != second)


def changed_since(workspace: Workspace, found: Comparison) -> list[str]:
    """Return the names of the models whose weights or threshold have changed since a comparison, or that are gone."""
    return [
        side.model for side in found.sides if _present(workspace, side.model) != (side.sha256, side.threshold)
    ]


def same_weights(workspace: Workspace, first: str, second: str) -> str:
    """Return what to know before two models with identical weights are compared, "" if their weights differ."""
    if first == second:
        return "choose two different models: this compares a model with itself"
    (one, threshold), (other, other_threshold) = (_present(workspace, model) for model in (first, second))
    if not one or one != other:
        return ""
    same = f"the weights of {first} and {second} are identical (SHA-256 {one[:12]} …)"
    if threshold == other_threshold:
        return f"{same}, and so are their thresholds: both find the same spots"
    return f"{same}: only their thresholds ({threshold:g} and {other_threshold:g}) can make a difference"


def _present(workspace: Workspace, model: str) -> tuple[str, float | None]:
    """Return the hash of a model's weights and its threshold."""
    try:
        weights = workspace.find_model(model)
        card = read_card(weights)
    except ModelError:
        return "", None
    threshold = card.threshold if card else DEFAULT_THRESHOLD
    return _hash_of(weights, state_of(weights)), threshold


@lru_cache(maxsize=64)
def _hash_of(weights: Path, _state: tuple[int, int, int]) -> str:
    return file_sha256(weights)


def kept_apart_of(card: ModelCard | None, name: str) -> list[str]:
    """Return the names of the reviewed drawings that were kept apart from the training of a model.

    Raises:
        ParameterError: there are none.
    """
    if card is None or not card.kept_apart:
        raise ParameterError(
            f"no reviewed drawing was kept apart for {name}: choose the labelled or all reviewed drawings"
        )
    return card.kept_apart


def compared_with_parent(workspace: Workspace, name: str) -> str:
    """Return why a model cannot be the default yet, "" if it can.

    A model without a parent can, also one whose parent is not in this workspace, as that of an imported model. A
    retrained one must have been compared with the weights from which it was retrained, on all drawings that were kept
    apart, and must not have changed since.

    Raises:
        ModelError: the model does not exist, or its card is damaged.
        WorkspaceError: the comparison cannot be read.
    """
    card = read_card(workspace.find_model(name))
    if card is None or card.parent not in workspace.known_models():
        return ""
    if not card.kept_apart:
        return (
            f"{name} has no reviewed drawings that were kept apart, so it cannot be compared with its parent "
            f"{card.parent}: retrain it with more reviewed drawings"
        )
    found = stored_comparison(workspace, card.parent, name, TruthKind.KEPT_APART)
    ask = f"compare {name} with its parent {card.parent} on the drawings that were kept apart"
    if found is None:
        return f"{ask} first"
    if found.first.sha256 != card.parent_sha256:
        return (
            f"{card.parent} has changed since {name} was retrained from it: restore its weights, then {ask}"
        )
    if name in changed_since(workspace, found):
        return f"{name} has changed since it was compared with its parent: {ask} again"
    judged = {pair.name for pair in found.drawings} | {failed for failed, _ in found.failed}
    if missing := len(set(card.kept_apart) - judged):
        return f"{missing} of the drawings that were kept apart were not compared: {ask} again"
    return ""
