"""The routes of the page Review: the queue, a drawing with its gestures, new gestures, and corrections.

They are plain JSON and no callbacks of Dash, which drops the answer to a call when the same callback is called again: a
gesture must never be lost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import numpy as np
from flask import Flask, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.errors import ConflictError, ImageError, ParameterError, SunspotError, WorkspaceError
from sunspot_dash.services.catalogue.drawings import rows_of
from sunspot_dash.services.dataset.corrections import FIELDS
from sunspot_dash.services.drawing.images import picture_address, row_of
from sunspot_dash.services.review.click import spot_at
from sunspot_dash.services.review.content import limb_of_review, review_content, review_state
from sunspot_dash.services.review.queue import (
    ALL,
    NEEDS_REVIEW,
    STATES,
    Choice,
    counts,
    page_of_queue,
    rows_for_reader,
)
from sunspot_dash.services.review.record import Intent, blind_reading_of, check_person, record_each, review_of
from sunspot_dash.web import pictures
from sunspot_dash.web.components.dates import in_order
from sunspot_dash.web.context import current_context
from sunspot_dash.web.corrections import entered, save_correction, undo_saved
from sunspot_dash.web.readers.slots import Busy

MOST_ROWS = 200
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
Point = tuple[float, float]


class Sent(BaseModel):
    """A gesture as the page sends it; the fields are those of `Intent`."""

    model_config = STRICT
    id: Annotated[str, Field(pattern="^g[0-9a-z]{8,40}$")]
    act: Act
    keys: list[str] = []
    outlines: list[list[Point]] = []
    text: str = ""


class Gestures(BaseModel):
    """Gestures of a person on a drawing, in order."""

    model_config = STRICT
    model: str
    person: str
    blind: bool = False
    gestures: Annotated[list[Sent], Field(min_length=1, max_length=500)]


class Click(BaseModel):
    """A click on a drawing, px; `reader` is the person, in a blind reading."""

    model_config = STRICT
    model: str
    reader: str = ""
    x: float
    y: float


class Values(BaseModel):
    """The values of the correction form, see `parse_correction`."""

    model_config = STRICT
    date: str
    time: str
    east: str
    up: str
    tilt: float | None
    x: float | None
    y: float | None
    radius: float | None
    observer: str


class Undo(BaseModel):
    """Undo the last change of a correction; `opened` is the state of the correction that the person has seen."""

    model_config = STRICT
    person: str
    opened: Annotated[str, Field(min_length=1)]


class Corrected(Undo):
    """The correction of a drawing, as a person has entered it beside the result of a model."""

    model: str
    values: Values


def queue(model: str) -> Response:
    """Serve rows of the queue: `?from=`, `?to=`, `?state=`, `?first=`, `?last=` and `?skipped=` (keys).

    With `?reader=`, for a person who reads blind: without anything that shows how many spots a drawing has; drawings
    that others have reviewed need this reading, too.
    """
    catalogue, given = current_context().catalogue, request.args
    state = given.get("state", ALL) if given.get("state", ALL) in STATES else ALL
    if "reader" in given and state == NEEDS_REVIEW:
        state = ALL
    period = in_order(given.get("first"), given.get("last"))
    choice = Choice(model, period, state, tuple(given.get("skipped", "").split()))
    begin, end = (max(0, given.get(name, 0, int)) for name in ("from", "to"))
    rows, total = page_of_queue(catalogue, choice, (begin, min(end, begin + MOST_ROWS)))
    if "reader" in given:
        rows = rows_for_reader(catalogue, rows, check_person(given["reader"]))
    left = counts(catalogue, model, period)
    drawings = rows_of(catalogue, model, [row["key"] for row in rows])
    pictures_of = {row["key"]: picture_address(row, "view") for row in drawings}
    return jsonify(
        total=total,
        to_review=left.to_review,
        reviewed=left.reviewed,
        rows=[row | {"picture": pictures_of.get(row["key"], "")} for row in rows],
    )


def review(key: str) -> Response:
    """Serve a drawing with its review; nothing (204) if it is still in the state `?state=`.

    With `?reader=`, the blind reading of a person: nothing of the model or of other people.
    """
    catalogue, model = current_context().catalogue, request.args.get("model", "")
    reader = check_person(request.args["reader"]) if "reader" in request.args else ""
    if request.args.get("state") == review_state(catalogue, model, key):
        return Response(status=204)
    pictures.view(key, "view")  # the stage shows nothing without it
    return jsonify(review_content(catalogue, model, key, reader))


def gestures(key: str) -> Response:
    """Record gestures in order; of a refused one the answer has the reason, and how many before it were recorded."""
    sent = Gestures.model_validate_json(request.get_data())
    context = current_context()
    name = row_of(context.catalogue, key)["name"]
    intents = [
        Intent(
            sent.person, one.act, one.keys, list(map(np.array, one.outlines)), one.text, sent.blind, one.id
        )
        for one in sent.gestures
    ]
    done = 0
    try:
        for _ in record_each(context.workspace, sent.model, name, intents):
            done += 1
    except SunspotError as error:
        return _answer(_status(error), recorded=done, reason=error.reason)
    return jsonify(recorded=done)


def spot(key: str) -> Response:
    """Serve the spot that a click means: the key of a candidate, the outline of a new spot, or why it is neither."""
    click = Click.model_validate_json(request.get_data())
    context = current_context()
    given = (context.workspace, click.model, row_of(context.catalogue, key)["name"])
    reviewed = blind_reading_of(*given, click.reader) if click.reader else review_of(*given)
    try:
        found = spot_at(reviewed, lambda: pictures.grey_of(key), click.x, click.y)
    except ParameterError as error:
        return jsonify(key=None, outline=None, reason=error.reason)
    return jsonify(
        key=found.key, outline=None if found.outline is None else found.outline.tolist(), reason=""
    )


def corrected(key: str) -> Response:
    """Save the correction of a drawing; the answer has a sentence about the jobs that update the results."""
    sent = Corrected.model_validate_json(request.get_data())
    by, catalogue = check_person(sent.person), current_context().catalogue
    values = sent.values.model_dump()
    found = entered(
        key, tuple(values[name] for name in FIELDS), lambda: limb_of_review(catalogue, sent.model, key)
    )
    return jsonify(jobs=save_correction(key, found, by, sent.opened))


def undo(key: str) -> Response:
    """Undo the last change of the correction of a drawing; the answer is as that of `corrected`."""
    sent = Undo.model_validate_json(request.get_data())
    return jsonify(jobs=undo_saved(key, check_person(sent.person), sent.opened))


def grey(key: str) -> Response:
    """Prepare the scan for clicks."""
    pictures.grey_of(key)
    return Response(status=204)


def _answered(route: Callable[..., Response]) -> Callable[..., Response]:
    """Answer errors with one sentence as JSON."""

    @wraps(route)
    def answered(**given: Any) -> Response:
        try:
            return route(**given)
        except Busy:
            raise
        except ValidationError as error:
            first = error.errors()[0]["msg"]
            return _answer(
                400, reason=f"the server could not use what the page sent ({first}): reload the page"
            )
        except SunspotError as error:
            return _answer(_status(error), reason=error.reason)

    return answered


def _status(error: SunspotError) -> int:
    if isinstance(error, ConflictError):
        return 409
    if isinstance(error, ParameterError):
        return 422
    return 404 if isinstance(error, ImageError) else 507 if isinstance(error, WorkspaceError) else 500


def _answer(status: int, **content: Any) -> Response:
    response = jsonify(**content)
    response.status_code = status
    return response


def register(server: Flask) -> None:
    """Register the routes."""
    server.add_url_rule("/queue/<model>", "queue", _answered(queue))
    server.add_url_rule("/drawings/<key>/review", "review", _answered(review))
    server.add_url_rule("/drawings/<key>/gestures", "gestures", _answered(gestures), methods=["POST"])
    server.add_url_rule("/drawings/<key>/spot", "spot", _answered(spot), methods=["POST"])
    server.add_url_rule("/drawings/<key>/correction", "corrected", _answered(corrected), methods=["POST"])
    server.add_url_rule("/drawings/<key>/correction/undo", "undo", _answered(undo), methods=["POST"])
    server.add_url_rule("/drawings/<key>/grey", "grey", _answered(grey), methods=["POST"])
