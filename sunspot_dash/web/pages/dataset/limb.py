"""Moving the limb in the picture: dragging the disk, or pulling its edge."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, Patch, State, no_update

from sunspot_dash.web.ids import Dataset

CONFIG: Any = {"displaylogo": False, "scrollZoom": True}


def dragged(moved: dict[str, Any] | None, figure: dict[str, Any] | None) -> tuple[Any, Any, Any, Any]:
    """The circle as it was moved in the picture: what its sides' places make of it, round again."""
    sides = {side: (moved or {}).get(f"shapes[0].{side}") for side in ("x0", "x1", "y0", "y1")}
    if figure is None or all(place is None for place in sides.values()):
        return (no_update,) * 4
    before = figure["layout"]["shapes"][0]
    x0, x1, y0, y1 = (before[side] if place is None else float(place) for side, place in sides.items())
    spans = [
        abs(span) / 2 for span, pair in ((x1 - x0, "x0 x1"), (y1 - y0, "y0 y1")) if _changed(sides, pair)
    ]
    radius = sum(spans) / len(spans)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    patch = Patch()
    patch["layout"]["shapes"][0].update(
        {"x0": x - radius, "x1": x + radius, "y0": y - radius, "y1": y + radius}
    )
    return round(x, 1), round(y, 1), round(radius, 1), patch


def _changed(sides: dict[str, Any], pair: str) -> bool:
    return any(sides[side] is not None for side in pair.split())


def movable(move: bool) -> tuple[dict[str, Any], Patch]:
    """Whether the mouse moves the circle, or the picture."""
    figure = Patch()
    figure["layout"]["meta"] = move  # a graph looks at its configuration only when its figure changes
    return CONFIG | {"edits": {"shapePosition": move}}, figure


def register(app: Dash) -> None:
    """Make the callbacks known."""
    app.callback(
        Output(Dataset.VIEW, "config"),
        Output(Dataset.VIEW, "figure", allow_duplicate=True),
        Input(Dataset.MOVE, "value"),
        prevent_initial_call=True,
    )(movable)
    app.callback(
        *(Output(field, "value", allow_duplicate=True) for field in (Dataset.X, Dataset.Y, Dataset.RADIUS)),
        Output(Dataset.VIEW, "figure", allow_duplicate=True),
        Input(Dataset.VIEW, "relayoutData"),
        State(Dataset.VIEW, "figure"),
        prevent_initial_call=True,
    )(dragged)
