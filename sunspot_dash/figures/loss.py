"""The losses of trainings, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.figures.theme import COLOURS, only_words, style

Rows = Sequence[Mapping[str, Any]]
# Beyond as many runs as there are colours, another sign tells them apart.
SIGNS = ("circle", "square", "diamond", "triangle-up")
FEW = 15


def loss_figure(runs: Mapping[str, Rows], logarithmic: bool, theme: str, nothing: str = "") -> go.Figure:
    """Training loss (line), validation loss (dashes) and best epoch (star) of each run, in a colour of its own.

    Args:
        runs: name of a run -> its epochs, each {"epoch", "train_loss", "validation_loss"?, "f1"?}.
        logarithmic: scale of the loss.
        theme: "light" or "dark".
        nothing: what is said when no run has an epoch yet.
    """
    if not runs:
        return only_words(nothing, theme)
    figure = go.Figure()
    for number, (name, rows) in enumerate(runs.items()):
        sign = SIGNS[number // len(COLOURS) % len(SIGNS)]
        _add_run(figure, name, rows, COLOURS[number % len(COLOURS)], sign)
    few = max(map(len, runs.values()), default=0) < FEW
    figure.update_xaxes(title="epoch", dtick=1 if few else None)
    figure.update_yaxes(
        title="loss (20 × weighted BCE + Dice + centre focal loss)",
        type="log" if logarithmic else "linear",
        # A zoom into one scale makes no sense in the other.
        uirevision=logarithmic,
    )
    figure.update_layout(uirevision="loss", showlegend=True)
    return style(figure, theme)


def _add_run(figure: go.Figure, name: str, rows: Rows, colour: str, sign: str) -> None:
    """Three traces that the legend shows, and hides, as one."""
    shared = {"legendgroup": name, "marker": {"color": colour, "symbol": sign}}
    epochs = [row["epoch"] for row in rows]
    best = best_epoch(rows)
    score = f", best F1 {best['f1']:.3f}" if "f1" in best else ""
    figure.add_scatter(
        x=epochs,
        y=[row["train_loss"] for row in rows],
        name=f"{name}{score}",
        mode="lines+markers",
        line={"color": colour},
        hovertemplate="epoch %{x}: training %{y:.4g}<extra>" + name + "</extra>",
        **shared,
    )
    if any("validation_loss" in row for row in rows):
        figure.add_scatter(
            x=epochs,
            y=[row.get("validation_loss") for row in rows],
            name=f"{name}: validation",
            mode="lines+markers",
            line={"color": colour, "dash": "dash"},
            showlegend=False,
            hovertemplate="epoch %{x}: validation %{y:.4g}<extra>" + name + "</extra>",
            **shared,
        )
    figure.add_scatter(
        x=[best["epoch"]],
        y=[best.get("validation_loss", best["train_loss"])],
        name=f"{name}: best epoch",
        mode="markers",
        showlegend=False,
        hovertemplate=f"epoch %{{x}}{score}<extra>{name}</extra>",
        **{**shared, "marker": {"color": colour, "symbol": "star", "size": 15}},
    )
