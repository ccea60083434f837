"""The detections of two compared models on one drawing, judged by the truth of the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.scoring.comparison import Judged, judge
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.images import content_hash
from sunspot_dash.ml.config import TruthKind
from sunspot_dash.services.models.compare import result_for
from sunspot_dash.services.models.comparison import Comparison
from sunspot_dash.services.models.truths import Reviewed, labelled
from sunspot_dash.workspace import Workspace


@dataclass(frozen=True)
class SideBySide:
    """Both results on a drawing, and their judgements."""

    results: tuple[DrawingResult, DrawingResult]
    judged: tuple[Judged, Judged]


def side_by_side(workspace: Workspace, found: Comparison, name: str, path: Path) -> SideBySide:
    """Judge the results of two compared models on a drawing, given by its name and file.

    Raises:
        ParameterError: a result is missing, since the image or its limb has changed.
        CocoError, ImageError, WorkspaceError: the truth cannot be used.
    """
    correction = read_corrections(workspace.corrections_file).get(name, NONE)
    image_hash = content_hash(path)
    results = []
    for side in found.sides:
        result = result_for(workspace, side.model, side.sha256, name, image_hash, correction)
        if result is None:
            raise ParameterError(
                f"the result of {side.model} is gone, or the drawing has changed: compare the models again",
                name,
            )
        results.append(result.recounted(side.threshold))
    first, second = results
    truth = labelled(workspace) if found.truth is TruthKind.LABELS else Reviewed(workspace)
    spots, _ = truth.spots_on(name, results)
    return SideBySide((first, second), (judge(spots, first), judge(spots, second)))
