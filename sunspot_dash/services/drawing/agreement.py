"""F1 of a model on each labelled drawing, lowest first, from the results and labels of the workspace."""

from __future__ import annotations

from functools import lru_cache

from sunspot_dash.domain.labels.coco import spot_polygons
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.dataset.label_choice import labels_by_name, labels_stamp
from sunspot_dash.services.drawing.results import result_of
from sunspot_dash.workspace import Workspace


def labelled_scores(catalogue: Catalogue, model: str) -> list[tuple[str, float]]:
    """Return (key, F1) of the labelled drawings with a result of a model, lowest F1 first.

    F1 is that of every evaluation, at the threshold of each result; a blank drawing without detections has 1. A model
    that was trained on a drawing is too good on it.

    Raises:
        CocoError, WorkspaceError: the labels cannot be read.
    """
    workspace = catalogue.workspace
    rows = catalogue.rows(
        """select drawing.key, drawing.name from drawing join result using (key)
        where result.model = ? and drawing.labels is not null order by drawing.date, drawing.time, drawing.name""",
        [model],
    )
    drawings = tuple((row["key"], row["name"]) for row in rows)
    return _scores(workspace, model, drawings, (catalogue.revision(), labels_stamp(workspace)))


@lru_cache(maxsize=4)
def _scores(
    workspace: Workspace, model: str, drawings: tuple[tuple[str, str], ...], _state: object
) -> list[tuple[str, float]]:
    from sunspot_dash.domain.scoring.matching import score_drawing  # imports scipy

    labels = labels_by_name(workspace)
    scores = []
    for key, name in drawings:
        result = result_of(workspace, model, name)
        if result is not None and name in labels:
            truth = [Spot.from_outline(outline) for outline in spot_polygons(labels[name])]
            found = score_drawing(name, truth, result.counted(), result.disk.radius).spots.f1
            scores.append((key, 1.0 if found is None else found))
    return sorted(scores, key=lambda one: one[1])
