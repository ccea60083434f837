"""The detections of a model on one drawing."""

from __future__ import annotations

from typing import Any

from sunspot_dash.domain.spots.detections import DrawingResult, polar
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.services.drawing.overlay import Overlay
from sunspot_dash.workspace import Workspace


def result_of(workspace: Workspace, model: str, name: str) -> DrawingResult | None:
    """Return the result of a model on a drawing, None if there is none."""
    try:
        return read_result(result_path(workspace.results_of(model), name))
    except WorkspaceError:
        return None


def spots_of(result: DrawingResult, overlay: Overlay) -> list[dict[str, Any]]:
    """Return every candidate of a result in the form that the page's scripts expect."""
    texts, found = overlay.hover(), []
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
                "place": texts[number],
                "outline": spot.outline.tolist(),
            }
        )
    return found
