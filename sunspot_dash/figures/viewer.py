"""A drawing with its limb and its spots, to zoom and pan; the picture itself stays at its address."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.figures.theme import SPOT, style

GREEN = "rgba(0, 255, 0, 0.35)"
LIMB = "#d97706"
MARKED = "#cc79a7"
VIEWS = ("original", "mask", "overlay")
Size = tuple[int, int]
# Traces of a view that the page fills with the spots above its threshold (assets/viewer.js): their outlines and,
# for the mouse, their centres.
OUTLINES, CENTRES = 0, 1
HOVER = (
    "spot %{customdata[0]}<br>x %{x:.1f}, y %{y:.1f} px<br>r/R %{customdata[3]:.3f}, PA %{customdata[4]:.1f}°"
    "<br>area %{customdata[1]:.0f} px²<br>confidence %{customdata[2]:.2f}<br>%{customdata[5]}<extra></extra>"
)


def view_figures(
    url: str, size: Size, disk: Disk | None, marked: tuple[float, float] | None, theme: str
) -> dict[str, go.Figure]:
    """The views of a drawing, on the same axes and still without spots: name -> figure.

    Args:
        url: of its picture; size: (width, height) of the page, px.
        disk: the limb, if a model was run on it.
        marked: where a spot is to be pointed at.
        theme: "light" or "dark".
    """
    figures = {}
    for view in VIEWS:
        figure = go.Figure()
        _outlines(figure, [], *(("white", "white") if view == "mask" else (SPOT, GREEN)))
        figure.add_scatter(
            x=[],
            y=[],
            mode="markers",
            marker={"size": 14, "opacity": 0},
            hovertemplate=HOVER,
            showlegend=False,
        )
        if view == "mask":
            box = {"x0": 0, "y0": 0, "x1": size[0], "y1": size[1]}
            figure.add_shape(type="rect", fillcolor="black", line_width=0, layer="below", **box)
        else:
            _picture(figure, url, size)
        if view == "overlay" and disk is not None:
            _limb(figure, disk)
        if marked is not None and view != "mask":
            figure.add_scatter(
                x=[marked[0]],
                y=[marked[1]],
                mode="markers",
                showlegend=False,
                hoverinfo="skip",
                marker={"symbol": "circle-open", "size": 42, "color": MARKED, "line": {"width": 3}},
            )
        figures[view] = _page(figure, url, size, theme)
    return figures


def labels_figure(url: str, size: Size, outlines: list[np.ndarray], disk: Disk, theme: str) -> go.Figure:
    """A drawing with its labels in green and its limb, as a shape that can be moved.

    Args:
        url: of its picture; size: (width, height) of the page, px.
        outlines: (n, 2) polygons of the labels, px.
        disk: the limb, or a circle to begin with.
        theme: "light" or "dark".
    """
    figure = go.Figure()
    _picture(figure, url, size)
    _outlines(figure, outlines, SPOT, GREEN)
    limb = {
        "x0": disk.x - disk.radius,
        "x1": disk.x + disk.radius,
        "y0": disk.y - disk.radius,
        "y1": disk.y + disk.radius,
    }
    # The first of the shapes, and where it lay: what the page compares to tell that it was moved.
    figure.update_layout(meta={"limb": limb})
    figure.add_shape(
        type="circle",
        **limb,
        line={"color": LIMB, "width": 1.5, "dash": "solid" if disk.by_hand else "dot"},
        opacity=0.8,
    )
    return _page(figure, url, size, theme)


def _picture(figure: go.Figure, url: str, size: Size) -> None:
    place = {"xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": size[0], "sizey": size[1]}
    figure.add_layout_image(source=url, sizing="stretch", layer="below", **place)


def _page(figure: go.Figure, url: str, size: Size, theme: str) -> go.Figure:
    """Axes that are the page's pixels, y down.

    In a graph of another shape the axes keep their ranges and leave room beside: ranges that were made wider would
    grow with every change of shape.
    """
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
        line={"color": LIMB, "width": 1, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
