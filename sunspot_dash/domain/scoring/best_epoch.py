"""The epoch whose weights a training run keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def best_epoch(history: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the best row of a training history; of equal rows, the first.

    The row with the highest spot F1 is best, then the one with the lowest validation loss. Without validation
    drawings there is no F1, and the last epoch is best.

    Args:
        history: at least one row {"epoch", "f1"?, "validation_loss"?, ...} per epoch, in order.
    """
    return max(history, key=_rank)


def _rank(row: Mapping[str, Any]) -> tuple[float, ...]:
    return (row["f1"], -row["validation_loss"]) if "f1" in row else (row["epoch"],)
