"""A drawing with its labels and its limb, which can be moved; the browser loads the image from its URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.colours import FIGURE_COLOUR, FILL_OPACITY, FILL_RGB
from sunspot_dash.figures.theme import style

FILL = f"rgba{(*FILL_RGB, FILL_OPACITY)}"
LIMB = "#d97706"
Size = tuple[int, int]


def labels_figure(url: str, size: Size, outlines: list[np.ndarray], disk: Disk, theme: str) -> go.Figure:
    """Draw the labels in green, and the limb as a movable shape.

    Args:
        url: of the image; size: (width, height) of the drawing, px.
        outlines: (n, 2) label polygons, px.
        disk: the limb, or a circle to start from.
        theme: "light" or "dark".
    """
    figure = go.Figure()
    add_image(figure, url, size)
    add_outlines(figure, outlines, FIGURE_COLOUR, FILL)
    limb = {
        "x0": disk.x - disk.radius,
        "x1": disk.x + disk.radius,
        "y0": disk.y - disk.radius,
        "y1": disk.y + disk.radius,
    }
    # assets/callbacks.js compares the first shape with this position to detect that it was moved.
    figure.update_layout(meta={"limb": limb})
    figure.add_shape(
        type="circle",
        **limb,
        line={"color": LIMB, "width": 1.5, "dash": "solid" if disk.by_hand else "dot"},
        opacity=0.8,
    )
    return pixel_axes(figure, url, size, theme)


def add_image(figure: go.Figure, url: str, size: Size) -> None:
    """Add a drawing of (width, height) px below everything else."""
    place = {"xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": size[0], "sizey": size[1]}
    figure.add_layout_image(source=url, sizing="stretch", layer="below", **place)


def pixel_axes(figure: go.Figure, url: str, size: Size, theme: str) -> go.Figure:
    """Set the axes to the pixels of the drawing, y down.

    `constrain="domain"` keeps the ranges when the graph has another aspect ratio; otherwise they would grow with every
    change of layout.
    """
    figure.update_xaxes(range=[0, size[0]], visible=False, constrain="domain")
    figure.update_yaxes(range=[size[1], 0], visible=False, scaleanchor="x", constrain="domain")
    style(figure, theme)
    figure.update_layout(dragmode="pan", margin={"l": 0, "r": 0, "t": 0, "b": 0}, uirevision=url)
    return figure


def add_outlines(
    figure: go.Figure, outlines: Sequence[np.ndarray], colour: str, filling: str, **more: Any
) -> None:
    """Add all outlines as one trace, separated by gaps; `more` are properties of its line."""
    x: list[float | None] = []
    y: list[float | None] = []
    for outline in outlines:
        closed = np.vstack([outline, outline[:1]])
        x += [*closed[:, 0].tolist(), None]
        y += [*closed[:, 1].tolist(), None]
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": 1.5, **more},
        fill="toself",
        fillcolor=filling,
        hoverinfo="skip",
        showlegend=False,
    )
