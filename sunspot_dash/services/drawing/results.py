"""The detections of a model on one drawing."""

from __future__ import annotations

from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.workspace import Workspace


def result_of(workspace: Workspace, model: str, name: str) -> DrawingResult | None:
    """Return the result of a model on a drawing, None if there is none."""
    try:
        return read_result(result_path(workspace.results_of(model), name), model)
    except WorkspaceError:
        return None
