"""Plot the learning curve of a training: losses above, scores below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sunspot_dash.files import atomic_write


def write_learning_curve(history: list[dict[str, Any]], title: str, best_epoch: int, path: Path) -> None:
    """Write the plot of a history (one row per epoch) as a PNG, atomically."""
    figure = Figure(figsize=(8, 6.4), layout="constrained")
    losses, scores = figure.subplots(2, 1, sharex=True)
    epochs = [row["epoch"] for row in history]
    curves = (
        (losses, "train_loss", "training", "#1f6f8b"),
        (losses, "validation_loss", "validation", "#d1495b"),
        (scores, "f1", "spot F1", "#2e7d32"),
        (scores, "precision", "precision", "#a5d6a7"),
        (scores, "recall", "recall", "#81c784"),
        (scores, "iou", "pixel IoU", "#8e5ea2"),
    )
    for axis, key, label, color in curves:
        if any(key in row for row in history):
            axis.plot(epochs, [row.get(key) for row in history], "o-", ms=3, label=label, color=color)
    for axis in (losses, scores):
        if axis.lines:
            axis.axvline(best_epoch, color="grey", lw=0.8, ls=":", label=f"kept: epoch {best_epoch}")
            axis.legend(frameon=False, fontsize=8)
        else:
            axis.text(0.5, 0.5, "no drawings were kept for validation", ha="center", transform=axis.transAxes)
        axis.grid(alpha=0.25)
    losses.set(title=title, ylabel="loss", yscale="log")
    scores.set(xlabel="epoch", ylabel="score on validation drawings", ylim=(0, 1))
    scores.xaxis.set_major_locator(MaxNLocator(integer=True))
    atomic_write(path, lambda temporary: figure.savefig(temporary, dpi=120, format="png"))
