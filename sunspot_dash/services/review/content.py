"""What the page Review shows of a drawing, as JSON: spots with their states, groups, gestures, and the corrections."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from sunspot_dash.domain.activity.observation import Observation, observations
from sunspot_dash.domain.activity.reviewed import observe
from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.blind import own_gestures, remarks_on
from sunspot_dash.domain.review.gestures import in_order, undone
from sunspot_dash.domain.review.replay import ReviewedDrawing, State, replay
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.spots.group_types import ZURICH, mcintosh_types
from sunspot_dash.files import state_of
from sunspot_dash.io.journals import journals_state, read_journals
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.dataset.corrections import (
    FIELDS,
    circle_of,
    correction_of,
    correction_state,
    form_values,
)
from sunspot_dash.services.drawing.content import (
    picture_content,
    ring,
    spots_of,
    sun_content,
    types_content,
)
from sunspot_dash.services.drawing.images import pages_in, row_of
from sunspot_dash.services.drawing.overlay import Overlay, overlay_of

MOST_GESTURES = 500  # of which the page can undo some


def review_state(catalogue: Catalogue, model: str, key: str) -> str:
    """Return a text that changes with every gesture on a drawing, with its result and with the corrections.

    Raises:
        ImageError: the drawing does not exist.
    """
    workspace, name = catalogue.workspace, row_of(catalogue, key)["name"]
    files = (state_of(result_path(workspace.results_of(model), name)), state_of(workspace.corrections_file))
    parts = (journals_state(workspace.reviews, name), files)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def review_content(catalogue: Catalogue, model: str, key: str, reader: str = "") -> dict[str, Any]:
    """Return a drawing and its review as assets/viewer/review.js expects it.

    Args:
        reader: a person who reads the drawing blind: the content has only what they have marked themselves.

    Raises:
        ImageError: the drawing does not exist or cannot be read.
        WorkspaceError: it has no result of the model, or the result or the corrections are damaged.
    """
    workspace, state = catalogue.workspace, review_state(catalogue, model, key)
    name = row_of(catalogue, key)["name"]
    result = read_result(result_path(workspace.results_of(model), name), model)
    gestures, problems = read_journals(workspace.reviews, name)
    remarks: list[str] = []
    if reader:
        remarks = remarks_on(gestures, reader)
        result, gestures, problems = replace(result, spots=()), own_gestures(gestures, reader), []
    reviewed = replay(result, gestures)
    overlay = overlay_of(workspace, result)
    seen = observe(reviewed, overlay.orientation, overlay.time)
    counted_keys = [one.key for one in reviewed.spots if one.counts]
    ordered = in_order(one for one in gestures if not one.blind)
    gone = undone(ordered)
    return (
        picture_content(catalogue, key)
        | sun_content(workspace, result, overlay, pages_in(catalogue, key))
        | _corrected(correction_of(workspace, name), result)
        | ({"observed": None} if reader else {})  # the observers' totals
        | {
            "model": model,
            "ran": True,
            "state": state,
            "blind": bool(reader),
            "remarks": remarks,
            "threshold": result.threshold,
            "spots": _spots(reviewed, overlay, seen),
            "legal": {letter: mcintosh_types(letter) for letter in ZURICH},
            "types": {} if reader else types_content(result, seen, overlay.orientation, counted_keys),
            "finished_by": reviewed.finished_by,
            "finished_at": reviewed.finished_at.isoformat(timespec="seconds") if reviewed.finished_at else "",
            "disputes": [
                {
                    "key": one.key,
                    "earlier": [one.earlier.by, one.earlier.act],
                    "later": [one.later.by, one.later.act],
                }
                for one in reviewed.disputes
            ],
            "lost": [
                {"by": gesture.by, "act": gesture.act, "spots": len(spots)}
                for gesture, spots in reviewed.lost
            ],
            "problems": problems,
            "gestures": [
                {"id": one.id, "by": one.by, "act": one.act, "undone": one.id in gone, "text": one.text}
                for one in ordered[-MOST_GESTURES:]
            ],
        }
    )


def limb_of_review(catalogue: Catalogue, model: str, key: str) -> Disk | None:
    """Return the limb beside which a drawing is reviewed; None if its correction was discarded since it was found.

    Raises:
        ImageError: the drawing does not exist.
        WorkspaceError: it has no result of the model, or the result or the corrections are damaged.
    """
    workspace, name = catalogue.workspace, row_of(catalogue, key)["name"]
    result = read_result(result_path(workspace.results_of(model), name))
    return _shown_limb(correction_of(workspace, name), result)


def _shown_limb(correction: Correction, result: DrawingResult) -> Disk | None:
    return correction.disk or (None if result.disk.by_hand else result.disk)


def _corrected(correction: Correction, result: DrawingResult) -> dict[str, Any]:
    """Return the limb as corrected, whether the result has another one, and the values of the form."""
    shown = _shown_limb(correction, result)
    disk = shown or result.disk
    values = form_values(correction, shown)
    return {
        "limb": ring(disk),
        "disk": dict(zip(("x", "y", "radius"), circle_of(disk), strict=True)),
        "strain": disk.strain.tolist(),
        "outdated": shown is None or circle_of(shown) != circle_of(result.disk),
        "correction": {
            "state": correction_state(correction),
            "values": dict(zip(FIELDS, values, strict=True)),
        },
    }


def _spots(reviewed: ReviewedDrawing, overlay: Overlay, seen: Observation) -> list[dict[str, Any]]:
    """Return the spots that are not replaced, with their positions, states and group numbers."""
    shown = [one for one in reviewed.spots if one.state is not State.REPLACED]
    every = replace(reviewed.result, spots=tuple(one.spot for one in shown))
    (candidates,) = observations([(every, overlay.orientation, overlay.time)], 0.0)
    counted = [one.key for one in reviewed.spots if one.counts]
    group = dict(zip(counted, seen.group.tolist(), strict=True))
    return [
        place
        | {"number": one.key, "state": one.state, "by": one.by}
        | {"group": group.get(one.key, 0), "chosen": one.group, "note": one.note.text}
        for one, place in zip(shown, spots_of(every, candidates, overlay.orientation), strict=True)
    ]
