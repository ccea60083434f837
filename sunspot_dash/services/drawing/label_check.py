"""Labels of the dataset that look wrong, from the results of all models."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any

from sunspot_dash.domain.labels.coco import spot_polygons
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.errors import ParameterError, SunspotError
from sunspot_dash.io.cells import cell
from sunspot_dash.ml.config import read_card
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.dataset.label_choice import dataset_labels, label_choice, labels_stamp
from sunspot_dash.services.drawing.results import result_of
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    from sunspot_dash.domain.scoring.suspects import Suspect

MISSING, NOT_FOUND = "label missing?", "label wrong?"
COLUMNS = ("drawing", "date", "x_px", "y_px", "check", "reason", "likely", "weak_evidence", "model")
WEAK_NOTE = (
    "A model that was trained on a drawing has learnt the errors of its labels, too. What such models say about it is "
    "weak evidence and comes last."
)


@dataclass(frozen=True)
class Doubtful:
    """A label to check.

    Attributes:
        key, name, date: of the drawing; x, y: the place, px of the drawing.
        kind: MISSING or NOT_FOUND; reason: a phrase.
        likely: 0 to 1, as in `suspects`; weak: whether every model in question was trained on the drawing.
        model: one in question, whose detections the link to the viewer shows.
    """

    key: str
    name: str
    date: str
    x: float
    y: float
    kind: str
    reason: str
    likely: float
    weak: bool
    model: str

    def as_dict(self) -> dict[str, Any]:
        """Return the columns of the table, ready for JSON and CSV."""
        x, y, likely = round(self.x, 1), round(self.y, 1), round(self.likely, 3)
        values = (self.name, self.date, x, y, self.kind, self.reason, likely, self.weak, self.model)
        return dict(zip(COLUMNS, values, strict=True))


@dataclass(frozen=True)
class LabelCheck:
    """The labels to check, those most likely wrong first.

    Attributes:
        listed: number of labelled drawings that are in the workspace.
        drawings, labels: numbers of those that were compared; models: by name.
    """

    listed: int
    drawings: int
    labels: int
    models: tuple[str, ...]
    rows: list[Doubtful]


def check_labels(workspace: Workspace, models: tuple[str, ...] = ()) -> LabelCheck:
    """Compare the labels of the dataset with the results of models; partly labelled drawings are left out.

    Args:
        models: names; all with results by default.

    Raises:
        ParameterError: a model has no results, or it is not clear which labels are spots.
        CocoError, WorkspaceError: the labels cannot be read.
    """
    catalogue = Catalogue(workspace)
    known = catalogue.models()
    if unknown := [name for name in models if name not in known]:
        raise ParameterError(f"model '{unknown[0]}' has no results: use one of {', '.join(known) or 'none'}")
    chosen = tuple(sorted(models or known))
    if not workspace.annotations_file.exists():
        return LabelCheck(0, 0, 0, chosen, [])
    return _checked(workspace, chosen, (catalogue.revision(), labels_stamp(workspace)))


@lru_cache(maxsize=4)
def _checked(workspace: Workspace, models: tuple[str, ...], _state: object) -> LabelCheck:
    from sunspot_dash.domain.scoring.suspects import Labelled, suspects  # imports scipy

    labels = dataset_labels(workspace, label_choice(workspace)).coco
    rows = {row["name"]: row for row in Catalogue(workspace).rows("select key, name, date from drawing")}
    drawings = []
    listed = sorted(set(labels.images) & set(rows))
    for name in listed:
        found = {model: result_of(workspace, model, name) for model in models}
        results = {model: result for model, result in found.items() if result is not None}
        if results:
            spots = [Spot.from_outline(one) for one in spot_polygons(labels.annotations.get(name, []))]
            drawings.append(Labelled(name, spots, results))
    learnt = {model: _learnt(workspace, model) for model in models}
    of_name = {drawing.name: tuple(drawing.results) for drawing in drawings}
    checked = [_doubtful(one, rows[one.name], of_name[one.name], learnt) for one in suspects(drawings)]
    checked.sort(key=lambda one: one.weak)  # the order within both parts stays
    return LabelCheck(
        len(listed), len(drawings), sum(len(drawing.labels) for drawing in drawings), models, checked
    )


def _doubtful(one: Suspect, row: Any, models: tuple[str, ...], learnt: dict[str, set[str]]) -> Doubtful:
    weak = all(one.name in learnt[model] for model in one.models)
    many = len(models) > 1
    if one.has_label:
        who = f"none of {len(models)} models has" if many else f"{models[0]} does not have"
        alike = f"{one.likely:.0%} of the {one.alike} labels of this size ({one.size} px² at R = 740 px) are found"
        kind, reason = NOT_FOUND, f"{who} a candidate here; {alike}"
    else:
        who = f"{len(one.models)} of {len(models)} models" if many else models[0]
        mean = "mean confidence" if many else "confidence"
        kind, reason = MISSING, f"a sure detection of {who}, {mean} {one.likely:.2f}, without a label"
    place = (row["key"], one.name, row["date"], one.x, one.y)
    return Doubtful(*place, kind, reason, one.likely, weak, one.models[0])


def _learnt(workspace: Workspace, model: str) -> set[str]:
    """Return the names of the drawings that a model was trained on, as far as its card says."""
    try:
        card = read_card(workspace.find_model(model))
    except SunspotError:  # removed, or its card is damaged
        card = None
    return {*card.split.get("training", []), *card.corrected} if card else set()


def csv_of(found: LabelCheck) -> str:
    """Return the labels to check as a CSV table."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(value) for value in one.as_dict().values()] for one in found.rows)
    return text.getvalue()
