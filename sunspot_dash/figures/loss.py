"""The losses of trainings, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from sunspot_dash.figures.theme import COLOURS, style


def loss_figure(
    runs: Mapping[str, Sequence[Mapping[str, float]]], logarithmic: bool, theme: str
) -> go.Figure:
    """Training (line) and validation loss (dashes) of each run, its best epoch marked.

    Args:
        runs: name of a run -> its epochs, each {"epoch", "train_loss", "validation_loss"?, "f1"?}.
        logarithmic: scale of the loss.
        theme: "light" or "dark".
    """
    figure = go.Figure()
    for number, (name, rows) in enumerate(runs.items()):
        colour = COLOURS[number % len(COLOURS)]
        epochs = [row["epoch"] for row in rows]
        figure.add_scatter(
            x=epochs,
            y=[row["train_loss"] for row in rows],
            name=f"{name}: training",
            mode="lines+markers",
            line={"color": colour},
        )
        if any("validation_loss" in row for row in rows):
            figure.add_scatter(
                x=epochs,
                y=[row.get("validation_loss") for row in rows],
                name=f"{name}: validation",
                mode="lines+markers",
                line={"color": colour, "dash": "dash"},
            )
            best = max(rows, key=lambda row: (row.get("f1", 0.0), -row.get("validation_loss", 0.0)))
            figure.add_scatter(
                x=[best["epoch"]],
                y=[best["validation_loss"]],
                name=f"{name}: best epoch, spot F1 {best.get('f1', 0.0):.3f}",
                mode="markers",
                marker={"color": colour, "symbol": "star", "size": 14},
            )
    figure.update_xaxes(title="epoch", dtick=1 if max(map(len, runs.values()), default=0) < 15 else None)
    figure.update_yaxes(title="loss (weighted BCE + Dice)", type="log" if logarithmic else "linear")
    figure.update_layout(uirevision="loss")
    return style(figure, theme)
