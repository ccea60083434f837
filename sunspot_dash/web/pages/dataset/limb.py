"""Moving the limb in the image by dragging the disk or pulling its edge."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, Patch, State

from sunspot_dash.figures.theme import graph_config
from sunspot_dash.web.ids import Dataset

CONFIG: Any = graph_config(scrollZoom=True)


def movable(move: bool) -> tuple[dict[str, Any], Patch]:
    """Let the mouse move either the circle or the image."""
    figure = Patch()
    figure["layout"]["meta"]["move"] = move  # a graph reads its configuration only when its figure changes
    return CONFIG | {"edits": {"shapePosition": move}}, figure


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Dataset.VIEW, "config"),
        Output(Dataset.VIEW, "figure", allow_duplicate=True),
        Input(Dataset.MOVE, "value"),
        prevent_initial_call=True,
    )(movable)
    app.clientside_callback(
        ClientsideFunction("sunspot", "limb"),
        *(Output(field, "value", allow_duplicate=True) for field in (Dataset.X, Dataset.Y, Dataset.RADIUS)),
        Output(Dataset.VIEW, "figure", allow_duplicate=True),
        Input(Dataset.VIEW, "relayoutData"),
        State(Dataset.VIEW, "figure"),
        State(Dataset.VIEW, "id"),
        prevent_initial_call=True,
    )
