"""A drawing with hits, misses and false alarms."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.scoring.comparison import Judged
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.figures.labels import Size, add_image, add_outlines, pixel_axes
from sunspot_dash.figures.tokens import TOKENS

CLEAR = "rgba(0,0,0,0)"
MARGIN = 1.04  # of the limb that is shown at first


def judged_figure(url: str, size: Size, disk: Disk, judged: Judged, theme: str) -> go.Figure:
    """Draw the outlines of a judged result; rings mark misses (dashed) and false alarms, which are small on the disk.

    Args:
        url: of the image; size: (width, height) of the drawing, px.
        disk: the part that is shown at first.
        theme: "light" or "dark".
    """
    token = TOKENS[theme]
    figure = go.Figure()
    add_image(figure, url, size)
    for spots, name, dash, symbol in (
        (judged.hits, "hit", "solid", ""),
        (judged.misses, "miss", "dash", "diamond-open"),
        (judged.false_alarms, "false-alarm", "solid", "circle-open"),
    ):
        add_outlines(
            figure,
            [spot.outline for spot in spots if len(spot.outline)],
            token[name],
            "rgba(0,0,0,0)",
            dash=dash,
        )
        if symbol:
            _add_rings(figure, spots, token[name], symbol)
    pixel_axes(figure, url, size, theme)
    reach = MARGIN * disk.radius
    figure.update_xaxes(range=[disk.x - reach, disk.x + reach])
    figure.update_yaxes(range=[disk.y + reach, disk.y - reach])
    return figure


def _add_rings(figure: go.Figure, spots: Sequence[Spot], colour: str, symbol: str) -> None:
    figure.add_scatter(
        x=[spot.x for spot in spots],
        y=[spot.y for spot in spots],
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 16, "line": {"width": 1.5}},
        hoverinfo="skip",
        showlegend=False,
    )
