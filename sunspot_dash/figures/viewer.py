"""A drawing with its limb and its spots, to zoom and pan; the picture itself stays at its address."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.detections import DrawingResult
from sunspot_dash.domain.disk import Disk
from sunspot_dash.figures.theme import SPOT, style

GREEN = "rgba(0, 255, 0, 0.35)"
VIEWS = ("overlay", "original", "mask")
Size = tuple[int, int]


def viewer_figure(
    url: str, size: Size, result: DrawingResult | None, threshold: float, view: str, theme: str
) -> go.Figure:
    """One drawing and what a model found on it.

    Args:
        url: of its picture; size: (width, height) of the page, px.
        result: what a model found on it, if it was run.
        threshold: least confidence of a spot that is shown.
        view: "overlay" (drawing and spots in green), "original", or "mask" (spots in white on black).
        theme: "light" or "dark".
    """
    figure = go.Figure()
    if view == "mask":
        box = {"x0": 0, "y0": 0, "x1": size[0], "y1": size[1]}
        figure.add_shape(type="rect", fillcolor="black", line_width=0, layer="below", **box)
    else:
        _picture(figure, url, size)
    if result is not None and view != "original":
        spots = result.numbered(threshold)
        outlines = [spot.outline for _, spot in spots]
        _outlines(figure, outlines, *(("white", "white") if view == "mask" else (SPOT, GREEN)))
        figure.add_scatter(
            x=[spot.x for _, spot in spots],
            y=[spot.y for _, spot in spots],
            mode="markers",
            marker={"size": 14, "opacity": 0},
            customdata=[(number, spot.area_px, spot.confidence) for number, spot in spots],
            hovertemplate="spot %{customdata[0]}<br>x %{x:.1f}, y %{y:.1f} px<br>area %{customdata[1]:.0f} px²"
            "<br>confidence %{customdata[2]:.2f}<extra></extra>",
            showlegend=False,
        )
        if view == "overlay":
            _limb(figure, result.disk)
    return _page(figure, url, size, theme)


def labels_figure(
    url: str, size: Size, outlines: list[np.ndarray], disk: Disk | None, theme: str
) -> go.Figure:
    """A drawing with its labels in green and its limb.

    Args:
        url: of its picture; size: (width, height) of the page, px.
        outlines: (n, 2) polygons of the labels, px; disk: the limb, if one was found.
        theme: "light" or "dark".
    """
    figure = go.Figure()
    _picture(figure, url, size)
    _outlines(figure, outlines, SPOT, GREEN)
    if disk is not None:
        _limb(figure, disk)
    return _page(figure, url, size, theme)


def _picture(figure: go.Figure, url: str, size: Size) -> None:
    place = {"xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": size[0], "sizey": size[1]}
    figure.add_layout_image(source=url, sizing="stretch", layer="below", **place)


def _page(figure: go.Figure, url: str, size: Size, theme: str) -> go.Figure:
    """Axes that are the page's pixels, y down."""
    figure.update_xaxes(range=[0, size[0]], visible=False, constrain="domain")
    figure.update_yaxes(range=[size[1], 0], visible=False, scaleanchor="x", constrain="domain")
    style(figure, theme)
    figure.update_layout(dragmode="pan", margin={"l": 0, "r": 0, "t": 0, "b": 0}, uirevision=url)
    return figure


def _outlines(figure: go.Figure, outlines: list[np.ndarray], colour: str, filling: str) -> None:
    """All outlines as one trace, with gaps between them."""
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
        line={"color": colour, "width": 1.5},
        fill="toself",
        fillcolor=filling,
        hoverinfo="skip",
        showlegend=False,
    )


def _limb(figure: go.Figure, disk: Disk) -> None:
    angle = np.linspace(0, 2 * np.pi, 181)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * disk.radius @ disk.strain.T + [disk.x, disk.y]
    figure.add_scatter(
        x=ring[:, 0],
        y=ring[:, 1],
        mode="lines",
        line={"color": "#d97706", "width": 1, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
