"""The heliographic grid and the groups of a drawing, as traces and annotations for the viewer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from sunspot_dash.domain.activity.groups import Groups
from sunspot_dash.domain.activity.observation import Observation
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.sun.grid import HeliographicGrid
from sunspot_dash.text import counted

# Both colours are visible on white paper and on a black mask.
GRID_COLOUR = "#2f86d6"
GROUP_COLOUR = "#d55e00"
STRONG = ("equator", "central meridian")
# Padding around a group, and gap to its label, in solar radii.
PAD, GAP = 0.025, 0.012
# Width of a letter and height of a line, in solar radii, for a disk about 560 px wide on the screen.
LETTER, LINE = 0.0235, 0.062
# Above this radius points are rounded to whole pixels, which halves the size of the data without visible change.
LARGE_PX = 500
Box = tuple[float, float, float, float]


def grid_traces(grid: HeliographicGrid, disk: Disk) -> list[dict[str, Any]]:
    """Return three traces: the grid lines, the equator and central meridian in a stronger line, and the poles."""
    fine = [line.xy for line in grid.lines if line.kind not in STRONG]
    strong = [line.xy for line in grid.lines if line.kind in STRONG]
    digits = 0 if disk.radius > LARGE_PX else 1
    poles: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [round(pole.x, 1) for pole in grid.poles],
        "y": [round(pole.y, 1) for pole in grid.poles],
        "text": ["N" if pole.north else "S" for pole in grid.poles],
        "textposition": "top right",
        "textfont": {"color": GRID_COLOUR, "size": 15, "weight": "bold"},
        "marker": {
            "symbol": ["circle" if pole.visible else "circle-open" for pole in grid.poles],
            "color": GRID_COLOUR,
            "size": 7,
        },
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [
        _lines(fine, GRID_COLOUR, 0.8, 0.55, digits),
        _lines(strong, GRID_COLOUR, 1.6, 0.9, digits),
        poles,
    ]


def group_outlines(observation: Observation, disk: Disk) -> list[dict[str, Any]]:
    """Return one trace with the outlines of all groups."""
    return [_lines([_closed(hull) for hull in _hulls(observation, disk)], GROUP_COLOUR, 1.5, 1.0)]


def group_labels(observation: Observation, disk: Disk, size: tuple[int, int]) -> list[dict[str, Any]]:
    """Return one annotation per group, placed to avoid overlap and to stay within the drawing of `size` px.

    `text` has the number and the spot count, `name` only the number (for narrow views), `hovertext` adds position
    and size.
    """
    taken: list[Box] = []
    labels = []
    hulls = list(_hulls(observation, disk))
    boxes = [_box(hull) for hull in hulls]
    for i, text in enumerate(_texts(observation.groups)):
        others = taken + boxes[:i] + boxes[i + 1 :]
        x, y, anchor, box = min(
            _label_positions(boxes[i], text, disk), key=lambda position: _overlap(position[3], others, size)
        )
        taken.append(box)
        labels.append(
            {
                "x": round(x, 1),
                "y": round(y, 1),
                "xanchor": anchor,
                "text": text,
                "name": str(observation.groups.number[i]),
                "hovertext": f"{text}<br>{_details(observation.groups, i)}",
                "showarrow": False,
                "font": {"size": 11, "color": "#1a1a1a"},
                "bgcolor": "rgba(255, 255, 255, 0.85)",
                "bordercolor": GROUP_COLOUR,
                "borderpad": 1,
            }
        )
    return labels


def _texts(groups: Groups) -> list[str]:
    return [
        f"{number} · {counted(spots, 'spot')}" + (" · bipolar" if bipolar else "")
        for number, spots, bipolar in zip(groups.number, groups.spots, groups.bipolar, strict=True)
    ]


def _details(groups: Groups, i: int) -> str:
    b, cmd = groups.latitude_deg[i], groups.cmd_deg[i]
    return (
        f"B {b:+.1f}°, CMD {cmd:+.1f}°<br>extent {groups.extent_deg[i]:.1f}°<br>"
        f"umbral area {groups.area[i]:.0f} MSH"
    ).replace("-", "−")


def _hulls(observation: Observation, disk: Disk) -> Iterator[np.ndarray]:
    """Yield a padded convex hull (n, 2) in px around each group."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    pad = np.column_stack([np.cos(turn), np.sin(turn)]) * PAD * disk.radius
    for number in observation.groups.number:
        members = [
            spot
            for (_, spot), group in zip(observation.numbered, observation.group, strict=True)
            if group == number
        ]
        points = np.vstack([np.vstack([spot.outline, [[spot.x, spot.y]]]) for spot in members])
        padded = (points[:, None] + pad).reshape(-1, 2).astype(np.float32)
        yield cv2.convexHull(padded)[:, 0].astype(np.float64)


def _label_positions(group: Box, text: str, disk: Disk) -> list[tuple[float, float, str, Box]]:
    """Return positions (x, y, anchor, box) of a label, best first: above, below, right and left of its group."""
    width, height, gap = LETTER * disk.radius * len(text), LINE * disk.radius, GAP * disk.radius
    x0, y0, x1, y1 = group
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    above, below = y0 - gap - height / 2, y1 + gap + height / 2
    return [
        (x, above, "center", (x - width / 2, above - height / 2, x + width / 2, above + height / 2)),
        (x, below, "center", (x - width / 2, below - height / 2, x + width / 2, below + height / 2)),
        (x1 + gap, y, "left", (x1 + gap, y - height / 2, x1 + gap + width, y + height / 2)),
        (x0 - gap, y, "right", (x0 - gap - width, y - height / 2, x0 - gap, y + height / 2)),
    ]


def _overlap(box: Box, others: list[Box], size: tuple[int, int]) -> float:
    """Return the area of a box that overlaps others or is outside the drawing, px²."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    return sum(_common(box, other) for other in others) + area - _common(box, (0, 0, *size))


def _common(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _box(hull: np.ndarray) -> Box:
    (x0, y0), (x1, y1) = hull.min(axis=0).tolist(), hull.max(axis=0).tolist()
    return x0, y0, x1, y1


def _closed(hull: np.ndarray) -> np.ndarray:
    return np.vstack([hull, hull[:1]])


def _lines(
    lines: list[np.ndarray], colour: str, width: float, opacity: float, digits: int = 1
) -> dict[str, Any]:
    """Return polylines as one trace, separated by gaps, rounded to `digits` decimals of a pixel."""
    x: list[float | None] = []
    y: list[float | None] = []
    for line in lines:
        rounded = np.round(line, digits) if digits else np.round(line).astype(int)
        x += [*rounded[:, 0].tolist(), None]
        y += [*rounded[:, 1].tolist(), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": colour, "width": width},
        "opacity": opacity,
        "hoverinfo": "skip",
        "showlegend": False,
    }
