"""Agreement between the people who have read a drawing, and of the model with each of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.activity.reviewed import observe
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.review.blind import own_gestures, read_blind, readers, remarks_on
from sunspot_dash.domain.review.gestures import Gesture, finish_of
from sunspot_dash.domain.review.replay import ReviewedDrawing, replay
from sunspot_dash.domain.scoring.readers import Counts, Pair, PooledPair, Reading, pairs_of, pool_pairs
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.io.journals import read_journals
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import ALWAYS, Period, where_period
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.services.drawing.images import row_of
from sunspot_dash.services.drawing.overlay import setting_of
from sunspot_dash.services.drawing.results import result_of
from sunspot_dash.services.review.content import review_state
from sunspot_dash.workspace import Workspace

REVIEW_NOTE = "A review begins with the model's detections: its agreement with that model is overestimated."


@dataclass(frozen=True)
class DrawingAgreement:
    """The readings of a drawing, compared with each other.

    Attributes:
        pairs: the review first, then blind readings by name, the model last; empty with fewer than two readings.
        remarks: why a blind reading is not independent, one sentence each.
    """

    key: str
    name: str
    pairs: list[Pair]
    remarks: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "drawing": self.name,
            "pairs": [pair.as_dict() for pair in self.pairs],
            "remarks": self.remarks,
        }


@dataclass(frozen=True)
class Agreement:
    """The drawings that a person has read to the end, by date, and all of them together."""

    drawings: list[DrawingAgreement]
    pooled: list[PooledPair]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "pooled": [pair.as_dict() for pair in self.pooled],
            "drawings": [drawing.as_dict() for drawing in self.drawings],
        }


def agreement(catalogue: Catalogue, model: str, period: Period = ALWAYS) -> Agreement:
    """Compare all readings of the drawings of a period with each other, and with a model.

    Raises:
        WorkspaceError: the corrections cannot be read.
    """
    where, values = where_period(period, "result.date")
    rows = catalogue.rows(
        f"""select distinct result.key, result.name, result.date, result.time from result join journal using (key)
        where result.model = ? and {where} order by result.date, result.time, result.name""",
        [model, *values],
    )
    every = [_agreement_of(catalogue, model, row["key"], row["name"]) for row in rows]
    drawings = [drawing for drawing in every if drawing.pairs]
    return Agreement(drawings, pool_pairs(pair for drawing in drawings for pair in drawing.pairs))


def agreement_on(catalogue: Catalogue, model: str, key: str) -> DrawingAgreement:
    """Compare the readings of a drawing with each other, and with a model.

    Raises:
        ImageError: the drawing does not exist.
        WorkspaceError: the corrections cannot be read.
    """
    return _agreement_of(catalogue, model, key, row_of(catalogue, key)["name"])


def is_read_by(workspace: Workspace, name: str, person: str) -> bool:
    """Whether a person has finished the blind reading of a drawing."""
    gestures, _ = read_journals(workspace.reviews, name)
    return finish_of(own_gestures(gestures, person)) is not None


def _agreement_of(catalogue: Catalogue, model: str, key: str, name: str) -> DrawingAgreement:
    workspace = catalogue.workspace
    state = (review_state(catalogue, model, key), orientation_of(workspace, model))
    return _compared(workspace, model, key, name, state)


@lru_cache(maxsize=4096)
def _compared(workspace: Workspace, model: str, key: str, name: str, _state: object) -> DrawingAgreement:
    result = result_of(workspace, model, name)
    gestures, _ = read_journals(workspace.reviews, name)
    read = _finished(result, gestures) if result else {}
    if result is None or not read:
        return DrawingAgreement(key, name, [], [])
    drawings = read | {f"model {model}": replay(result, [])}
    date, time, orientation = setting_of(workspace, result)
    when = observation_time(date, time)
    readings = []
    for reader, drawing in drawings.items():
        counts = observe(drawing, orientation, when).counts
        known = date != UNDATED
        found = Counts(
            len(drawing.counted()),
            int(counts.groups[0]) if known else None,
            float(counts.number()[0]) if known else None,
        )
        readings.append(Reading(reader, drawing.counted(), found))
    remarks = [
        f"{person}: {remark}" for person in readers(gestures) for remark in remarks_on(gestures, person)
    ]
    return DrawingAgreement(key, name, pairs_of(readings, result.disk.radius), remarks)


def _finished(result: DrawingResult, gestures: list[Gesture]) -> dict[str, ReviewedDrawing]:
    """Return the review and the blind readings that are finished, by the name of the reading."""
    found = {}
    reviewed = replay(result, gestures)
    if reviewed.is_reviewed:
        found[f"{reviewed.finished_by} (review)"] = reviewed
    for person in readers(gestures):
        drawing = read_blind(result, gestures, person)
        if drawing.is_reviewed:
            kind = "not independent" if remarks_on(gestures, person) else "blind"
            found[f"{person} ({kind})"] = drawing
    return found
