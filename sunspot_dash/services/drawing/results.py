"""What a model detected on one drawing."""

from __future__ import annotations

from typing import Any

from sunspot_dash.domain.spots.detections import DrawingResult, polar
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.services.drawing.overlay import Overlay
from sunspot_dash.workspace import Workspace


def result_of(workspace: Workspace, model: str, name: str) -> DrawingResult | None:
    """What a model found on a drawing; None when it was not run on it."""
    try:
        return read_result(result_path(workspace.results_of(model), name))
    except WorkspaceError:
        return None


def spots_of(result: DrawingResult, overlay: Overlay) -> list[dict[str, Any]]:
    """Every candidate of a result, as the page's scripts have them."""
    places, found = overlay.hover(), []
    for number, spot in result.numbered(0.0):
        at = polar(spot, result.disk, overlay.orientation)
        found.append(
            {
                "number": number,
                "x": spot.x,
                "y": spot.y,
                "area_px": spot.area_px,
                "confidence": spot.confidence,
                "radius_fraction": at.radius_fraction,
                "position_angle_deg": at.position_angle_deg,
                "place": places[number],
                "outline": spot.outline.tolist(),
            }
        )
    return found
