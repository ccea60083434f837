"""Record gestures on a drawing, and return the drawing that follows from those of all people."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from sunspot_dash.domain.drawing.names import printable
from sunspot_dash.domain.review.blind import read_blind
from sunspot_dash.domain.review.gestures import OUTLINE_EACH, Act, Gesture, Reference, polygon_of
from sunspot_dash.domain.review.group_notes import GroupNote
from sunspot_dash.domain.review.replay import ReviewedDrawing, replay
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.journals import append_gesture, read_journals
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.workspace import Workspace

LONGEST_PERSON, LONGEST_GROUP = 80, 40
SAME_OUTLINES = frozenset({Act.ACCEPT, Act.REJECT, Act.GROUP, Act.DESCRIBE})
# Of the times in the journals: gestures with the same time would lose their order.
TICK = timedelta(milliseconds=1)
AHEAD = timedelta(seconds=10)  # how far a large batch, or the clock of another machine, may be ahead
ID_BYTES = 8


def review_of(workspace: Workspace, model: str, name: str) -> ReviewedDrawing:
    """Return a drawing with the gestures of all people.

    Raises:
        WorkspaceError: the model has no result on the drawing, or it is damaged.
    """
    return replay(*_result_and_gestures(workspace, model, name))


def blind_reading_of(workspace: Workspace, model: str, name: str, person: str) -> ReviewedDrawing:
    """Return the blind reading of a person: nothing of the model or of other people is in it.

    Args:
        model: any with a result on the drawing, which has the limb.

    Raises:
        ParameterError: the name of the person cannot be used.
        WorkspaceError: the model has no result on the drawing, or it is damaged.
    """
    result, gestures = _result_and_gestures(workspace, model, name)
    return read_blind(result, gestures, check_person(person))


def _result_and_gestures(workspace: Workspace, model: str, name: str) -> tuple[DrawingResult, list[Gesture]]:
    result = read_result(result_path(workspace.results_of(model), name))
    return result, read_journals(workspace.reviews, result.name)[0]


@dataclass(frozen=True)
class Intent:
    """What a person wants to do on a drawing.

    Attributes:
        keys: the spots that it is about (`ReviewedSpot.key`); for FINISH they are all that count.
        outlines: new outlines, (n, 2) px of the drawing; those of accepted and finished spots are kept by themselves.
        text: the group, the `GroupNote` on it, the id of the gesture to undo or redo, or SEEN of a blind FINISH.
        blind: a gesture of a blind reading: the person sees neither detections nor decisions of others.
        id: of the gesture, made by the page, which may send it twice; "" for a new one.
    """

    person: str
    act: Act
    keys: Sequence[str] = ()
    outlines: Sequence[np.ndarray] = ()
    text: str = ""
    blind: bool = False
    id: str = ""


def record(workspace: Workspace, model: str, name: str, intent: Intent) -> None:
    """Write a gesture to its person's journal.

    Raises:
        ParameterError: the gesture does not fit the drawing, such as a spot that does not exist.
        WorkspaceError: the drawing has no result, or the journal cannot be written; nothing has changed.
    """
    for _ in record_each(workspace, model, name, [intent]):
        pass


def record_each(workspace: Workspace, model: str, name: str, intents: Iterable[Intent]) -> Iterator[None]:
    """Write gestures of one person, all blind or none, in order; yield after each one.

    They are replayed before the first one, and again only where spots or outlines may have changed.

    Raises:
        ParameterError, WorkspaceError: as `record`; the gestures before the faulty one are written.
    """
    result, gestures = _result_and_gestures(workspace, model, name)
    before: ReviewedDrawing | None = None
    soon = datetime.now(UTC) + AHEAD
    last = max((one.at for one in gestures if one.at < soon), default=datetime.min.replace(tzinfo=UTC))
    for intent in intents:
        if before is None or intent.act is Act.FINISH:
            before = (
                read_blind(result, gestures, check_person(intent.person))
                if intent.blind
                else replay(result, gestures)
            )
        last = max(datetime.now(UTC), last + TICK)
        gesture = _gesture(before, intent, last)
        append_gesture(workspace.reviews, name, gesture)
        gestures.append(gesture)
        yield
        if intent.act not in SAME_OUTLINES:
            before = None


def _gesture(before: ReviewedDrawing, intent: Intent, at: datetime) -> Gesture:
    spots = {reviewed.key: reviewed.spot for reviewed in before.spots}
    keys, outlines = intent.keys, intent.outlines
    if intent.act is Act.FINISH:
        keys = [reviewed.key for reviewed in before.spots if reviewed.counts]
    if unknown := [key for key in keys if key not in spots]:
        raise ParameterError(f"this drawing has no spot '{unknown[0]}': reload the page")
    if intent.act in OUTLINE_EACH:
        outlines = [polygon_of(spots[key]) for key in keys]
    text = intent.text[:LONGEST_GROUP]
    try:
        if intent.act is Act.DESCRIBE:
            text = GroupNote.read(intent.text).text
        return Gesture(
            id=intent.id or f"g{secrets.token_hex(ID_BYTES)}",
            by=check_person(intent.person),
            at=at,
            act=intent.act,
            model_hash=before.result.model_hash,
            image_hash=before.result.image_hash,
            spots=tuple(Reference(key, spots[key].x, spots[key].y) for key in keys),
            outlines=tuple(outlines),
            text=text,
            blind=intent.blind,
        )
    except ValueError as error:
        raise ParameterError(str(error)) from error


def check_person(name: str) -> str:
    """Return the name of a person without spaces around it.

    Raises:
        ParameterError: it is empty, too long, or has characters that cannot be seen.
    """
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain:
        raise ParameterError("enter your name first: it stands beside every decision")
    if len(plain) > LONGEST_PERSON or printable(plain) != plain:
        raise ParameterError(
            f"the name is too long or has invisible characters: use up to {LONGEST_PERSON} letters"
        )
    return plain
