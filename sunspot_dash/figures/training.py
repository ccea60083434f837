"""Curves of training runs: loss step by step and by epoch, scores on the validation drawings, learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.figures.theme import COLOURS, label_series, style, text_figure

Rows = Sequence[Mapping[str, Any]]
# Distinguishes runs that share a colour.
SYMBOLS = ("circle", "square", "diamond", "triangle-up")
SCORES = {"f1": ("F1", "solid"), "precision": ("precision", "dash"), "recall": ("recall", "dot")}
# Share of the height of each panel, from below: learning rate, scores, loss.
PANELS = {"yaxis3": (0, 0.15), "yaxis2": (0.22, 0.52), "yaxis": (0.59, 1)}
FEW_EPOCHS = 15
LEAST_GAP = 0.1  # between two labels at the ends of the score curves


@dataclass(frozen=True)
class Curves:
    """What a run has reported so far.

    Attributes:
        epochs: {"epoch", "train_loss", "learning_rate"?, "validation_loss"?, "f1"?, "precision"?, "recall"?} each.
        steps: (epochs done, loss) of single steps.
    """

    epochs: Rows
    steps: Sequence[tuple[float, float]] = ()


def training_figure(
    runs: Mapping[str, Curves],
    theme: str,
    logarithmic: bool = False,
    smoothing: float = 0.0,
    empty_text: str = "",
) -> go.Figure:
    """Draw the curves of runs in three panels, one colour per run; a star marks the best epoch.

    Args:
        runs: by the name of the run.
        theme: "light" or "dark".
        logarithmic: use a logarithmic loss axis.
        smoothing: weight of the past in the loss of the steps, 0 (none) to below 1.
        empty_text: shown if no run has finished a step.
    """
    if not runs:
        return text_figure(empty_text, theme)
    figure, colours = go.Figure(), COLOURS[theme]
    for number, (name, curves) in enumerate(runs.items()):
        symbol = SYMBOLS[number // len(colours) % len(SYMBOLS)]
        _add_run(figure, name, curves, colours[number % len(colours)], symbol)
        _add_steps(figure, name, curves.steps, colours[number % len(colours)], smoothing)
    if len(runs) == 1:
        _label_scores(figure, next(iter(runs.values())).epochs)
    few = max(len(curves.epochs) for curves in runs.values()) < FEW_EPOCHS
    rates = [row.get("learning_rate", 0.0) for curves in runs.values() for row in curves.epochs]
    highest = 1.1 * max(rates, default=0.0) or 1.0
    figure.update_layout(
        {name: {"domain": domain, "anchor": "x"} for name, domain in PANELS.items()},
        uirevision="training",
        xaxis={"title": "epoch", "dtick": 1 if few else None, "rangemode": "tozero", "anchor": "y3"},
        yaxis={
            "title": "loss",
            "type": "log" if logarithmic else "linear",
            # Resets the zoom when the scale changes.
            "uirevision": logarithmic,
        },
        yaxis2={"title": "score", "range": [0, 1.03]},
        yaxis3={"title": "learning<br>rate", "exponentformat": "power", "range": [0, highest], "nticks": 3},
    )
    style(figure, theme).update_layout(margin={"r": 110 if len(runs) == 1 else 20})
    names = [_with_score(name, curves.epochs) for name, curves in runs.items()]
    return label_series(figure, [(name, colours[i % len(colours)]) for i, name in enumerate(names)])


def _with_score(name: str, rows: Rows) -> str:
    """Return the name of a run with its best F1, once there is one."""
    best = best_epoch(rows) if rows else {}
    return f"{name}, best F1 {best['f1']:.3f}" if "f1" in best else name


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """Return the exponentially weighted mean of the values so far; `weight` is that of the past, 0 to below 1."""
    means: list[float] = []
    total = share = 0.0
    for value in values:
        total, share = weight * total + (1 - weight) * value, weight * share + (1 - weight)
        means.append(total / share)
    return means


def _add_run(figure: go.Figure, name: str, curves: Curves, colour: str, symbol: str) -> None:
    """Add the epochs of a run: its training loss, which the legend shows, and all that it hides with it."""
    rows = curves.epochs
    best = best_epoch(rows) if rows else {}

    def add(key: str, what: str, axis: str, dash: str = "solid", **more: Any) -> None:
        found = [row for row in rows if row.get(key) is not None]
        if not found and axis != "y":  # without a point Plotly leaves out the panel, and the x axis below it
            found = [{"epoch": None, key: None}]
        figure.add_scatter(
            x=[row["epoch"] for row in found],
            y=[row[key] for row in found],
            yaxis=axis,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"color": colour, "symbol": symbol, "size": 6},
            legendgroup=name,
            hovertemplate=f"epoch %{{x}}: {what} %{{y:.4g}}<extra>{name}</extra>",
            **{"name": f"{name}: {what}", "showlegend": False, **more},
        )

    add("train_loss", "training loss", "y", name=_with_score(name, rows), showlegend=True)
    add("validation_loss", "validation loss", "y", "dash")
    for key, (what, dash) in SCORES.items():
        add(key, what, "y2", dash)
    add("learning_rate", "learning rate", "y3")
    if "f1" in best:
        figure.add_scatter(
            x=[best["epoch"]],
            y=[best["f1"]],
            yaxis="y2",
            name=f"{name}: best epoch",
            mode="markers",
            marker={"color": colour, "symbol": "star", "size": 15},
            legendgroup=name,
            showlegend=False,
            hovertemplate=f"best epoch %{{x}}: F1 %{{y:.3f}}<extra>{name}</extra>",
        )


def _add_steps(
    figure: go.Figure, name: str, steps: Sequence[tuple[float, float]], colour: str, smoothing: float
) -> None:
    """Add the loss of the steps, thin and behind the epochs; smoothed, with the single values paler behind it."""
    x, losses = [at for at, _ in steps], [loss for _, loss in steps]
    curves = [(losses, 0.25), (smoothed(losses, smoothing), 0.8)] if smoothing else [(losses, 0.5)]
    for y, opacity in curves if steps else ():
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            line={"color": colour, "width": 1},
            opacity=opacity,
            legendgroup=name,
            name=f"{name}: loss of the steps",
            showlegend=False,
            hovertemplate=f"loss %{{y:.4g}} after %{{x:.2f}} epochs<extra>{name}</extra>",
            zorder=-1,
        )


def _label_scores(figure: go.Figure, rows: Rows) -> None:
    """Write name and last value at the end of each score curve, without overlap."""
    last = rows[-1] if rows else {}
    lowest = -1.0
    for key in sorted((key for key in SCORES if key in last), key=lambda key: float(last[key])):
        height = max(float(last[key]), lowest + LEAST_GAP)
        lowest = height
        figure.add_annotation(
            text=f"{SCORES[key][0]} {last[key]:.3f}",
            x=1,
            xref="paper",
            xanchor="left",
            xshift=8,
            y=height,
            yref="y2",
            showarrow=False,
        )
