"""Loss curves of training runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.figures.theme import COLOURS, style, text_figure

Rows = Sequence[Mapping[str, Any]]
# Distinguishes runs that share a colour.
SYMBOLS = ("circle", "square", "diamond", "triangle-up")
FEW_EPOCHS = 15


def loss_figure(runs: Mapping[str, Rows], logarithmic: bool, theme: str, empty_text: str = "") -> go.Figure:
    """Draw training loss (line), validation loss (dashes) and best epoch (star), one colour per run.

    Args:
        runs: name of a run -> its epochs, each {"epoch", "train_loss", "validation_loss"?, "f1"?}.
        logarithmic: use a logarithmic loss axis.
        theme: "light" or "dark".
        empty_text: shown if no run has finished an epoch.
    """
    if not runs:
        return text_figure(empty_text, theme)
    figure, colours = go.Figure(), COLOURS[theme]
    for number, (name, rows) in enumerate(runs.items()):
        symbol = SYMBOLS[number // len(colours) % len(SYMBOLS)]
        _add_run(figure, name, rows, colours[number % len(colours)], symbol)
    few = max(map(len, runs.values()), default=0) < FEW_EPOCHS
    figure.update_xaxes(title="epoch", dtick=1 if few else None)
    figure.update_yaxes(
        title="loss (20 × weighted BCE + Dice + centre focal loss)",
        type="log" if logarithmic else "linear",
        # Resets the zoom when the scale changes.
        uirevision=logarithmic,
    )
    figure.update_layout(uirevision="loss", showlegend=True)
    return style(figure, theme)


def _add_run(figure: go.Figure, name: str, rows: Rows, colour: str, symbol: str) -> None:
    """Add three traces that the legend shows and hides together."""
    shared = {"legendgroup": name, "marker": {"color": colour, "symbol": symbol}}
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
