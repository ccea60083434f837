"""Reviewed drawings as COCO labels for CVAT and Label Studio, and labels that were edited there as gestures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sunspot_dash.domain.labels.coco import spot_polygons
from sunspot_dash.domain.labels.listed_names import match_names
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.review.gestures import Act, polygon_of
from sunspot_dash.domain.review.labels import changes_to
from sunspot_dash.domain.review.replay import ReviewedDrawing, replay
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.io.journals import finished_drawings
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period, where_period
from sunspot_dash.services.dataset.label_choice import cached_coco, stored_categories
from sunspot_dash.services.review.record import Intent, check_person, record_each, review_of
from sunspot_dash.workspace import Workspace

CATEGORY = "sunspot"
DIGITS = 2  # of a pixel, as CVAT writes them
NONE_REVIEWED = "no drawing of this period is reviewed: mark drawings as reviewed on the page Review"


def reviewed_coco(catalogue: Catalogue, model: str, period: Period = ALWAYS) -> dict[str, Any]:
    """Return the spots of the drawings that are marked as reviewed, as the content of a COCO file.

    Raises:
        ParameterError: no drawing of the period is reviewed.
    """
    drawings = _reviewed(catalogue, model, period)
    if not drawings:
        raise ParameterError(NONE_REVIEWED)
    categories = stored_categories(catalogue.workspace)
    content: dict[str, Any] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": 1, "name": categories[0] if categories else CATEGORY, "supercategory": ""}],
    }
    for number, reviewed in enumerate(drawings, start=1):
        result = reviewed.result
        content["images"].append(
            {"id": number, "file_name": result.name, "width": result.width, "height": result.height}
        )
        for spot in reviewed.counted():
            content["annotations"].append(_label(len(content["annotations"]) + 1, number, polygon_of(spot)))
    return content


def _reviewed(catalogue: Catalogue, model: str, period: Period) -> list[ReviewedDrawing]:
    """Return the reviewed drawings of a period that have a result of the model, in order of time."""
    where, values = where_period(period, "date")
    sql = f"select name from result where model = ? and {where} order by date, time, name"
    names = [row["name"] for row in catalogue.rows(sql, [model, *values])]
    folder = catalogue.workspace.results_of(model)
    finished = dict(finished_drawings(catalogue.workspace.reviews, names))  # few of an archive
    drawings = [
        replay(read_result(result_path(folder, name)), finished[name]) for name in names if name in finished
    ]
    return [drawing for drawing in drawings if drawing.is_reviewed]


def _label(number: int, image: int, outline: np.ndarray) -> dict[str, Any]:
    rounded = np.round(outline, DIGITS)
    (left, top), (right, bottom) = rounded.min(axis=0), rounded.max(axis=0)
    box = np.round([left, top, right - left, bottom - top], DIGITS).tolist()
    area = round(area_and_centroid(rounded)[0], DIGITS)
    return {
        "id": number,
        "image_id": image,
        "category_id": 1,
        "segmentation": [rounded.ravel().tolist()],
        "area": area,
        "bbox": box,
        "iscrowd": 0,
    }


@dataclass
class Taken:
    """What became of the drawings of a label file.

    Attributes:
        changed: number of gestures by drawing, 0 if the labels are the spots already; skipped: (name, reason).
    """

    changed: dict[str, int] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def take_labels(catalogue: Catalogue, model: str, path: Path, person: str, apply: bool = True) -> Taken:
    """Record the gestures after which the spots of each drawing are the labels of a COCO file, and finish the drawings.

    A drawing that is reviewed already and does not change gets no gesture.

    Args:
        apply: record them; otherwise they are only counted.

    Raises:
        ParameterError: the person has no name, or the file lists no drawing with a result of the model.
        CocoError: it is not a COCO file.
    """
    person = check_person(person)
    coco = cached_coco(path)
    workspace = catalogue.workspace
    results = [row["name"] for row in catalogue.rows("select name from result where model = ?", [model])]
    names = match_names(coco.images, results).files
    taken = Taken(
        skipped=[(name, f"it has no result of {model}") for name in coco.images if name not in names]
    )
    partly = {problem.image for problem in coco.problems if problem.lost}
    for listed, name in names.items():
        if listed in partly:
            taken.skipped.append((name, "a part of its labels cannot be used"))
            continue
        try:
            taken.changed[name] = _take(
                workspace, model, name, coco.annotations.get(listed, []), person, apply
            )
        except (ParameterError, WorkspaceError) as error:
            taken.skipped.append((name, error.reason))
    if not taken.changed:
        reasons = "; ".join(sorted({reason for _, reason in taken.skipped})[:3]) or "it lists no image"
        raise ParameterError(f"{path.name} changes nothing: {reasons}")
    return taken


def _take(workspace: Workspace, model: str, name: str, labels: Any, person: str, apply: bool) -> int:
    """Return the number of gestures for a drawing."""
    reviewed = review_of(workspace, model, name)
    changes = changes_to(reviewed, [np.round(outline, DIGITS) for outline in spot_polygons(labels)])
    if apply:
        intents = [
            Intent(
                person,
                one.act,
                [one.key] if one.key else [],
                [] if one.outline is None else [one.outline],
            )
            for one in changes
        ]
        if changes or not reviewed.is_reviewed:
            intents.append(Intent(person, Act.FINISH))
        for _ in record_each(workspace, model, name, intents):
            pass
    return len(changes)
